"""The API server's time, from its Date headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kuredtui.kube.server_clock import ServerClock


def wrong(clock: ServerClock) -> timedelta:
    return abs(clock.now() - datetime.now(UTC))


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_an_hour_off_is_put_right(hours: int) -> None:
    clock = ServerClock()
    servers = datetime.now(UTC) + timedelta(hours=hours)
    clock.heard(format_datetime(servers, usegmt=True))
    assert abs(clock.now() - servers) < timedelta(seconds=2)


def test_a_second_is_no_difference() -> None:
    clock = ServerClock()
    clock.heard(format_datetime(datetime.now(UTC) - timedelta(seconds=1), usegmt=True))
    assert wrong(clock) < timedelta(seconds=0.1)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 32 Foo 2020 99:00:00 GMT"])
def test_what_is_no_date_says_nothing(date: str) -> None:
    clock = ServerClock()
    clock.heard(date)
    assert wrong(clock) < timedelta(seconds=0.1)
