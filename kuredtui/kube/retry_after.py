"""The Retry-After header."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(header: str, *, date: str = "") -> float | None:
    """Seconds to wait, from a number or a date (RFC 9110, 10.2.3); None for anything else.

    Args:
        header: the value.
        date: the same answer's `Date`: what a date in the header is measured by, since this machine's
            clock may be another one's hour.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_moment(date) or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
