"""How long to wait before the next try."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BackoffRange:
    """Where the waiting starts and ends, in seconds (client-go's reflector: 0.8 to 30)."""

    first: float = 0.8
    most: float = 30.0


class Backoff:
    """Delays that double from one failure to the next, each stretched by a random part.

    The jitter keeps many clients, cut off by one restart, from coming back in one moment.

    Attributes:
        failures: how many delays were asked for since the last success.
    """

    _JITTER = 0.5

    def __init__(self, range_: BackoffRange) -> None:
        self._range = range_
        self._next = range_.first
        self.failures = 0

    def delay(self) -> float:
        """Seconds to wait now; the next delay will be longer."""
        self.failures += 1
        base = self._next
        self._next = min(2 * base, self._range.most)
        return base * (1 + self._JITTER * random.random())  # never beyond 1.5 times `most`

    def reset(self) -> None:
        """Something worked: the next delay is the first again."""
        self.failures = 0
        self._next = self._range.first
