"""Much work in small slices, so that whatever else the event loop has to do is done in between.

What a person waits for goes before all of it: a key press passes through some ten turns of the loop until
it is on the screen, and with a slice of work in each of them it would be late.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

# A slice of work, in seconds.
SLICE = 0.004
# For how long no slice begins after somebody has pressed a key, in seconds, if what it does is not seen
# before; what is seen sooner than the second is a picture of something else.
HASTE = 0.025
SOONEST = 0.002
# The longest that one slice gives way, in seconds, however many keys there are.
LONGEST_WAIT = 0.02


class Slices:
    """Cuts the work of one session into slices that give way to a person."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def hurry(self) -> None:
        """Somebody waits for an answer from now on: let no slice begin for a while, or until `relax`."""
        self._free_at = time.perf_counter() + HASTE

    def relax(self) -> None:
        """There is something new to see, which may well be what somebody waited for."""
        if time.perf_counter() > self._free_at - HASTE + SOONEST:
            self._free_at = 0.0

    async def of(self, items: Iterable[T]) -> AsyncIterator[T]:
        """The items one by one, with a pause after every few milliseconds of work on them."""
        pacer = Pacer(self)
        for item in items:
            await pacer.step()
            yield item

    def pacer(self) -> Pacer:
        """For work that comes in steps of its own."""
        return Pacer(self)

    async def turn(self) -> None:
        """Everybody else's turn; return when a slice may begin."""
        await asyncio.sleep(0)
        now = time.perf_counter()
        latest = now + LONGEST_WAIT
        while now < (free_at := min(self._free_at, latest)):
            await asyncio.sleep(free_at - now)
            now = time.perf_counter()


class Pacer:
    """Groups steps of one work into slices; made by `Slices.pacer`."""

    def __init__(self, slices: Slices) -> None:
        self._slices = slices
        self._end = 0.0

    async def step(self) -> None:
        """Before each step: return at once within a slice, and after a pause when it is over."""
        if time.perf_counter() > self._end:
            await self._slices.turn()
            self._end = time.perf_counter() + SLICE
