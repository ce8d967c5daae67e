"""One row of the node table: a node, and what else there is to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.cells import Cell
from kuredtui.ui.held_locks import LOCK_UNSEEN, LockText
from kuredtui.ui.operations import NO_OPERATION, OperationText
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.cluster.why import Why


class Row:
    """One node as the table shows it; not changed once it is made.

    Attributes:
        name: the node's name as the cluster writes it; not for drawing.
        node: the record the row was made from.
        operation: what is said of its operation.
        why: why it waits for its reboot; None where it does not, or nobody knows yet.
        lock: what is said of the lock.
        pods: how many it has; None where nobody looks at them.
        sign: the gravest thing there is to say, as one character with its tone.
    """

    __slots__ = ("lock", "name", "node", "operation", "pods", "sign", "why")

    def __init__(
        self,
        node: NodeRecord,
        operation: OperationText = NO_OPERATION,
        why: Why | None = None,
        lock: LockText = LOCK_UNSEEN,
        pods: int | None = None,
    ) -> None:
        # Thousands are made at once, so this is no dataclass: a frozen one takes three times as long.
        self.name = node.name
        self.node = node
        self.operation = operation
        self.why = why
        self.lock = lock
        self.pods = pods
        self.sign = _sign(node, operation)

    @property
    def is_busy(self) -> bool:
        """Whether an operation is at work on the node."""
        return self.operation.tone is Tone.BUSY


_OPERATION = "▶"
_NOT_READY = Cell("■", Tone.BAD)
_CORDONED = Cell("◆", Tone.HELD)
_PENDING = Cell("●", Tone.WAIT)
_NOTHING = Cell(" ", Tone.DIM)


def _sign(node: NodeRecord, operation: OperationText) -> Cell:
    """An operation first, since it explains the rest; then not ready above cordoned above pending."""
    if operation.tone is Tone.BUSY:
        return Cell(_OPERATION, Tone.BUSY)
    if node.status != "Ready":
        return _NOT_READY
    if node.cordoned:
        return _CORDONED
    return _PENDING if node.pending.state == "yes" else _NOTHING
