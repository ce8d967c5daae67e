"""Finding out what drains would do: plans and the policy's answers, a few nodes at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.engine.phases import Goal
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.plan_text import Foreseen
from kuredtui.ui.run_choice import RunChoice

if TYPE_CHECKING:
    from kuredtui.engine.session import Session

# Nodes looked at together: each costs a list of its pods and some reads.
_AT_ONCE = 4


async def foresee(
    session: Session, nodes: Sequence[str], *, goal: Goal, run: RunChoice
) -> AsyncIterator[Foreseen]:
    """What is known of the drain of each node, in the order of the nodes; nothing is changed.

    Args:
        session: the session.
        nodes: by name.
        goal: a reboot asks the policy, too.
        run: the options of the run.
    """
    for start in range(0, len(nodes), _AT_ONCE):
        batch = nodes[start : start + _AT_ONCE]
        async with asyncio.TaskGroup() as tasks:
            looks = [tasks.create_task(_look(session, node, goal, run)) for node in batch]
        for look in looks:
            yield look.result()


async def _look(session: Session, node: str, goal: Goal, run: RunChoice) -> Foreseen:
    refusal = session.refusal(node, goal)
    try:
        policy = await session.ask_policy(node) if goal is Goal.REBOOT else []
        plan = await session.plan(node, changes=run.changes)
    except (*FAILURES, ConfigError) as error:
        return Foreseen(node=node, failure=sentence(error), refusal=refusal)
    return Foreseen(node=node, plan=plan, policy=policy, refusal=refusal)
