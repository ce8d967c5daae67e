"""The drain of nodes, without reboot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Goal
from kuredtui.ui.questions.drain import drain_question
from kuredtui.ui.questions.parts import YES

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def drain(path: WritePath, nodes: Sequence[str]) -> None:
    """Ask about those that can be drained, and drain them."""
    choice = path.choose(nodes, refusal=lambda node: path.session.refusal(node, Goal.DRAIN))
    if choice is None:
        return
    question = drain_question(
        choice.records,
        left_out=choice.left_out,
        hidden=path.hidden(choice.names),
        cluster=path.cluster,
        now=path.now,
        silent_for=path.silent_for,
    )
    if await path.ask(question) == YES:
        path.start(path.session.start_drain, choice.names)
