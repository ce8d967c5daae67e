"""Cancelling operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.operations import operation_text
from kuredtui.ui.questions.cancel import cancel_question
from kuredtui.ui.questions.parts import YES
from kuredtui.ui.run_choice import RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def cancel(path: WritePath, nodes: Sequence[str], _run: RunChoice) -> None:
    """Ask about the operations at work on these nodes, and cancel them."""
    operations = path.session.operations
    running = [
        (node, operation_text(operation, None))
        for node in nodes
        if (operation := operations.get(node)) is not None and not operation.phase.finished
    ]
    if not running:
        what = nodes[0] if len(nodes) == 1 else "the marked nodes"
        path.refuse(f"There is no operation of this program at work on {what}.")
    elif await path.ask(cancel_question(running)) == YES:
        for node, _ in running:
            path.session.cancel(node)
