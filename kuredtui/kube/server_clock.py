"""The API server's time, as its answers tell it.

Times that are compared between machines of a cluster (when a lock was taken, when it expires) are taken
from here: the clock of a laptop may be an hour off, and a lock must not be stolen for that.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A Date header counts whole seconds and was some way under way; below this the clocks agree.
_AGREEMENT = timedelta(seconds=2)


class ServerClock:
    """Our own clock, put right by what it is wrong."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def heard(self, date: str) -> None:
        """An answer carried this Date header (RFC 9110, 6.6.1); one that is none says nothing."""
        try:
            told = parsedate_to_datetime(date)
        except ValueError:
            return
        if told.tzinfo is None:
            return
        offset = told - datetime.now(UTC)
        self._offset = offset if abs(offset) > _AGREEMENT else timedelta()

    def now(self) -> datetime:
        """The present, UTC."""
        return datetime.now(UTC) + self._offset
