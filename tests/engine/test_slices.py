"""Work in slices: nothing is left out, and others get their turn."""

from __future__ import annotations

import asyncio
import time

from kuredtui.engine.slices import SLICE, in_slices


async def test_every_item_comes_once_and_in_order() -> None:
    assert [item async for item in in_slices(range(1000))] == list(range(1000))


async def test_others_get_their_turn_between_the_slices() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    async for _ in in_slices(range(5)):
        start = time.perf_counter()
        while time.perf_counter() < start + SLICE:
            pass  # work
    task.cancel()
    assert turns > 5
