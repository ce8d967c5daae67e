"""When reboots are allowed: kured's forms, midnight, and days on which the clock is put."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kuredtui.cluster.time_window import EVERY_DAY, TimeWindow, WindowError

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = ["su", "mo", "tu", "we", "th", "fr", "sa"]


def window(
    days: str = ",".join(EVERY_DAY), start: str = "0:00", end: str = "23:59:59", zone: str = "UTC"
) -> TimeWindow:
    return TimeWindow.parse(days=days.split(","), start=start, end=end, zone=zone)


def at(text: str, zone: tzinfo = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0:00", time(0)),
        ("23:59:59", time(23, 59, 59)),
        ("15:04", time(15, 4)),
        ("9:05", time(9, 5)),
        ("03:04pm", time(15, 4)),
        ("11:30am", time(11, 30)),
        ("00:01am", time(0, 1)),
        ("12:00am", time(0)),
        ("15", time(15)),
        ("7", time(7)),
        ("03pm", time(15)),
        ("3pm", time(15)),
        ("12pm", time(12)),
        ("12am", time(0)),
    ],
)
def test_a_time_of_day_is_read_as_go_reads_it(text: str, meant: time) -> None:
    assert window(start=text).start == meant


@pytest.mark.parametrize(
    "text", ["", "24", "24:00", "1:2", "9:01am", "13pm", "3PM", "3 pm", "15:04:60", "noon", "٣"]
)
def test_what_go_does_not_read_is_refused_with_the_setting(text: str) -> None:
    with pytest.raises(WindowError, match="end-time"):
        window(end=text)


@pytest.mark.parametrize("form", ["mo", "mon", "monday", "MON", "Monday", "1"])
def test_a_day_has_many_names(form: str) -> None:
    assert window(form).days == {0}


def test_days_are_counted_from_sunday() -> None:
    assert window("0").days == {6}
    assert window("6").days == {5}


@pytest.mark.parametrize("form", ["m", "mond", "7", "-1", "mo tu"])
def test_what_is_no_day_is_refused(form: str) -> None:
    with pytest.raises(WindowError, match="reboot-days"):
        window(form)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "Local", "../etc/passwd", "/etc/passwd", "Europe"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(WindowError, match="time-zone"):
        window(zone=zone)


def test_no_zone_is_utc() -> None:
    assert window(zone="").zone is UTC


@pytest.mark.parametrize(
    ("days", "start", "end", "moment", "open_"),
    [
        # kured's own cases (pkg/timewindow/timewindow_test.go), where both judge alike.
        ("mon,tue,wed,thu,fri", "9am", "5pm", "2019-03-31 10:00", False),
        ("mon,tue,wed,thu,fri", "9am", "5pm", "2019-04-04 00:49", False),
        ("mon,tue,wed,thu,fri", "9am", "5pm", "2019-04-04 12:00", True),
        ("mon,tue,wed,thu,fri", "9am", "5pm", "2019-04-05 09:01", True),
        ("mon,we,fri", "10:01", "11:30am", "2019-04-05 10:30", True),
        ("mon,we,fri", "10:01", "11:30am", "2019-04-06 10:30", False),
        ("mon,tue,wed,thu,fri", "9pm", "5am", "2019-04-04 00:49", True),
        ("mon,tue,wed,thu,fri", "9pm", "5am", "2019-04-04 22:49", True),
        ("mon,tue,wed,thu,fri", "9pm", "5am", "2019-04-05 08:59", False),
        ("mon,tue,wed,thu,fri", "11:59pm", "00:01am", "2019-04-05 00:01", True),
        ("mon,tue,wed,thu,fri", "11:59pm", "00:01am", "2019-04-05 00:02", False),
        # The end's last second is inside.
        ("fri", "9am", "5pm", "2019-04-05 17:00:00.999", True),
        ("fri", "9am", "5pm", "2019-04-05 17:00:01", False),
        # A night belongs to the day it began on, other than in kured.
        ("fri", "10pm", "5am", "2019-04-05 02:00", False),
        ("fri", "10pm", "5am", "2019-04-06 02:00", True),
        ("fri", "10pm", "5am", "2019-04-06 23:00", False),
    ],
)
def test_open_or_closed(days: str, start: str, end: str, moment: str, open_: bool) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    found = window(days, start, end, "America/Los_Angeles")
    assert found.contains(at(moment, zone)) is open_


def test_it_opens_on_the_next_of_its_days() -> None:
    found = window("mo", "22:00", "5:00", "Europe/Berlin")
    assert found.opens_at(at("2026-11-24 06:00", BERLIN)) == at("2026-11-30 22:00", BERLIN)


def test_an_open_one_opens_now() -> None:
    now = at("2026-11-24 06:00")
    assert window().opens_at(now) == now


def test_without_days_it_never_opens() -> None:
    assert window("").opens_at(at("2026-11-24 06:00")) is None


def test_where_the_clock_leaves_its_start_out_it_opens_right_after() -> None:
    found = window(start="2:30", end="5:00", zone="Europe/Berlin")
    assert found.opens_at(at("2026-03-29 01:00", BERLIN)) == at("2026-03-29 01:00", UTC)


def test_where_the_clock_leaves_all_of_it_out_it_opens_the_next_time() -> None:
    found = window("su", "2:10", "2:50", "Europe/Berlin")
    assert found.opens_at(at("2026-03-29 01:00", BERLIN)) == at("2026-04-05 02:10", BERLIN)


def test_where_the_clock_repeats_an_hour_it_opens_twice() -> None:
    found = window(start="2:00", end="2:20", zone="Europe/Berlin")
    first = at("2026-10-25 00:00", UTC)
    assert found.opens_at(first - timedelta(hours=1)) == first
    assert found.opens_at(first + timedelta(minutes=30)) == first + timedelta(hours=1)


def test_in_words() -> None:
    found = window("fr,mo", "10pm", "5:00:30", "Europe/Berlin")
    assert found.describe() == "Mon Fri 22:00-05:00:30 (Europe/Berlin)"
    assert window().describe() == "every day 00:00-23:59:59 (UTC)"


minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
)
# Around the days on which those zones put their clocks, and any others.
moments = st.one_of(
    st.datetimes(datetime(2026, 3, 7), datetime(2026, 4, 8)),
    st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 3)),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
).map(lambda moment: moment.replace(tzinfo=UTC, second=0, microsecond=0))


@given(
    days=st.sets(st.sampled_from(WEEK), min_size=1),
    start=minutes,
    end=minutes,
    zone=zones,
    moment=moments,
)
@example(days={"su"}, start=time(2, 30), end=time(1), zone="Europe/Berlin", moment=at("2026-03-28"))
def test_it_opens_at_the_first_open_moment(
    days: set[str], start: time, end: time, zone: str, moment: datetime
) -> None:
    found = TimeWindow.parse(days=days, start=str(start), end=str(end), zone=zone)
    opens = found.opens_at(moment)
    assert opens is not None
    assert found.contains(opens)
    minute = moment
    while minute < opens:
        assert not found.contains(minute)
        minute += timedelta(minutes=1)
    assert opens == moment or not found.contains(opens - timedelta(seconds=1))


@given(start=minutes, end=minutes, moment=moments)
def test_a_window_and_the_rest_of_the_day_share_no_moment_but_the_edges(
    start: time, end: time, moment: datetime
) -> None:
    inside = TimeWindow.parse(days=WEEK, start=str(start), end=str(end), zone="UTC")
    outside = TimeWindow.parse(days=WEEK, start=str(end), end=str(start), zone="UTC")
    if moment.time() in (start, end):
        assert inside.contains(moment)
        assert outside.contains(moment)
    else:
        assert inside.contains(moment) is (
            start <= moment.time() <= end or (start > end and not end <= moment.time() <= start)
        )
        if start != end:
            assert inside.contains(moment) is not outside.contains(moment)


@given(day=st.sampled_from(WEEK), start=minutes, end=minutes, moment=moments)
def test_every_moment_belongs_to_the_window_of_one_day_at_most(
    day: str, start: time, end: time, moment: datetime
) -> None:
    """Days share nothing: what is open on all days is open on exactly one of them."""
    each = [
        TimeWindow.parse(days=[name], start=str(start), end=str(end), zone="UTC") for name in WEEK
    ]
    every = TimeWindow.parse(days=WEEK, start=str(start), end=str(end), zone="UTC")
    assert sum(found.contains(moment) for found in each) == int(every.contains(moment))
