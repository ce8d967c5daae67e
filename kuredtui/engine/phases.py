"""The phases of an operation, in their order, what it is for, and how it may end (DESIGN 5)."""

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
    DRAINED = "drained"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINISHED


_FINISHED = frozenset({Phase.DONE, Phase.DRAINED, Phase.FAILED, Phase.CANCELLED})


class Goal(StrEnum):
    """What an operation is for."""

    REBOOT = "reboot"
    DRAIN = "drain"
    ROLL_BACK = "roll back"


class Outcome(StrEnum):
    """How an operation ended.

    `failed` and `cancelled` leave the node as it was found; `blocked` does, too, when a rollout wanted
    the lock for others. `stranded` is a node that was told to reboot and did not come back: it stays
    cordoned and locked, and no rollout may go on. `left` is an operation that this process no longer
    has a part in: it stands in the cluster, to be resumed or run by somebody else.
    """

    DONE = "done"
    DRAINED = "drained"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    STRANDED = "stranded"
    LEFT = "left"


# The phase in which each ends.
LAST_PHASE = {
    Outcome.DONE: Phase.DONE,
    Outcome.DRAINED: Phase.DRAINED,
    Outcome.FAILED: Phase.FAILED,
    Outcome.CANCELLED: Phase.CANCELLED,
    Outcome.BLOCKED: Phase.CANCELLED,
    Outcome.STRANDED: Phase.FAILED,
    Outcome.LEFT: Phase.FAILED,
}
