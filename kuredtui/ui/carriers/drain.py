"""The drain of nodes, without reboot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Goal
from kuredtui.ui.questions.drain import drain_question
from kuredtui.ui.questions.parts import PLAN, YES
from kuredtui.ui.run_choice import AS_SET, RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def drain(path: WritePath, nodes: Sequence[str], run: RunChoice = AS_SET) -> None:
    """Ask about those that can be drained, and drain them."""
    choice = path.choose(nodes, refusal=lambda node: path.session.refusal(node, Goal.DRAIN))
    if choice is None:
        return
    answer: str | None = PLAN
    while answer == PLAN:
        question = drain_question(
            choice.records,
            left_out=choice.left_out,
            hidden=path.hidden(choice.names),
            cluster=path.cluster,
            now=path.now,
            silent_for=path.silent_for,
            preview=path.preview(choice.names, Goal.DRAIN, run),
        )
        answer = await path.ask(question)
        if answer == PLAN:
            run = (await path.show_plan(choice.names, Goal.DRAIN, run, in_question=True)).run
    if answer == YES:
        start, changes = path.session.start_drain, run.changes
        path.start(lambda node: start(node, changes=changes), choice.names)
