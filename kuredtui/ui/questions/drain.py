"""Whether nodes shall be drained, without a reboot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.questions.parts import (
    EMPTY,
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
) -> Dialog:
    """What becomes of which nodes; the arguments are those of `cordon_question`."""
    steps = [point(sign, text) for sign, text in _STEPS]
    if len(nodes) == 1 and not left_out and not hidden:
        lines = [
            *about_node(nodes[0], cluster, now),
            EMPTY,
            heading("What will happen"),
            *steps,
            *silence(silent_for),
        ]
        return yes_or_no(f"Drain {clean(nodes[0].name)}?", lines, yes="Drain")
    count = len(nodes)
    lines = [
        *about_nodes(nodes, cluster, left_out, hidden),
        EMPTY,
        heading("What will happen to each, as many at a time as the lock allows"),
        *steps,
        *silence(silent_for),
    ]
    return typed(
        f"Drain {count} node{'' if count == 1 else 's'}?",
        lines,
        word=str(count),
        what="the number of nodes",
        yes="Drain",
    )
