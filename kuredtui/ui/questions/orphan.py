"""What shall become of an operation that nobody runs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.questions.parts import EMPTY, about_node, heading, point, silence, yes_or_no
from kuredtui.ui.screens.dialog import Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.journal_view import JournalView
    from kuredtui.cluster.node import NodeRecord

RESUME = "resume"
ROLL_BACK = "roll-back"

_WILL = {
    RESUME: (
        "go on where it stands, with the options it was begun with",
        "each step is looked at again: what is done already is not done twice",
        "the lock, the cordon and the journal are taken over from its former owner",
    ),
    ROLL_BACK: (
        "undo what was begun, and leave the node as its operation found it",
        "a node that may have been told to reboot cannot be undone: it is brought back instead",
        "the lock is released, and the journal removed",
    ),
}


def orphan_question(
    node: NodeRecord,
    journal: JournalView,
    answer: str,
    *,
    cluster: str,
    now: float,
    silent_for: float | None,
) -> Dialog:
    """Whether to resume it, or to roll it back.

    Args:
        node: where it stands.
        journal: what is known of it.
        answer: RESUME or ROLL_BACK.
        cluster: what a person calls it.
        now: seconds of the epoch.
        silent_for: seconds since the API server was last heard; None while it is.
    """
    word = "Resume" if answer == RESUME else "Roll back"
    lines: list[Line] = [
        *about_node(node, cluster, now),
        EMPTY,
        heading("What was left"),
        *orphan_lines(journal),
        *silence(silent_for),
        EMPTY,
        heading("What will happen"),
        *(point("·", text) for text in _WILL[answer]),
    ]
    what = journal.goal or "operation"
    return yes_or_no(f"{word} the {clean(what)} of {clean(node.name)}?", lines, yes=word)


def orphan_lines(journal: JournalView) -> list[Line]:
    """What is known of an operation that nobody runs any more."""
    found = (
        "it was cordoned before" if journal.unschedulable_before else "it was not cordoned before"
    )
    lines = [point("·", f"{clean(journal.describe())}"), point("·", found)]
    if journal.failed:
        lines.append(point("!", clean(journal.failed), Tone.BAD))
    return lines
