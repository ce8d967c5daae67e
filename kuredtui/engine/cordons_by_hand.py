"""A node cordoned or uncordoned at somebody's wish; `cordon` has the writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kuredtui.engine.cordon import cordon, uncordon
from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.engine.own_cordons import OwnCordons
from kuredtui.engine.progress import Progress
from kuredtui.kube.client import Client


class CordonsByHand:
    """Does it, and says so; a failure is raised, and in the records, too.

    Args:
        client: the API.
        own: told which changes are ours.
        publish: given the records.
    """

    def __init__(
        self, client: Client, *, own: OwnCordons, publish: Callable[[Progress], None]
    ) -> None:
        self._client = client
        self._own = own
        self._publish = publish

    async def cordon(self, node: str) -> bool:
        """Whether anything had to be changed; raises as `cordon.cordon`."""
        return await self._done(node, cordon, "cordoned")

    async def uncordon(self, node: str) -> bool:
        """Whether anything had to be changed; raises as `cordon.uncordon`."""
        return await self._done(node, uncordon, "uncordoned")

    async def _done(
        self, node: str, call: Callable[[Client, str], Awaitable[str]], what: str
    ) -> bool:
        try:
            with self._own.by_hand(node) as made:
                if version := await call(self._client, node):
                    made(version)
                    self._publish(Progress(message=f"{what.capitalize()} by hand.", node=node))
        except FAILURES as error:
            said = f"Not {what}: {sentence(error)}"
            self._publish(Progress(message=said, level="error", node=node))
            raise
        return bool(version)
