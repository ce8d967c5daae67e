"""When reboots are allowed: kured's days, start-time, end-time and time-zone.

The forms are kured's (pkg/timewindow). One thing is not: a window that starts after it ends wraps over
midnight, and kured judges the hours after midnight by the day they fall on, so that `fr` from 22:00 to
5:00 is open on Friday from 0:00 to 5:00 and closed on Saturday morning. Here a window belongs to the day it
began.

Times are those of a clock on the wall in the zone. Where that clock is put forward, a window that would
begin in the missing hour begins right after it; where it is put back, the repeated hour counts both times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EVERY_DAY = ("su", "mo", "tu", "we", "th", "fr", "sa")

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NUMBERS = {day[:length]: at for at, day in enumerate(_DAYS) for length in (2, 3, len(day))}
# Go's layouts 15:04, 15:04:05, 03:04pm, 15, 03pm and 3pm, as time.Parse reads them: a 12-hour time
# with minutes needs both digits of its hour, and only `am` and `pm` in lower case count.
_CLOCKS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<hour>\d{1,2})(:(?P<minute>\d\d)(:(?P<second>\d\d))?)?",
        r"(?P<hour>\d\d):(?P<minute>\d\d)(?P<half>am|pm)",
        r"(?P<hour>\d{1,2})(?P<half>am|pm)",
    )
)
_DAY = timedelta(days=1)
# Far enough for a weekly window whose next turn falls into an hour that the clock leaves out.
_DAYS_AHEAD = 22


class WindowError(ValueError):
    """A setting of the window that cannot be understood; the message says which and what would do."""


@dataclass(frozen=True, kw_only=True)
class TimeWindow:
    """A window of each of some days.

    Attributes:
        days: on which it may begin; Monday is 0.
        start, end: first and last second of it on the clock; a start after the end wraps over midnight.
        zone: whose clock.
        zone_name: as it was given.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: tzinfo
    zone_name: str

    @classmethod
    def parse(cls, *, days: Iterable[str], start: str, end: str, zone: str) -> TimeWindow:
        """The window of kured's four settings; empty days are skipped, as kured does.

        Raises:
            WindowError: one of them is of no known form.
        """
        return cls(
            days=frozenset(_day(day) for day in days if day),
            start=_clock(start, "start-time"),
            end=_clock(end, "end-time"),
            zone=_zone(zone),
            zone_name=zone or "UTC",
        )

    def contains(self, moment: datetime) -> bool:
        """Whether the window is open at a moment (which knows its own zone)."""
        local = moment.astimezone(self.zone)
        clock, weekday = local.time().replace(microsecond=0), local.weekday()
        if self.start <= self.end:
            return weekday in self.days and self.start <= clock <= self.end
        if clock >= self.start:
            return weekday in self.days
        return clock <= self.end and (weekday - 1) % 7 in self.days

    def opens_at(self, moment: datetime) -> datetime | None:
        """The first moment from this one on at which the window is open, in UTC; None for never."""
        moment = moment.astimezone(UTC)
        if self.contains(moment):
            return moment
        later = (begin for begin in self._begins(moment) if begin > moment and self.contains(begin))
        return min(later, default=None)

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        whole = self.start == time(0) and self.end >= time(23, 59)
        return whole and len(self.days) == len(_DAYS)

    def briefly(self, moment: datetime) -> str:
        """How it stands at a moment, in a few words and by its own clock: `open until 5:00`."""
        if self.contains(moment):
            return f"open until {_short(self.end)}"
        opens = self.opens_at(moment)
        return f"opens {opens.astimezone(self.zone):%a %H:%M}" if opens else "never opens"

    def describe(self) -> str:
        """Days, times and zone in words: `Mon Fri 22:00-05:00 (Europe/Berlin)`."""
        days = " ".join(_DAYS[day][:3].title() for day in sorted(self.days))
        if len(self.days) == len(_DAYS):
            days = "every day"
        return f"{days or 'on no day'} {_short(self.start)}-{_short(self.end)} ({self.zone_name})"

    def _begins(self, moment: datetime) -> Iterator[datetime]:
        """All moments of the next weeks at which it may begin: its start, and where the clock jumps."""
        today = moment.astimezone(self.zone).date()
        for offset in range(-1, _DAYS_AHEAD):
            day = today + offset * _DAY
            yield from self._moments_of_start(day)
            yield from self._jumps(day)

    def _moments_of_start(self, day: date) -> Iterator[datetime]:
        """The moments at which the clock shows the start on a day: one, two or none."""
        for fold in (0, 1):
            local = datetime.combine(day, self.start, tzinfo=self.zone).replace(fold=fold)
            moment = local.astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                yield moment

    def _jumps(self, day: date) -> Iterator[datetime]:
        """The first moment of another offset from UTC within the 24 hours from noon of the day before."""
        noon = datetime.combine(day, time(12), tzinfo=UTC)
        before, after = noon - _DAY, noon
        if self._offset(before) == self._offset(after):
            return
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if self._offset(middle) == self._offset(before):
                before = middle
            else:
                after = middle
        yield after

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()


def _day(text: str) -> int:
    if re.fullmatch(r"[+-]?[0-9]+", text):
        number = int(text)
        if 0 <= number < len(_DAYS):
            return (number - 1) % len(_DAYS)  # kured counts from Sunday
    elif (found := _DAY_NUMBERS.get(text.lower())) is not None:
        return found
    raise WindowError(
        f"reboot-days: {text!r} is no day; days are mo, mon or monday and so on, or 0 (Sunday) to 6"
    )


def _clock(text: str, setting: str) -> time:
    for form in _CLOCKS:
        if match := form.fullmatch(text):
            found = match.groupdict()
            hour, half = int(found["hour"]), found.get("half")
            if half and hour > 12:
                continue
            if half:
                hour = hour % 12 + (12 if half == "pm" else 0)
            try:
                return time(hour, int(found.get("minute") or 0), int(found.get("second") or 0))
            except ValueError:
                continue
    raise WindowError(
        f"{setting}: {text!r} is no time of day; write it as 15:04, 15:04:05, 03:04pm, 15 or 3pm"
    )


def _zone(name: str) -> tzinfo:
    """The zone of an IANA name; none is UTC, as in Go. Go's `Local` is refused: it depends on the machine."""
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WindowError(
            f"time-zone: {name!r} is no time zone; write its name as Europe/Berlin or UTC"
        ) from None


def _short(clock: time) -> str:
    return clock.strftime("%H:%M" if clock.second == 0 else "%H:%M:%S")
