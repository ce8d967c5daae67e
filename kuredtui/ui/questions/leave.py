"""What shall become of running operations when the program is left."""

from __future__ import annotations

from collections.abc import Sequence

from kuredtui.ui.actions.key_map import KeyMap
from kuredtui.ui.operations import OperationText
from kuredtui.ui.questions.parts import BACK, EMPTY, point
from kuredtui.ui.screens.dialog import Choice, Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

LEAVE = "leave"
WAIT = "wait"
CANCEL_AND_LEAVE = "cancel-and-leave"


def leave_question(
    running: Sequence[tuple[str, OperationText]], *, queued: int, keys: KeyMap
) -> Dialog:
    """Wait, cancel, or leave them as they stand in the cluster.

    Args:
        running: what is at work, by node.
        queued: how many nodes a rollout would still begin.
        keys: those of the answers.
    """
    lines: list[Line] = [
        ((f"{clean(node)}  ", Tone.STRONG), (operation.text, operation.tone))
        for node, operation in running
    ]
    if queued:
        noun = "node is" if queued == 1 else "nodes are"
        lines.append(((f"{queued} more {noun} in the queue of the rollout", Tone.WAIT),))
    lines += [
        EMPTY,
        point(keys.text("answer.wait"), "Wait: the program ends when all of this is done."),
        point(
            keys.text("answer.cancel"),
            "Cancel first: a node not yet told to reboot is left as it was found.",
        ),
        point(
            keys.text("answer.leave"),
            "Leave it: everything stops where it stands. The node keeps its cordon, the lock stays "
            "held, and the journal on the node says so.",
        ),
    ]
    if queued:
        lines.append(point("·", "Waiting lets the whole rollout end; the others begin no node."))
    return Dialog(
        title=_title(len(running), queued),
        lines=lines,
        choices=[
            Choice(answer=BACK, label="Stay", action="answer.no"),
            Choice(answer=WAIT, label="Wait", action="answer.wait"),
            Choice(answer=CANCEL_AND_LEAVE, label="Cancel first", action="answer.cancel"),
            Choice(answer=LEAVE, label="Leave it", action="answer.leave", dangerous=True),
        ],
    )


def _title(running: int, queued: int) -> str:
    if queued:
        return "A rollout is under way"
    return "An operation is running" if running == 1 else f"{running} operations are running"
