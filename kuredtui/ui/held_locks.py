"""Which nodes the lock is held for, and by whom, as far as it can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from kuredtui.ui.cells import NOTHING, UNKNOWN, Cell
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.lock_value import LockEntry
    from kuredtui.engine.session import Session


class LockText(NamedTuple):
    """What the table says of the lock and one node.

    Attributes:
        cell: who holds it for the node, and since when; `-` for nobody, `?` where that is not known.
        rank: for sorting; lower is nearer to us.
    """

    cell: Cell
    rank: int


LOCK_UNSEEN = LockText(UNKNOWN, 3)
NOT_HELD = LockText(NOTHING, 4)


class HeldLocks(NamedTuple):
    """The locks of a cluster at one moment.

    Attributes:
        by_node: what to say of the nodes for which it is held.
        of_others: what to say of all other nodes.
    """

    by_node: Mapping[str, LockText] = {}
    of_others: LockText = LOCK_UNSEEN

    def of(self, node: str) -> LockText:
        """What to say of a node."""
        return self.by_node.get(node, self.of_others)


def held_locks(session: Session) -> HeldLocks:
    """Who holds the locks of the session's cluster."""
    locks = session.locks
    seen = locks.seen() if locks is not None else ()
    held = {entry.node: _said(session, entry) for lock in seen for entry in lock.entries}
    hidden = not seen or any(lock.unseen or lock.unreadable for lock in seen)
    return HeldLocks(held, LOCK_UNSEEN if hidden else NOT_HELD)


def _said(session: Session, entry: LockEntry) -> LockText:
    """Who holds it: this program, another kuredtui, or the node's kured."""
    since = entry.since.timestamp() if entry.since else None
    operation = session.operations.get(entry.node)
    if operation is not None and operation.lock and operation.lock.created == entry.created:
        return LockText(Cell("ours", Tone.BUSY, since), 0)
    if entry.node_id != entry.node:  # it has our prefix, see `kuredtui.cluster.lock_value`
        return LockText(Cell("kuredtui", Tone.HELD, since), 1)
    return LockText(Cell("kured", Tone.HELD, since), 2)
