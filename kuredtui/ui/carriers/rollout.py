"""The rollout: asking for it, showing it, and steering it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Goal
from kuredtui.engine.rollout_entry import EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.ui.questions.parts import PLAN, YES
from kuredtui.ui.questions.rollout import (
    HOW,
    cancel_rollout_question,
    rollout_question,
    stop_question,
)
from kuredtui.ui.rollout_fields import rollout_fields, rollout_options
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.screens.form import FormScreen

if TYPE_CHECKING:
    from kuredtui.engine.rollout import Rollout
    from kuredtui.ui.write_path import Choice, WritePath


async def rollout(path: WritePath, nodes: Sequence[str], run: RunChoice) -> None:
    """Show the rollout that is under way, or ask about one of these nodes and begin it."""
    present = path.session.rollout
    if present is not None and not present.finished:
        path.show_rollout()
        return
    if not nodes:
        if present is not None:
            path.show_rollout()
        else:
            path.refuse("No node is marked, and none of those shown waits for a reboot.")
        return
    choice = path.choose(nodes, refusal=path.session.refusal)
    if choice is None:
        return
    answer, options, run = await _asked(path, choice, run)
    if answer != YES:
        return
    try:
        path.session.start_rollout(
            choice.names, options=options, override=run.override, changes=run.changes
        )
    except ValueError as refusal:
        path.refuse(str(refusal))
    else:
        path.show_rollout()


async def _asked(
    path: WritePath, choice: Choice, run: RunChoice
) -> tuple[str | None, RolloutOptions, RunChoice]:
    """The answer, with how to go about it."""
    default = options = RolloutOptions()
    while True:
        question = rollout_question(
            choice.records,
            left_out=choice.left_out,
            hidden=path.hidden(choice.names),
            cluster=path.cluster,
            silent_for=path.silent_for,
            options=options,
            preview=path.preview(choice.names, Goal.REBOOT, run),
        )
        answer = await path.ask(question)
        if answer == PLAN:
            run = (await path.show_plan(choice.names, Goal.REBOOT, run, in_question=True)).run
        elif answer == HOW:
            form = FormScreen(title="How the rollout goes", fields=rollout_fields(default, options))
            if (values := await path.ask(form)) is not None:
                options = rollout_options(default, values)
        else:
            return answer, options, run


async def pause(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Pause the rollout, or let it go on; neither touches a node."""
    present = _under_way(path)
    if present is None:
        return
    if present.paused:
        present.resume()
        path.tell("The rollout goes on.")
    else:
        present.pause()
        path.tell("The rollout is paused: no node is begun; those at work go on.")


async def skip(path: WritePath, nodes: Sequence[str], _run: RunChoice) -> None:
    """Take the selected node out of the queue."""
    present = _under_way(path)
    if present is None or not nodes:
        return
    (node,) = nodes
    if present.skip(node):
        path.tell(f"{node} is skipped.")
    else:
        path.refuse(f"{node} is not in the queue any more.")


async def stop(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Begin nothing more, if that is really meant."""
    present = _under_way(path)
    if present is None:
        return
    if await path.ask(stop_question(present)) == YES:
        present.stop()


async def cancel_rollout(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Begin nothing more, and cancel what is at work."""
    present = _under_way(path)
    if present is None:
        return
    if await path.ask(cancel_rollout_question(present, _at_work(present))) == YES:
        present.cancel()


def _under_way(path: WritePath) -> Rollout | None:
    present = path.session.rollout
    if present is None or present.finished:
        path.refuse("No rollout is under way.")
        return None
    return present


def _at_work(present: Rollout) -> list[str]:
    return [e.node for e in present.entries.values() if e.state is EntryState.AT_WORK]
