"""The reboot of one node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Goal
from kuredtui.ui.carriers.rollout import rollout
from kuredtui.ui.questions.parts import PLAN, YES
from kuredtui.ui.questions.reboot import reboot_question
from kuredtui.ui.run_choice import AS_SET, RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def reboot(path: WritePath, nodes: Sequence[str], run: RunChoice = AS_SET) -> None:
    """Ask about the node, and start unless things changed meanwhile; several are a rollout."""
    if len(nodes) > 1:
        await rollout(path, nodes, run)
        return
    choice = path.choose(nodes, refusal=path.session.refusal)
    if choice is None:
        return
    answer: str | None = PLAN
    while answer == PLAN:
        question = reboot_question(
            choice.records[0],
            cluster=path.cluster,
            now=path.now,
            silent_for=path.silent_for,
            preview=path.preview(choice.names, Goal.REBOOT, run),
            options=path.session.options_for(choice.names[0], run.changes),
        )
        answer = await path.ask(question)
        if answer == PLAN:
            run = (await path.show_plan(choice.names, Goal.REBOOT, run, in_question=True)).run
    if answer == YES:
        start, options = path.session.start_reboot, run
        path.start(
            lambda node: start(node, override=options.override, changes=options.changes),
            choice.names,
        )
