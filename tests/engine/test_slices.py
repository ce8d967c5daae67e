"""Work in slices: nothing is left out, others get their turn, and a person goes first."""

from __future__ import annotations

import asyncio
import time

import pytest

from kuredtui.engine.slices import HASTE, LONGEST_WAIT, SLICE, SOONEST, Slices


def work(seconds: float) -> None:
    start = time.perf_counter()
    while time.perf_counter() < start + seconds:
        pass


async def test_every_item_comes_once_and_in_order() -> None:
    assert [item async for item in Slices().of(range(1000))] == list(range(1000))


async def test_others_get_their_turn_between_the_slices() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    async for _ in Slices().of(range(5)):
        work(SLICE)
    task.cancel()
    assert turns >= 5


async def test_no_slice_begins_while_somebody_waits() -> None:
    slices = Slices()
    slices.hurry()
    pressed = time.perf_counter()
    await slices.pacer().step()
    assert time.perf_counter() >= pressed + LONGEST_WAIT


async def test_slices_go_on_as_soon_as_what_was_waited_for_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for wait in ("HASTE", "LONGEST_WAIT"):
        monkeypatch.setattr(f"kuredtui.engine.slices.{wait}", 60.0)
    slices = Slices()
    slices.hurry()
    work(2 * SOONEST)
    slices.relax()
    async with asyncio.timeout(20):
        await slices.pacer().step()


async def test_who_waits_in_the_middle_of_the_work_waits_for_one_slice_only() -> None:
    slices = Slices()
    pressed = 0.0
    async for number in slices.of(range(4)):
        if number == 1:
            assert time.perf_counter() >= pressed + LONGEST_WAIT
            break
        slices.hurry()
        pressed = time.perf_counter()
        work(SLICE)


async def test_keys_without_an_end_do_not_hold_the_work_up_for_ever() -> None:
    slices = Slices()

    async def hammer() -> None:
        while True:
            slices.hurry()
            await asyncio.sleep(HASTE / 5)

    keys = asyncio.create_task(hammer())
    async with asyncio.timeout(20):
        assert [item async for item in slices.of(range(3))] == [0, 1, 2]
    keys.cancel()
