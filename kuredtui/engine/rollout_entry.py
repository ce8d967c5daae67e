"""One node of a rollout: where it stands, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntryState(StrEnum):
    """Where a node of a rollout stands."""

    QUEUED = "queued"
    AT_WORK = "at work"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it here."""
        return self not in (EntryState.QUEUED, EntryState.AT_WORK)


@dataclass
class Entry:
    """One node.

    Attributes:
        node: its name.
        uid, boot_id: the machine and the boot it was in when the rollout began.
        state: where it stands.
        reason: why it waits, failed or was skipped; "" for nothing to say.
        gave_way: how often it gave the lock back to the others.
        passed_over: whether others went before it because the policy held it back.
        called_back: whether it is on its way back into the queue, since nothing may begin for now.
        held_since: since when the policy holds it back, on the monotonic clock; None if it does not.
        seconds: how long its operation took; None until it is done.
    """

    node: str
    uid: str
    boot_id: str
    state: EntryState = EntryState.QUEUED
    reason: str = ""
    gave_way: int = 0
    passed_over: bool = False
    called_back: bool = False
    held_since: float | None = None
    seconds: float | None = None
