"""Whether nodes shall be drained, without a reboot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.questions.parts import (
    EMPTY,
    Preview,
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
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord

_STEPS = (
    ("1", "take the reboot lock, which kured respects too"),
    ("2", "cordon the node"),
    ("3", "drain it: evict its pods, as fast as their budgets allow"),
    ("4", "release the lock, and leave the node cordoned until it is rebooted or uncordoned"),
)


def drain_question(
    nodes: Sequence[NodeRecord],
    *,
    left_out: Mapping[str, str],
    hidden: int,
    cluster: str,
    now: float,
    silent_for: float | None,
    preview: Preview,
) -> Dialog:
    """What becomes of which nodes; the arguments are those of `cordon_question` and `reboot_question`."""
    steps = [point(sign, text) for sign, text in _STEPS]
    count = len(nodes)
    if count > 1 or left_out or hidden:
        each = "What will happen to each, as many at a time as the lock allows"
        return typed(
            f"Drain {count} node{'' if count == 1 else 's'}?",
            [
                about_line("cluster", (clean(cluster), Tone.STRONG)),
                *about_nodes(nodes, left_out, hidden),
                *silence(silent_for),
            ],
            word=str(count),
            what="the number of nodes",
            yes="Drain",
            preview=preview,
            after=[EMPTY, heading(each), *steps],
        )
    (node,) = nodes
    title = f"Drain {clean(node.name)}?"
    lines = [*about_node(node, cluster, now), *silence(silent_for)]
    after = [EMPTY, heading("What will happen"), *steps]
    if preview.run.forces:
        word, what = node.name, "the node's name"
        return typed(title, lines, word=word, what=what, yes="Drain", preview=preview, after=after)
    return yes_or_no(title, lines, yes="Drain", preview=preview, after=after)
