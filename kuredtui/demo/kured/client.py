"""The API server through client-go, as kured has it set up: slow on purpose, and stubborn.

`rest.InClusterConfig` leaves the defaults: five requests a second after a burst of ten, shared by
all of the daemon (k8s.io/client-go, rest/config.go), and an answer with Retry-After is waited for
and tried again, up to ten times (rest/with_retry.go).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from kuredtui.demo.pace import Pace
from kuredtui.demo.reading import read_as
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Unreachable
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DAEMONSETS, NODES, Resource

T = TypeVar("T")

RAW_NODES: Resource[JsonObject] = read_as(NODES, dict)
RAW_DAEMONSETS: Resource[JsonObject] = read_as(DAEMONSETS, dict)

Failed: TypeAlias = ApiError | Unreachable
FAILED = (ApiError, Unreachable)
"""What a Go function would return as its error."""

_QUERIES_PER_SECOND = 5.0
_BURST = 10
_MOST_RETRIES = 10


class ClientGo:
    """Calls of one daemon.

    Attributes:
        client: makes them.
        pace: how fast the daemon lives.
    """

    def __init__(self, client: Client, *, pace: Pace) -> None:
        self.client = client
        self.pace = pace
        self._free_at = 0.0  # when a request may go that has no burst left, in the loop's time

    async def call(self, request: Callable[[], Awaitable[T]]) -> T:
        """The answer to a request, in its turn.

        Raises:
            ApiError, Unreachable: as the request does.
        """
        for _ in range(_MOST_RETRIES):
            await self._turn()
            try:
                return await request()
            except ApiError as error:
                if error.retry_after is None or (error.status != 429 and error.status < 500):
                    raise
                await self.sleep(error.retry_after)
        await self._turn()
        return await request()

    async def sleep(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(self.pace.real(seconds))

    async def _turn(self) -> None:
        """A token of the bucket: it fills at five a second and holds ten."""
        token = self.pace.real(1 / _QUERIES_PER_SECOND)
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now - _BURST * token) + token
        await asyncio.sleep(max(0.0, self._free_at - now))
