"""Whether operations shall be cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from kuredtui.ui.operations import OperationText
from kuredtui.ui.questions.parts import BACK, EMPTY, YES, point, typed
from kuredtui.ui.screens.dialog import Choice, Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone


def cancel_question(running: Sequence[tuple[str, OperationText]]) -> Dialog:
    """Whether these operations shall be cancelled, at least one, by node."""
    consequences = [
        EMPTY,
        point("·", "Before the reboot is triggered, the node is left as it was found."),
        point("·", "After that it cannot be stopped: it is brought back into service."),
    ]
    if len(running) > 1:
        lines: list[Line] = [
            ((f"{clean(node)}  ", Tone.STRONG), (operation.text, operation.tone))
            for node, operation in running
        ]
        return typed(
            f"Cancel {len(running)} operations?",
            [*lines, *consequences],
            word=str(len(running)),
            what="their number",
            yes="Cancel operations",
        )
    node, operation = running[0]
    return Dialog(
        title=f"Cancel the operation of {clean(node)}?",
        lines=[(("Now: ", Tone.DIM), (operation.text, operation.tone)), *consequences],
        choices=[
            Choice(answer=BACK, label="Let it go on", action="answer.no"),
            Choice(answer=YES, label="Cancel operation", action="answer.yes", dangerous=True),
        ],
    )
