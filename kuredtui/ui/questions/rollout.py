"""Whether many nodes shall be rebooted, how, and what else is asked while they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.rollout_order import PoolOrder
from kuredtui.ui.ages import age
from kuredtui.ui.questions.parts import (
    BACK,
    EMPTY,
    PLAN,
    YES,
    Preview,
    about_line,
    about_nodes,
    heading,
    point,
    preview_heading,
    silence,
    typed,
    yes_or_no,
)
from kuredtui.ui.screens.dialog import Choice, Dialog
from kuredtui.ui.screens.typed_dialog import TypedDialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.engine.rollout import Rollout
    from kuredtui.engine.rollout_options import RolloutOptions

HOW = "how"


def rollout_question(
    nodes: Sequence[NodeRecord],
    *,
    left_out: Mapping[str, str],
    hidden: int,
    cluster: str,
    silent_for: float | None,
    options: RolloutOptions,
    preview: Preview,
) -> Dialog:
    """Which nodes are rebooted, and how; the yes is their number.

    Args:
        nodes: those that are.
        left_out: those asked for that are not, each with why.
        hidden: how many of them the filter hides.
        cluster: what a person calls it.
        silent_for: seconds since the API server was last heard; None while it is.
        options: how the rollout goes about them.
        preview: what their drains would come to.
    """
    lines = [
        about_line("cluster", (clean(cluster), Tone.STRONG)),
        about_line("how", (_how(options), Tone.PLAIN)),
        *silence(silent_for),
        *preview_heading(preview),
    ]
    steps = "lock, cordon, drain, reboot, wait until it is back and Ready, uncordon, release"
    return TypedDialog(
        title=f"Reboot {len(nodes)} node{'' if len(nodes) == 1 else 's'} in a rollout?",
        lines=lines,
        word=str(len(nodes)),
        what="the number of nodes",
        no=Choice(answer=BACK, label="Cancel"),
        more=[
            Choice(answer=HOW, label="How", action="answer.how"),
            Choice(answer=PLAN, label="Plan", action="answer.plan"),
        ],
        yes=Choice(answer=YES, label="Begin", dangerous=True),
        later=preview.later,
        after=[
            *_against(nodes),
            EMPTY,
            *about_nodes(nodes, left_out, hidden),
            EMPTY,
            heading("What will happen to each"),
            point("·", steps),
        ],
    )


def _how(options: RolloutOptions) -> str:
    rules = [
        f"{options.concurrency} at a time, as far as the lock allows",
        f"pools in {options.pools.value}"
        if options.pools is PoolOrder.SEQUENCE
        else "pools in turns",
        "the control plane last",
    ]
    if options.separate_domains:
        rules.append("never two nodes of one zone at once")
    if options.soak:
        rules.append(f"{age(options.soak)} of rest after each node")
    rules.append(
        f"stops after {options.stop_after} failed node{'' if options.stop_after == 1 else 's'}"
        if options.stop_after
        else "goes on however many fail"
    )
    most = options.max_not_ready
    others = f"more than {most} other nodes are" if most else "another node is"
    rules.append(f"waits while {others} not Ready")
    return "; ".join(rules)


def _against(nodes: Sequence[NodeRecord]) -> list[Line]:
    points: list[Line] = []
    if needless := sum(node.pending.state != "yes" for node in nodes):
        said = f"{needless} of them {'is' if needless == 1 else 'are'} not known to need a reboot."
        points.append(point("!", said, Tone.WAIT))
    if cordoned := [node.name for node in nodes if node.cordoned]:
        said = f"Cordoned, and left so afterwards: {', '.join(map(clean, cordoned))}."
        points.append(point("!", said, Tone.HELD))
    return [EMPTY, heading("What is known against it"), *points] if points else []


def stop_question(rollout: Rollout) -> Dialog:
    """Whether nothing more shall be begun."""
    entries, at_work = rollout.entries, len(rollout.begun)
    left = sum(not entry.state.over for entry in entries.values()) - at_work
    return yes_or_no(
        "Stop the rollout?",
        [
            point(
                "·", f"{left} of {len(entries)} {'is' if left == 1 else 'are'} not begun any more."
            ),
            point("·", f"{at_work} at work {'goes' if at_work == 1 else 'go'} on to the end."),
            point("·", "A stopped rollout does not go on; another can be begun."),
        ],
        yes="Stop",
    )


def cancel_rollout_question(rollout: Rollout, running: Sequence[str]) -> Dialog:
    """Whether everything shall be cancelled; the yes is the number of those at work."""
    left = sum(entry.state.value == "queued" for entry in rollout.entries.values())
    lines = [
        point("·", f"{left} in the queue are not begun any more."),
        *(point("x", clean(node)) for node in running),
        EMPTY,
        point("·", "Before the reboot is triggered, a node is left as it was found."),
        point("·", "After that it cannot be stopped: it is brought back into service."),
    ]
    return typed(
        "Cancel the rollout and what is at work?",
        lines,
        word=str(len(running)),
        what="the number of nodes at work",
        yes="Cancel all",
    )
