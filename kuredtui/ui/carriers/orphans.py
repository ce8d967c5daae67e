"""Operations that nobody runs any more: resumed, or rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.questions.orphan import RESUME, ROLL_BACK, orphan_lines, orphan_question
from kuredtui.ui.questions.parts import YES
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.screens.dialog import Choice
from kuredtui.ui.screens.pick import Item, PickScreen
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.ui.write_path import WritePath

_MOST_OF_OTHERS = 3
"""As many fit into a notice."""

_CHOICES = (
    Choice(answer=RESUME, label="Resume", action="pick.resume"),
    Choice(answer=ROLL_BACK, label="Roll back", action="pick.roll_back"),
)


async def orphans(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Show them, and ask about the one that is picked."""
    if path.session.read_only:
        path.refuse(path.session.read_only_reason)
        return
    store = path.session.store
    items = {
        node: Item(
            (
                (f"  {clean(node)}  ", Tone.STRONG),
                (f"{clean(journal.phase)} by {clean(journal.owner)}", Tone.WAIT),
            ),
            orphan_lines(journal),
        )
        for node in sorted(path.session.orphans())
        if (record := store.get(node)) is not None and (journal := record.operation) is not None
    }
    if not items:
        path.refuse(
            " ".join(["No operation has been left by its owner.", *_of_others(path.session)])
        )
        return
    title = "Operations that nobody runs any more"
    picked = await path.ask(PickScreen(title=title, items=items, choices=_CHOICES))
    if picked is not None:
        await _ask(path, picked.item, picked.answer)


def _of_others(session: Session) -> list[str]:
    """What others have under way, a sentence each, and when it would count as left."""
    ours = {name for name, operation in session.operations.items() if not operation.phase.finished}
    found = [
        node.name
        for node in session.store.records()
        if node.operation is not None and not node.operation.resting and node.name not in ours
    ]
    return [f"{name}: {session.resume_refusal(name)}" for name in sorted(found)[:_MOST_OF_OTHERS]]


async def _ask(path: WritePath, node: str, answer: str) -> None:
    record = path.session.store.get(node)
    if record is None or record.operation is None:
        path.refuse(f"There is no operation on {node} any more.")
        return
    question = orphan_question(
        record,
        record.operation,
        answer,
        cluster=path.cluster,
        now=path.now,
        silent_for=path.silent_for,
    )
    if await path.ask(question) == YES:
        session = path.session
        path.start(session.resume if answer == RESUME else session.roll_back, [node])
