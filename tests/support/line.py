"""What lies between a client and its transport: nothing goes wrong on it, but on what is made of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kuredtui.kube.client import Client
from kuredtui.kube.errors import Unreachable
from kuredtui.kube.transport import Answer


class Line:
    """Takes the place of a client's transport, and hands on to it."""

    def __init__(self, client: Client) -> None:
        self._transport = client.requests.transport
        client.requests.transport = self  # type: ignore[assignment]  # in its place

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str, **more: object
    ) -> AsyncIterator[Answer]:
        """Send a request."""
        async with self._transport.request(method, path, query=query, **more) as answer:  # type: ignore[arg-type]  # handed on as they came
            yield answer

    @asynccontextmanager
    async def socket(self, path: str, **more: object) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a WebSocket."""
        async with self._transport.socket(path, **more) as messages:  # type: ignore[arg-type]  # handed on as they came
            yield messages

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()


class Tardy(Line):
    """A line on which the first request of a kind is lost, as it seems, and is delivered later."""

    def __init__(self, client: Client, method: str, path: str) -> None:
        super().__init__(client)
        self._kind = method, path
        self._delivery = asyncio.Event()
        self._delivered: asyncio.Task[int] | None = None

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str, **more: object
    ) -> AsyncIterator[Answer]:
        """Send a request, or keep it back."""
        if (method, path, query, self._delivered) == (*self._kind, "", None):
            self._delivered = asyncio.create_task(self._deliver(method, path, query=query, **more))
            raise Unreachable("not answered")
        async with super().request(method, path, query=query, **more) as answer:
            yield answer

    async def _deliver(self, method: str, path: str, *, query: str, **more: object) -> int:
        await self._delivery.wait()
        async with super().request(method, path, query=query, **more) as answer:
            return answer.status

    async def deliver(self) -> int:
        """Let the request through at last. Returns the status of its answer."""
        assert self._delivered is not None
        self._delivery.set()
        return await self._delivered


class Forgetful(Line):
    """A line on which the first request of a kind is carried out and not answered.

    Args:
        client: whose.
        method: of those requests.
        under: their paths begin so.
    """

    def __init__(self, client: Client, method: str, under: str) -> None:
        super().__init__(client)
        self._kind = method, under
        self._forgot = False

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str, **more: object
    ) -> AsyncIterator[Answer]:
        """Send a request, and lose the first one's answer."""
        async with super().request(method, path, query=query, **more) as answer:
            if method == self._kind[0] and path.startswith(self._kind[1]) and not self._forgot:
                self._forgot = True
                await answer.read()
                raise Unreachable("not answered")
            yield answer
