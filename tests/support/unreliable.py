"""A connection on which things go wrong at random, for one client and nobody else.

Requests are lost on their way, or answered with an error, or take effect and are not answered; watches
break off. What the server does to all is another matter (`kuredtui.demo.faults`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kuredtui.kube.client import Client
from kuredtui.kube.errors import Unreachable
from kuredtui.kube.transport import Answer
from tests.support.line import Line

_STATUSES = (429, 500, 503, 504)
_LONGEST_DELAY = 0.05


def make_unreliable(client: Client, *, rate: float, chance: random.Random) -> None:
    """Let things go wrong on a client's connection from now on.

    Args:
        client: whose.
        rate: how likely each of the things is, for each request.
        chance: decides.
    """
    _Unreliable(client, rate, chance)


class _Unreliable(Line):
    def __init__(self, client: Client, rate: float, chance: random.Random) -> None:
        super().__init__(client)
        self._rate = rate
        self._chance = chance

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str, **more: object
    ) -> AsyncIterator[Answer]:
        """Send a request, more or less."""
        is_watch = "watch=true" in query
        if self._happens():
            raise Unreachable("lost on its way")
        if self._happens() and not is_watch:
            yield _Refusal(self._chance.choice(_STATUSES))  # type: ignore[misc]  # looks like one
            return
        if self._happens():
            await asyncio.sleep(self._chance.uniform(0, _LONGEST_DELAY))
        async with super().request(method, path, query=query, **more) as answer:
            if is_watch:
                yield _BreakingAnswer(answer, self._happens)  # type: ignore[misc]  # looks like one
                return
            if self._happens():
                await answer.read()
                raise Unreachable("done, and not answered")
            yield answer

    def _happens(self) -> bool:
        return self._chance.random() < self._rate


class _Refusal:
    """An answer that the server never gave."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.headers: dict[str, str] = {}

    async def read(self) -> bytes:
        return b""


class _BreakingAnswer:
    """A watch that may break off after any of its pieces."""

    def __init__(self, answer: Answer, happens: Callable[[], bool]) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._happens = happens

    async def read(self) -> bytes:
        return await self._answer.read()

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.chunks():
            yield chunk
            if self._happens():
                raise Unreachable("broken off")
