"""Cordon and uncordon by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.engine.phases import Goal
from kuredtui.ui.questions.cordon import cordon_question
from kuredtui.ui.questions.parts import YES
from kuredtui.ui.run_choice import RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath

# Nodes that are changed at a time.
_AT_ONCE = 10


async def cordon(
    path: WritePath, nodes: Sequence[str], _run: RunChoice, *, back: bool | None = None
) -> None:
    """Cordon, or uncordon if `back`; None: uncordon where all are cordoned, else cordon the others."""
    store = path.session.store
    records = [record for node in nodes if (record := store.get(node)) is not None]
    if back is None:
        back = all(record.cordoned for record in records)

    def refusal(node: str) -> str:
        record = store.get(node)
        if not back and record is not None and record.cordoned:
            return "It is cordoned already."
        if back and record is not None and not record.cordoned:
            return "It is not cordoned."
        return path.session.refusal(node, Goal.DRAIN)  # nobody may be at work on it

    choice = path.choose(nodes, refusal=refusal)
    if choice is None:
        return
    question = cordon_question(
        choice.records,
        back=back,
        left_out=choice.left_out,
        hidden=path.hidden(choice.names),
        cluster=path.cluster,
        now=path.now,
        silent_for=path.silent_for,
    )
    if await path.ask(question) == YES:
        session = path.session
        await _each(path, session.uncordon if back else session.cordon, choice.names, back=back)


async def _each(
    path: WritePath,
    change: Callable[[str], Awaitable[bool]],
    nodes: Sequence[str],
    *,
    back: bool,
) -> None:
    """Change them, a few at a time; a failure of one stops none of the others."""
    gate = asyncio.Semaphore(_AT_ONCE)
    failures: list[str] = []

    async def one(node: str) -> None:
        async with gate:
            try:
                await change(node)
            except FAILURES as error:
                failures.append(f"{node}: {sentence(error)}")

    async with asyncio.TaskGroup() as tasks:
        for node in nodes:
            tasks.create_task(one(node))
    word = "uncordoned" if back else "cordoned"
    if failures:
        more = f" And {len(failures) - 1} more." if len(failures) > 1 else ""
        path.refuse(f"Not {word}: {failures[0]}{more}")
    else:
        path.tell(f"{nodes[0]} is {word}." if len(nodes) == 1 else f"{len(nodes)} nodes {word}.")
