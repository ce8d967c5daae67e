"""A cap on requests a second, so that drains are quick without being rude to the API server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

# How much of a second's requests may leave together after a pause.
_BURST_SECONDS = 0.5


class RequestPace:
    """At most so many requests a second, first come, first served.

    Turns that nobody took are saved up for half a second: so many may leave together.

    Args:
        rate: requests a second.
        clock: seconds, monotonic.
        sleep: waits for so many of them.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._interval = 1.0 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock() - _BURST_SECONDS

    async def turn(self) -> None:
        """Return when it is this caller's turn. A turn that is cancelled is lost, not passed on."""
        now = self._clock()
        mine = max(self._next, now - _BURST_SECONDS)
        self._next = mine + self._interval
        if mine > now:
            await self._sleep(mine - now)
