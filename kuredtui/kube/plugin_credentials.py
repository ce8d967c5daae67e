"""A plugin's credential over time: renewed before it expires, and when the server refuses it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from kuredtui.kube.credentials import Headers, bearer
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.plugin import PluginCredential

_log = logging.getLogger(__name__)

_EARLY = timedelta(seconds=60)
"""A credential is renewed so long before it expires: clocks differ, and a request takes a while."""

_AT_MOST_EVERY = 10.0
"""Seconds between two runs of the plugin, whatever its expiry or the server say."""


class PluginCredentials:
    """Credentials from a plugin.

    Args:
        credential: from the run before the connection was made.
        run: runs the plugin again, without the terminal.
        on_certificate: is told of a new client certificate, which the connection must adopt.
        extra: headers beside the token.
    """

    def __init__(
        self,
        credential: PluginCredential,
        *,
        run: Callable[[], Awaitable[PluginCredential]],
        on_certificate: Callable[[PluginCredential], Awaitable[None]],
        extra: Headers = (),
    ) -> None:
        self._credential = credential
        self._run = run
        self._on_certificate = on_certificate
        self._extra = tuple(extra)
        self._ran_at = time.monotonic()
        self._failure: ConfigError | None = None
        self._one_at_a_time = asyncio.Lock()

    async def headers(self) -> Headers:
        """The token's header, renewed if it is about to expire.

        Raises:
            ConfigError: it has expired and the plugin gives no other.
        """
        if self._expires_within(_EARLY):
            try:
                await self._renew()
            except ConfigError:
                if self._expires_within(timedelta(0)):
                    raise
                _log.warning("the credential will expire soon and could not be renewed")
        token = self._credential.token
        return (bearer(token), *self._extra) if token else self._extra

    async def renew(self) -> bool:
        """Run the plugin once more after a 401."""
        await self._renew()
        return True

    async def _renew(self) -> None:
        """Run the plugin, unless it ran just now, for another request: then that outcome counts."""
        async with self._one_at_a_time:
            if time.monotonic() - self._ran_at < _AT_MOST_EVERY:
                if self._failure is not None:
                    raise self._failure
                return
            try:
                renewed = await self._run()
                self._failure = None
            except ConfigError as error:
                self._failure = error
                raise
            finally:
                self._ran_at = time.monotonic()
            if renewed.certificate != self._credential.certificate:
                await self._on_certificate(renewed)
            self._credential = renewed

    def _expires_within(self, margin: timedelta) -> bool:
        expires = self._credential.expires
        return expires is not None and datetime.now(UTC) + margin >= expires
