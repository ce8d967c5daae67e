"""kured's reboot window (pkg/timewindow), its judgement of days included.

A window that wraps over midnight is judged by the day it is *now*: in the small hours after a
Friday, a window of `fr` from 22:00 to 4:00 is closed, and in those of Friday itself it is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kuredtui.demo.kured.fatal import Fatal
from kuredtui.demo.kured.flags import Flags

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_TIMES = (
    re.compile(r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?", re.ASCII),
    re.compile(r"(?P<hour>\d\d):(?P<minute>\d\d)(?P<half>am|pm)", re.ASCII),
    re.compile(r"(?P<hour>\d\d?)(?P<half>am|pm)?", re.ASCII),
)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Window:
    """When kured may act.

    Attributes:
        days: Sunday is 0.
        start, end: of a day; the end's whole second belongs to it.
        zone: where.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: tzinfo

    def contains(self, moment: datetime) -> bool:
        """Whether it is open at this moment."""
        local = moment.astimezone(self.zone)
        if local.isoweekday() % 7 not in self.days:
            return False
        start = self._at(local, self.start)
        end = self._at(local, self.end.replace(microsecond=999_999))
        moment = local.astimezone(UTC)
        if self.start > self.end:
            if moment < end:
                start -= _ONE_DAY
            else:
                end += _ONE_DAY
        return start <= moment <= end

    def _at(self, local: datetime, clock: time) -> datetime:
        return datetime.combine(local.date(), clock, self.zone).astimezone(UTC)


def make_window(flags: Flags) -> Window:
    """The window of these flags.

    Raises:
        Fatal: they make no window.
    """
    return Window(
        days=frozenset(_day(text) for text in flags.reboot_days if text),
        start=_clock(flags.start_time),
        end=_clock(flags.end_time),
        zone=_zone(flags.time_zone),
    )


def _day(text: str) -> int:
    """0 to 6, or the name of a day in two, three or all letters."""
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        if 0 <= int(text) <= 6:
            return int(text)
    else:
        for number, name in enumerate(_DAYS):
            if text.lower() in (name[:2], name[:3], name):
                return number
    raise Fatal(f"Failed to build time window: invalid weekday: {text}")


def _clock(text: str) -> time:
    """`15:04`, `15:04:05`, `03:04pm`, `15`, `03pm` or `3pm`."""
    for form in _TIMES:
        if match := form.fullmatch(text):
            part = match.groupdict()
            hour, half = int(part["hour"]), part.get("half")
            if half and hour > 12:
                break
            if half:
                hour = hour % 12 + (12 if half == "pm" else 0)
            try:
                return time(hour, int(part.get("minute") or 0), int(part.get("second") or 0))
            except ValueError:
                break
    raise Fatal(f"Failed to build time window: invalid time format: {text}")


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Fatal(f"Failed to build time window: unknown time zone {name}") from error
