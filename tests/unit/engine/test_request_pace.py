"""The cap on requests a second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.engine.request_pace import RequestPace


class Time:
    """A clock that stands still, and remembers until when it was asked to be slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept_until = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept_until = self.now + seconds


def pace_of(rate: float, time: Time) -> RequestPace:
    return RequestPace(rate, clock=time, sleep=time.sleep)


async def turns(pace: RequestPace, time: Time, count: int) -> list[float]:
    """When so many turns come that are asked for now."""
    came = []
    for _ in range(count):
        time.slept_until = time.now
        await pace.turn()
        came.append(time.slept_until)
    return came


@pytest.mark.parametrize("rate", [1.0, 50.0, 400.0])
async def test_half_a_seconds_worth_leaves_at_once_and_then_one_after_the_other(
    rate: float,
) -> None:
    time = Time()
    came = await turns(pace_of(rate, time), time, 300)
    expected = [max(0, number - 0.5 * rate) / rate for number in range(300)]
    assert [at - time.now for at in came] == pytest.approx(expected, abs=1e-6)


async def test_what_was_not_used_is_saved_only_for_a_moment() -> None:
    time = Time()
    pace = pace_of(50.0, time)
    time.now += 3600.0
    came = await turns(pace, time, 40)
    expected = [max(0, number - 25) / 50.0 for number in range(40)]
    assert [at - time.now for at in came] == pytest.approx(expected, abs=1e-6)


@given(
    rate=st.sampled_from([2.0, 50.0]),
    asked=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 20)), max_size=12),
)
async def test_turns_never_come_faster_than_the_rate(
    rate: float, asked: list[tuple[float, int]]
) -> None:
    time = Time()
    pace = pace_of(rate, time)
    came: list[float] = []
    for pause, count in asked:
        time.now += pause
        came += await turns(pace, time, count)
    assert came == sorted(came)
    for first, begun in enumerate(came):
        for last, ended in enumerate(came[first:], start=1):
            assert last <= 0.5 * rate + 1 + (ended - begun) * rate + 1e-6
