"""A clock that goes on while the machine sleeps.

`time.monotonic` stands still on a suspended laptop (Linux: CLOCK_MONOTONIC; macOS: mach_absolute_time), so
it does not tell that others have had ten minutes to take an operation over. It is the right one for an
observer, who saw nothing in those ten minutes; this is the right one for an owner.
"""

from __future__ import annotations

import time

# Linux counts sleep in CLOCK_BOOTTIME; where that does not exist (macOS), CLOCK_MONOTONIC counts it.
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds_with_sleep() -> float:
    """Seconds since some moment in the past, those in which the machine slept included."""
    return time.clock_gettime(_CLOCK)
