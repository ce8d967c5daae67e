"""The questions asked before something is done: what stands in them, and the answers they offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.ages import spoken
from kuredtui.ui.columns import OperationText
from kuredtui.ui.screens.dialog import Choice, Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord

BACK = "back"
REBOOT = "reboot"
CANCEL_OPERATION = "cancel"
LEAVE = "leave"
WAIT = "wait"
CANCEL_AND_LEAVE = "cancel-and-leave"

_EMPTY: Line = (("", Tone.PLAIN),)


def _heading(text: str) -> Line:
    return ((text, Tone.STRONG),)


def _point(sign: str, text: str, tone: Tone = Tone.PLAIN) -> Line:
    return ((f"  {sign} ", Tone.DIM), (text, tone))


def reboot_question(
    node: NodeRecord, *, cluster: str, now: float, silent_for: float | None
) -> Dialog:
    """Which node of which cluster, what will happen to it, and what is known against it.

    Args:
        node: as it was last heard of.
        cluster: what a person calls it.
        now: seconds of the epoch.
        silent_for: seconds since the API server was last heard; None while it is.
    """
    cordoned = node.cordoned
    lines: list[Line] = [
        *_about(node, cluster, now),
        _EMPTY,
        _heading("What will happen"),
        _point("1", "take the reboot lock, which kured respects too"),
        _point("2", "cordon the node (it is cordoned already)" if cordoned else "cordon the node"),
        _point("3", "drain it: evict its pods, as fast as their budgets allow"),
        _point("4", "reboot it, and wait until it is back with a new boot ID and Ready"),
        _point(
            "5",
            "leave it cordoned, as it was found, and release the lock"
            if cordoned
            else "uncordon it and release the lock",
        ),
    ]
    against = _against(node, silent_for)
    if against:
        lines += [_EMPTY, _heading("What is known against it"), *against]
    return Dialog(
        title=f"Reboot {clean(node.name)}?",
        lines=lines,
        choices=[
            Choice(answer=BACK, label="Cancel", keys=("n",)),
            Choice(answer=REBOOT, label="Reboot", keys=("y",), dangerous=True),
        ],
    )


def _about(node: NodeRecord, cluster: str, now: float) -> list[Line]:
    """Where it is and what it is; the header that says so, too, is behind the dialog."""
    pending = node.pending
    answer = ("no" if pending.state == "no" else "? (unknown)", Tone.PLAIN)
    if pending.state == "yes":
        since = f", for {spoken(now - pending.since.timestamp())}" if pending.since else ""
        answer = (f"yes{since}, says {clean(pending.source)}", Tone.WAIT)
    return [
        _about_line("cluster", (clean(cluster), Tone.STRONG)),
        _about_line(
            "node",
            (f"{clean(node.pool)} · {clean(node.kernel)} · ", Tone.PLAIN),
            (node.status, Tone.GOOD if node.status == "Ready" else Tone.BAD),
        ),
        _about_line("pending", answer),
    ]


def _about_line(label: str, *pieces: Piece) -> Line:
    return ((f"{label:<9}", Tone.DIM), *pieces)


def _against(node: NodeRecord, silent_for: float | None) -> list[Line]:
    """Facts which make a reboot now questionable, though not refused."""
    points: list[Line] = []
    if silent_for is not None:
        text = f"The API server is not heard: all this was so {spoken(silent_for)} ago."
        points.append(_point("!", text, Tone.BAD))
    if node.pending.state == "no":
        points.append(_point("!", "It does not need a reboot.", Tone.WAIT))
    elif node.pending.state == "unknown":
        points.append(_point("!", "Nothing says that it needs a reboot.", Tone.WAIT))
    if node.status != "Ready":
        points.append(
            _point("!", f"It is {node.status}: its pods may not end, nor it come back.", Tone.BAD)
        )
    if node.cordoned:
        points.append(_point("!", "Somebody cordoned it, perhaps for a reason.", Tone.HELD))
    return points


def cancel_question(node: str, operation: OperationText) -> Dialog:
    """Whether the operation of a node shall be cancelled."""
    return Dialog(
        title=f"Cancel the operation of {clean(node)}?",
        lines=[
            (("Now: ", Tone.DIM), (operation.text, operation.tone)),
            _EMPTY,
            _point("·", "Before the reboot is triggered, the node is left as it was found."),
            _point("·", "After that it cannot be stopped: it is brought back into service."),
        ],
        choices=[
            Choice(answer=BACK, label="Let it go on", keys=("n",)),
            Choice(answer=CANCEL_OPERATION, label="Cancel operation", keys=("y",), dangerous=True),
        ],
    )


def leave_question(running: Sequence[tuple[str, OperationText]]) -> Dialog:
    """What shall become of running operations when the program is left."""
    lines: list[Line] = [
        ((f"{clean(node)}  ", Tone.STRONG), (operation.text, operation.tone))
        for node, operation in running
    ]
    lines += [
        _EMPTY,
        _point("w", "Wait: the program ends when all of this is done."),
        _point("c", "Cancel first: a node not yet told to reboot is left as it was found."),
        _point(
            "l",
            "Leave it: everything stops where it stands. The node keeps its cordon, the lock stays "
            "held, and the journal on the node says so.",
        ),
    ]
    count = len(running)
    return Dialog(
        title="An operation is running" if count == 1 else f"{count} operations are running",
        lines=lines,
        choices=[
            Choice(answer=BACK, label="Stay", keys=("n",)),
            Choice(answer=WAIT, label="Wait", keys=("w",)),
            Choice(answer=CANCEL_AND_LEAVE, label="Cancel first", keys=("c",)),
            Choice(answer=LEAVE, label="Leave it", keys=("l",), dangerous=True),
        ],
    )
