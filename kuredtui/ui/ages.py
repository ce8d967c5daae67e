"""Ages: in a column as kubectl prints them there, in a sentence as people say them."""

from __future__ import annotations

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_YEAR = 365 * _DAY


def age(seconds: float) -> str:
    """A duration in seconds as kubectl's AGE column has it: `45s`, `3m20s`, `6h5m`, `12d`, `2y30d`.

    The rule is `HumanDuration` of k8s.io/apimachinery/pkg/util/duration. A time up to two seconds in
    the future (another machine's clock) is `0s`; beyond that the age is `?`, never a negative number.
    """
    whole = int(seconds)
    if whole < 0:
        return "0s" if whole >= -1 else "?"
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    if whole < 10 * _MINUTE:
        return _two(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _two(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    if whole < 8 * _DAY:
        return _two(whole, _DAY, "d", _HOUR, "h")
    if whole < 2 * _YEAR:
        return f"{whole // _DAY}d"
    if whole < 8 * _YEAR:
        return _two(whole, _YEAR, "y", _DAY, "d")
    return f"{whole // _YEAR}y"


def spoken(seconds: float) -> str:
    """A duration in seconds as one says it, roughly: `2 hours`, `a day`."""
    import humanize  # here, because nobody should wait for it before the first paint

    return humanize.naturaldelta(max(0.0, seconds))


def _two(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    """Two units, the second left out where it is nought."""
    rest = seconds % large // small
    return f"{seconds // large}{large_unit}" + (f"{rest}{small_unit}" if rest else "")
