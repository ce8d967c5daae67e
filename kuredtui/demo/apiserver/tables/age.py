"""How long ago something was, as tables say it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Age(NamedTuple):
    """A table cell that grows older: the rest of a row is cached, this is not."""

    since: float | None
    """Unix time, None for a time that was never set."""
    text: str = "{}"
    """Where the age stands in the cell."""

    def render(self, now: float) -> str:
        """The cell at a time."""
        age = "<unknown>" if self.since is None else human_duration(now - self.since)
        return self.text.format(age)


def age_of(timestamp: str | None, text: str = "{}") -> Age:
    """The age of an RFC 3339 time."""
    return Age(datetime.fromisoformat(timestamp).timestamp() if timestamp else None, text)


def human_duration(seconds: float) -> str:
    """Two units at most, fewer the longer ago (k8s.io/apimachinery/pkg/util/duration)."""
    total = int(seconds)
    if total < -1:
        return "<invalid>"
    minutes, hours, days = total // _MINUTE, total // _HOUR, total // _DAY
    if total < 2 * _MINUTE:
        return f"{max(total, 0)}s"
    if minutes < 10:
        return _two(minutes, "m", total % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 2 * 365:
        return f"{days}d"
    if days < 8 * 365:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"
