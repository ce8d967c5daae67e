"""What is being done on nodes, by us and by others, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuredtui.cluster.lock_value import LockEntry
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.why import brief_of
from kuredtui.engine.journal import UNREADABLE_JOURNAL
from kuredtui.engine.operations import Operations
from kuredtui.engine.phases import Phase

if TYPE_CHECKING:
    from kuredtui.engine.operation import Operation
    from kuredtui.engine.rollout import Rollout

# Pods named in one sentence.
_MOST_PODS = 5


class Work:
    """Operations on nodes, and why there can be none.

    Args:
        operations: ours, and what was found of others'.
        rollout: the one that runs, or the last one.
        rights: why we may change nothing, as a sentence; "" if we may.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        rollout: Callable[[], Rollout | None],
        rights: Callable[[], str],
    ) -> None:
        self._operations = operations
        self._rollout = rollout
        self.rights = rights

    def at_work(self, node: NodeRecord) -> tuple[str, str]:
        """What is being done on the node, as a sentence and in a few words; "" for nothing."""
        if (running := self._operations.running(node.name)) is not None:
            return _ours(running)
        if node.journal_unreadable:
            return UNREADABLE_JOURNAL, "journal unreadable"
        journal = node.operation
        if journal is None:
            return "", ""
        if journal.failed:
            return f"{journal.describe()}. {journal.failed}", "failed"
        if journal.resting:
            return f"{journal.describe()}; it waits for its reboot.", "drained"
        if self._operations.orphans.orphaned(node.name):
            said = f"{journal.describe()}, and nobody runs it any more: resume it or roll it back."
            return said, "abandoned"
        return f"{journal.describe()}.", f"{journal.phase} by {journal.owner}"

    def is_ours(self, entry: LockEntry) -> bool:
        """Whether an operation of this program has taken the lock by this entry.

        An operation that waits is not enough: its node's kured may have been quicker.
        """
        last = self._operations.by_node.get(entry.node)
        taken = last.lock if last is not None else None
        return taken is not None and entry.is_same(
            LockEntry(node_id=entry.node_id, created=taken.created)
        )

    def failures(self, node: str) -> tuple[int, str]:
        """How often our reboot of it failed since it last succeeded, and why the last one did."""
        return self._operations.failures(node)

    def queued(self, node: str) -> str:
        """That a rollout has the node in its queue, as a sentence; "" if none has."""
        rollout = self._rollout()
        entry = rollout.entries.get(node) if rollout is not None and not rollout.finished else None
        if rollout is None or entry is None or entry.state != "queued":
            return ""
        held = entry.reason or rollout.stopped or rollout.holding
        return f"It is in the queue of a rollout{f': {held}' if held else ''}".rstrip(".") + "."


def _ours(operation: Operation) -> tuple[str, str]:
    phase, detail = operation.phase, operation.detail
    if phase is not Phase.WAITING:
        said = f"{str(phase).capitalize()}{f': {detail}' if detail else ''}".rstrip(".") + "."
        return f"{said}{_held_up(operation)}", str(phase)
    held = operation.held_by
    return f"Waiting: {detail}", brief_of(held[0]) if held else "waiting for the lock"


def _held_up(operation: Operation) -> str:
    """What a drain waits for, where nothing but budgets holds it up."""
    drain = operation.drain
    if operation.phase is not Phase.DRAINING or drain is None or drain.blocked_seconds is None:
        return ""
    return f" {listed([f'{pod.full_name} {pod.reason}' for pod in drain.left])}."


def listed(told: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(told) - _MOST_PODS
    return "; ".join(told[:_MOST_PODS]) + (f"; and {more} more" if more > 0 else "")
