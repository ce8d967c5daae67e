"""Looking at plans, and from there on to what they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Goal
from kuredtui.ui.run_choice import AS_SET, RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def plan(path: WritePath, nodes: Sequence[str], run: RunChoice = AS_SET) -> None:
    """Show the plans; nothing is refused, for nothing is touched."""
    answer = await path.show_plan(nodes, Goal.REBOOT, run, in_question=False)
    if answer.action_id:
        await path.carry_out(answer.action_id, nodes, answer.run)
