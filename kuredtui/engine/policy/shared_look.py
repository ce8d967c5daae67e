"""One look at something that concerns all nodes, for everybody who asks within some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# Much shorter than the pauses between two questions about one node, so that no answer is used twice for it.
FRESH_SECONDS = 5.0


class SharedLook(Generic[T]):
    """Looks at most once at a time, and not again while the last look is fresh.

    Args:
        look: makes the look; an exception is raised to all who wait for it and is not remembered.
        fresh: how long a look counts, in seconds.
    """

    def __init__(self, look: Callable[[], Awaitable[T]], *, fresh: float = FRESH_SECONDS) -> None:
        self._look = look
        self._fresh = fresh
        self._seen: T | None = None
        self._until = -1.0
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> T:
        """What is, or was a moment ago."""
        async with self._one_at_a_time:
            if self._seen is None or time.monotonic() > self._until:
                self._seen = None
                self._seen = await self._look()
                self._until = time.monotonic() + self._fresh
            return self._seen
