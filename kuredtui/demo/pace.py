"""How fast the simulated world lives, and what time it is there.

Every duration of the simulation (a boot, a heartbeat, a pod's grace period) is written down as it
is on real machines and divided by the speed when it is waited for. Time stamps are never scaled:
objects carry the time at which they were really written.
"""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime


class Pace:
    """A speed and a clock.

    The clock shows Unix time but goes with the monotonic clock, so that an adjusted system time
    neither stops nor repeats anything.

    Attributes:
        speed: simulated seconds in a real second.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"a speed of {speed} makes time stand still")
        self.speed = speed
        self._offset = time.time() - time.monotonic()

    def real(self, simulated: float) -> float:
        """Real seconds that so many simulated ones take."""
        return simulated / self.speed

    def now(self) -> float:
        """Unix time."""
        return self._offset + time.monotonic()


def stamp(at: float) -> str:
    """A Unix time as the API writes `metav1.Time`: UTC, whole seconds."""
    return _stamp(int(at))


@functools.lru_cache(maxsize=256)  # a cluster's objects are of the same few moments
def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(at: float) -> str:
    """A Unix time as the API writes `metav1.MicroTime`, in which leases are renewed."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
