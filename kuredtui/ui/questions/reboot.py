"""Whether a node shall be rebooted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.cluster.hook_names import FORCE_REBOOT
from kuredtui.ui.questions.parts import (
    EMPTY,
    Preview,
    about_node,
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
    from kuredtui.engine.options import EngineOptions


def reboot_question(
    node: NodeRecord,
    *,
    cluster: str,
    now: float,
    silent_for: float | None,
    preview: Preview,
    options: EngineOptions,
) -> Dialog:
    """Which node of which cluster, what will happen to it, and what is known against it.

    Args:
        node: as it was last heard of.
        cluster: what a person calls it.
        now: seconds of the epoch.
        silent_for: seconds since the API server was last heard; None while it is.
        preview: what it would come to.
        options: what counts in this run.
    """
    lines = about_node(node, cluster, now)
    if against := _against(node, silent_for):
        lines += [EMPTY, heading("What is known against it"), *against]
    title = f"Reboot {clean(node.name)}?"
    steps = _steps(
        node,
        forced=FORCE_REBOOT in preview.run.override,
        deletes=options.disable_eviction,
        by_hand=options.reboot_method == "manual",
    )
    if preview.run.forces:
        return typed(
            title,
            lines,
            word=node.name,
            what="the node's name",
            yes="Reboot",
            preview=preview,
            after=steps,
        )
    return yes_or_no(title, lines, yes="Reboot", preview=preview, after=steps)


def _steps(node: NodeRecord, *, forced: bool, deletes: bool, by_hand: bool) -> list[Line]:
    cordoned = node.cordoned
    drain = "delete its pods" if deletes else "evict its pods, as fast as their budgets allow"
    anyway = "; go on also if that does not end in time" if forced else ""
    reboot = "leave the reboot to somebody" if by_hand else "reboot it"
    return [
        EMPTY,
        heading("What will happen"),
        point("1", "take the reboot lock, which kured respects too"),
        point("2", "cordon the node (it is cordoned already)" if cordoned else "cordon the node"),
        point("3", f"drain it: {drain}{anyway}"),
        point("4", f"{reboot}, and wait until it is back with a new boot ID and Ready"),
        point(
            "5",
            "leave it cordoned, as it was found, and release the lock"
            if cordoned
            else "uncordon it and release the lock",
        ),
    ]


def _against(node: NodeRecord, silent_for: float | None) -> list[Line]:
    """Facts which make a reboot now questionable, though not refused."""
    points = silence(silent_for)
    if node.pending.state == "no":
        points.append(point("!", "It does not need a reboot.", Tone.WAIT))
    elif node.pending.state == "unknown":
        points.append(point("!", "Nothing says that it needs a reboot.", Tone.WAIT))
    if node.status != "Ready":
        points.append(
            point("!", f"It is {node.status}: its pods may not end, nor it come back.", Tone.BAD)
        )
    if node.cordoned:
        points.append(point("!", "Somebody cordoned it, perhaps for a reason.", Tone.HELD))
    return points
