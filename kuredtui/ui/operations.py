"""An operation in a few words, for the table, the dialogs and the detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kuredtui.ui.cells import TIGHT
from kuredtui.ui.steps import operation_bar
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.engine.operation import Operation


class OperationText(NamedTuple):
    """What the table says of a node's operation: ours, or another's journal on the node.

    Attributes:
        text: phase and detail; empty where there is none.
        tone: busy while it runs, otherwise how it ended.
        rank: for sorting; lower is more urgent.
        roomy: the same with a bar of how far it is; "" where that is not known, over, or another's.
        tight: the phase with a short bar, without the detail; "" where the detail tells more.
        to_go: how many pods its drain has still to see gone; None while it does not drain, or is another's.
    """

    text: str
    tone: Tone
    rank: int
    roomy: str = ""
    tight: str = ""
    to_go: int | None = None


NO_OPERATION = OperationText("", Tone.DIM, 99)
# For sorting by operation: what needs a person first, then what runs, then what is over.
_FAILED, _RUNNING, _FOREIGN, _CANCELLED, _DONE = range(5)


def operation_text(
    operation: Operation | None, node: NodeRecord | None, *, abandoned: str = ""
) -> OperationText:
    """What to say of a node's operation: of ours, else of the journal that another left on the node.

    Args:
        operation: ours.
        node: carries the journal of another.
        abandoned: the key for those that nobody runs any more, if it is one; else "".
    """
    if operation is not None:
        return _ours(operation)
    if node is not None and node.operation is not None:
        journal = node.operation
        text = f"{clean(journal.phase)} by {clean(journal.owner)}"
        if journal.resting:
            return OperationText(text, Tone.HELD, _FOREIGN)
        if abandoned:
            return OperationText(f"abandoned ({abandoned}): {text}", Tone.HELD, _FAILED)
        return OperationText(text, Tone.BUSY, _FOREIGN)
    if node is not None and node.journal_unreadable:
        return OperationText("? (its journal cannot be read)", Tone.HELD, _FOREIGN)
    return NO_OPERATION


def _ours(operation: Operation) -> OperationText:
    phase = operation.phase.value
    detail = clean(operation.detail)
    if not operation.phase.finished:
        text = f"{phase}: {detail}" if detail else phase
        drain = operation.drain if phase == "draining" else None
        to_go = drain.total - drain.gone if drain is not None else None
        goal, room = operation.goal.value, TIGHT - len(phase) - 1
        bar = operation_bar(phase, goal=goal, drain=drain)
        short = operation_bar(phase, goal=goal, drain=drain, room=room)
        roomy = f"{phase} {bar} {detail}".rstrip() if bar else ""
        tight = f"{phase} {short}" if short and phase != "waiting" else ""
        return OperationText(text, Tone.BUSY, _RUNNING, roomy, tight, to_go)
    if phase == "failed":
        return OperationText(f"failed: {clean(operation.error or detail)}", Tone.BAD, _FAILED)
    if phase == "cancelled":
        return OperationText(phase, Tone.DIM, _CANCELLED)
    return OperationText(phase, Tone.GOOD, _DONE)
