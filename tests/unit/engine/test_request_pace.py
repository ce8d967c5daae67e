"""The cap on requests a second."""

from __future__ import annotations

import asyncio
import time

import pytest

from kuredtui.engine.request_pace import RequestPace


async def turns(pace: RequestPace, count: int) -> list[float]:
    """When so many turns came that were asked for together, in seconds from the first."""
    came: list[float] = []

    async def one() -> None:
        await pace.turn()
        came.append(time.monotonic())

    await asyncio.gather(*(one() for _ in range(count)))
    return [at - came[0] for at in came]


@pytest.mark.parametrize("rate", [100.0, 400.0])
async def test_turns_never_come_faster_than_the_rate(rate: float) -> None:
    pace = RequestPace(rate)
    came = await turns(pace, 120)
    burst = 0.5 * rate + 1
    for number, at in enumerate(came):
        assert number <= burst + at * rate + 1e-6


async def test_what_was_not_used_is_saved_only_for_a_moment() -> None:
    pace = RequestPace(50.0)
    await asyncio.sleep(1.0)
    came = await turns(pace, 40)
    assert came[-1] >= (40 - 25 - 1) / 50.0
