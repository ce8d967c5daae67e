"""Whether nodes shall be cordoned or uncordoned by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.questions.parts import (
    EMPTY,
    about_line,
    about_node,
    about_nodes,
    heading,
    point,
    silence,
    typed,
    yes_or_no,
)
from kuredtui.ui.screens.dialog import Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord


def cordon_question(
    nodes: Sequence[NodeRecord],
    *,
    back: bool,
    left_out: Mapping[str, str],
    hidden: int,
    cluster: str,
    now: float,
    silent_for: float | None,
) -> Dialog:
    """What becomes of which nodes.

    Args:
        nodes: at least one.
        back: uncordon them, rather than cordon.
        left_out: those asked for that it cannot be done to, each with why.
        hidden: how many of all these the filter hides.
        cluster: what a person calls it.
        now: seconds of the epoch.
        silent_for: seconds since the API server was last heard; None while it is.
    """
    word = "Uncordon" if back else "Cordon"
    what = [EMPTY, heading("What will happen"), *_what(nodes, back=back), *silence(silent_for)]
    if len(nodes) == 1 and not left_out and not hidden:
        lines = [*about_node(nodes[0], cluster, now), *what]
        return yes_or_no(f"{word} {clean(nodes[0].name)}?", lines, yes=word)
    count = len(nodes)
    return typed(
        f"{word} {count} node{'' if count == 1 else 's'}?",
        [
            about_line("cluster", (clean(cluster), Tone.STRONG)),
            *about_nodes(nodes, left_out, hidden),
            *what,
        ],
        word=str(count),
        what="the number of nodes",
        yes=word,
    )


def _what(nodes: Sequence[NodeRecord], *, back: bool) -> list[Line]:
    if not back:
        return [
            point("·", "no new pods are scheduled there; those that run stay where they are"),
            point("·", "it stays so, also after a reboot, until somebody uncordons"),
        ]
    points = [point("·", "new pods may be scheduled there again")]
    drained = [
        point("!", f"{clean(node.name)}: {clean(journal.describe())}.")
        for node in nodes
        if (journal := node.operation) is not None and journal.resting
    ]
    return [*points, *(drained or [point("·", "whoever cordoned may have had a reason")])]
