"""Much work in small slices, so that whatever else the event loop has to do is done in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

# A slice of work, in seconds, and the pause after it: a key press passes through some ten turns of the
# loop until it is on the screen, and all of them fit into one pause.
SLICE = 0.004
BREATH = 0.004


async def in_slices(items: Iterable[T]) -> AsyncIterator[T]:
    """The items one by one, with a pause after every few milliseconds of work on them."""
    end = time.perf_counter() + SLICE
    for item in items:
        yield item
        if time.perf_counter() > end:
            await asyncio.sleep(BREATH)
            end = time.perf_counter() + SLICE
