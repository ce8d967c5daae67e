"""The phases of an operation, in their order (DESIGN 5)."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where an operation is."""

    QUEUED = "queued"
    WAITING = "waiting"
    LOCKING = "locking"
    CORDONING = "cordoning"
    DRAINING = "draining"
    REBOOTING = "rebooting"
    RETURNING = "returning"
    UNCORDONING = "uncordoning"
    RELEASING = "releasing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINISHED


_FINISHED = frozenset({Phase.DONE, Phase.FAILED, Phase.CANCELLED})
