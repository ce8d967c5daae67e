"""A cap on requests a second, so that a drain is quick without being rude to the API server."""

from __future__ import annotations

import asyncio
import time

# How much of a second's requests may leave together after a pause.
_BURST_SECONDS = 0.5


class RequestPace:
    """At most so many requests a second, first come, first served.

    Turns that nobody took are saved up for half a second: so many may leave together.

    Args:
        rate: requests a second.
    """

    def __init__(self, rate: float) -> None:
        self._interval = 1.0 / rate
        self._next = time.monotonic() - _BURST_SECONDS

    async def turn(self) -> None:
        """Return when it is this caller's turn. A turn that is cancelled is lost, not passed on."""
        now = time.monotonic()
        mine = max(self._next, now - _BURST_SECONDS)
        self._next = mine + self._interval
        if mine > now:
            await asyncio.sleep(mine - now)
