"""How the connection to the API server does, as a plain record for whoever shows it."""

from __future__ import annotations

from typing import Literal

import msgspec

ConnectionKind = Literal["connecting", "loading", "live", "lost"]


class ConnectionState(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of the connection.

    Attributes:
        kind: `connecting` before the first answer, `loading` while the first list comes in, `live`
            while the watch is up, `lost` while it is tried again.
        message: why it is lost, as one sentence; "" otherwise.
        fresh_at: when what is known was last known to be true, in seconds of the monotonic clock.
        retry_at: when it is tried again, on the same clock.
    """

    kind: ConnectionKind = "connecting"
    message: str = ""
    fresh_at: float | None = None
    retry_at: float | None = None

    def silent_for(self, now: float) -> float | None:
        """Seconds, by that clock, since what is known was known to be true; None while it is live."""
        if self.kind != "lost" or self.fresh_at is None:
            return None
        return now - self.fresh_at
