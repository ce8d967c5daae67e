"""Who we are to the API server, and what we may do there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kuredtui.engine.options import EngineOptions
from kuredtui.engine.progress import Progress
from kuredtui.kube.access import missing_rights, read_only_reason
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ConfigError, Unreachable

# Before the question is asked again if the API server did not answer.
_ASK_AGAIN_SECONDS = 5.0


class Ourselves:
    """Asks once; without the rights to do our work, nothing is begun from then on.

    Args:
        client: the API; made read-only by `close_gate` where rights are missing.
        options: what the engine may do, and so which rights it takes.
        publish: told that and why nothing may be changed.

    Attributes:
        server_version: the API server's; "" until it has answered.
        user: what the API server calls us; "" until it has answered, or if it does not say.
        read_only_reason: why nothing may be changed, as a sentence; "" if it may.
    """

    def __init__(
        self, client: Client, *, options: EngineOptions, publish: Callable[[Progress], None]
    ) -> None:
        self.server_version = ""
        self.user = ""
        self.read_only_reason = "Read-only, as asked for." if client.read_only else ""
        self._client = client
        self._options = options
        self._publish = publish

    async def ask(self) -> None:
        """Ask until there is an answer."""
        from kuredtui.engine.needed_rights import (
            needed_rights,  # heavy, and not needed at the start
        )

        while True:
            try:
                self.server_version = await self._client.version()
                self.user = await self._client.who_am_i()
                needed = await needed_rights(self._client, self._options)
                missing = await missing_rights(self._client, needed)
            except (ApiError, Unreachable, ConfigError):
                await asyncio.sleep(_ASK_AGAIN_SECONDS)  # the list of the nodes says what is wrong
                continue
            if missing and not self.read_only_reason:
                self.read_only_reason = read_only_reason(missing, user=self.user)
                self._publish(Progress(message=self.read_only_reason, level="warning"))
            return

    def close_gate(self) -> None:
        """Where rights are missing: let no request through any more that changes something."""
        if self.read_only_reason:
            self._client.read_only = True
