"""kured's window, by the table of its own tests and a few more lines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kuredtui.demo.kured.fatal import Fatal
from kuredtui.demo.kured.flags import Flags
from kuredtui.demo.kured.window import Window, make_window

ANGELES = "America/Los_Angeles"
WEEK = "mon,tue,wed,thu,fri"


def window(days: str, start: str, end: str, zone: str = "UTC") -> Window:
    flags = Flags(
        reboot_days=tuple(days.split(",")), start_time=start, end_time=end, time_zone=zone
    )
    return make_window(flags)


@pytest.mark.parametrize(
    ("days", "start", "end", "zone", "moment", "is_open"),
    [
        (WEEK, "9am", "5pm", ANGELES, "2019-03-31 10:00", False),
        (WEEK, "9am", "5pm", ANGELES, "2019-04-04 12:00", True),
        (WEEK, "9am", "5pm", ANGELES, "2019-04-05 08:59", False),
        ("mon,we,fri", "10:01", "11:30am", ANGELES, "2019-04-05 10:30", True),
        ("mon,we,fri", "10:01", "11:30am", ANGELES, "2019-04-06 10:30", False),
        ("mo,tu,we,th,fr", "00:00", "23:59:59", "UTC", "2019-04-18 00:00", True),
        ("mo,tu,we,th,fr", "00:00", "23:59:59", "UTC", "2019-04-18 23:59:59.9", True),
        (WEEK, "9pm", "5am", ANGELES, "2019-03-30 04:00", False),
        (WEEK, "9pm", "5am", ANGELES, "2019-04-04 00:49", True),
        (WEEK, "9pm", "5am", ANGELES, "2019-04-04 12:00", False),
        (WEEK, "9pm", "5am", ANGELES, "2019-04-04 22:49", True),
        (WEEK, "11:59pm", "00:01am", ANGELES, "2019-04-05 00:01", True),
        (WEEK, "11:59pm", "00:01am", ANGELES, "2019-04-05 00:02", False),
        # The wrong day: the window of a Friday is not open in the night that follows it.
        ("fri", "22:00", "04:00", "UTC", "2019-04-05 23:00", True),
        ("fri", "22:00", "04:00", "UTC", "2019-04-06 01:00", False),
        ("fri", "22:00", "04:00", "UTC", "2019-04-05 01:00", True),
    ],
)
def test_the_window(days: str, start: str, end: str, zone: str, moment: str, is_open: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
    assert window(days, start, end, zone).contains(local) is is_open


@pytest.mark.parametrize("text", ["9:30pm", "13pm", "25", "24:00", "noon", "9 am", "9AM", ""])
def test_no_time(text: str) -> None:
    with pytest.raises(Fatal, match="invalid time format"):
        window("mo", text, "23")


@pytest.mark.parametrize("text", ["7", "-1", "m", "mond", " mo"])
def test_no_day(text: str) -> None:
    with pytest.raises(Fatal, match="invalid weekday"):
        window(text, "0", "23")


def test_no_zone() -> None:
    with pytest.raises(Fatal, match="time zone"):
        window("mo", "0", "23", "Mars/Olympus")


def test_days_may_be_numbers_and_no_days_never_come() -> None:
    sunday = datetime(2019, 3, 31, 12, tzinfo=ZoneInfo("UTC"))
    assert window("0", "0", "23").contains(sunday)
    assert window("SUNDAY", "0", "23").contains(sunday)
    assert not window("", "0", "23").contains(sunday)
