"""The tab of the node itself: how it is and why it waits, the urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.ages import spoken
from kuredtui.ui.detail.parts import ago, fact, sections
from kuredtui.ui.row import Row
from kuredtui.ui.text import clean, fit
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.lock_value import LockEntry
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.cluster.why import Why
    from kuredtui.kube.types import Condition

# Cells for a condition's type: node-problem-detector's FilesystemCorruptionProblem has 27.
_MOST_CONDITION = 28
# Conditions that are well when they are true; all others are well when they are false
# (Kubernetes: "Node conditions").
_WELL_WHEN_TRUE = frozenset({"Ready"})


def node_lines(
    row: Row,
    *,
    now: float,
    why: Why | None = None,
    lock: Sequence[LockEntry] | None = None,
    booted: str = "",
) -> list[Line]:
    """What is known of the row's node, but for its labels and annotations.

    Args:
        row: the node's.
        now: in seconds of the epoch.
        why: why it waits, where more is known than in the row.
        lock: who holds the lock; None where that is not known.
        booted: when its machine did, in words; "" where that is not known.
    """
    node = row.node
    return sections(
        ("", _summary(row, now, lock, booted)),
        ("Why it waits", _why(why or row.why)),
        ("Reports of a pending reboot", _reports(node, now)),
        ("Conditions", _conditions(node, now)),
        ("Taints", _taints(node)),
        ("System", _system(node)),
    )


def _summary(row: Row, now: float, lock: Sequence[LockEntry] | None, booted: str) -> list[Line]:
    node = row.node
    lines = [
        fact("Status", (node.status, Tone.GOOD if node.status == "Ready" else Tone.BAD)),
        fact("Cordon", *_cordon(node, lock)),
        fact("Pending", *_pending(node, now)),
        fact("Kernel", (_kernel(node), Tone.PLAIN)),
        fact("Pool", (clean(node.pool) or "none", Tone.PLAIN)),
        fact("Created", (ago(node.created, now), Tone.PLAIN)),
    ]
    if booted:
        lines.append(fact("Booted", (clean(booted), Tone.PLAIN)))
    if node.pending.packages:
        lines.insert(3, fact("Packages", (_packages(node.pending.packages), Tone.PLAIN)))
    if row.operation.text:
        lines.insert(0, fact("Operation", (row.operation.text, row.operation.tone)))
    if not node.rebootable:
        lines.append(fact("Reboot", (f"not here: {clean(node.not_rebootable_reason)}", Tone.WAIT)))
    return lines


def _cordon(node: NodeRecord, lock: Sequence[LockEntry] | None) -> list[Piece]:
    from kuredtui.cluster.cordon_origin import cordon_origin  # not before the first rows

    origin = cordon_origin(node, lock)
    if origin is None:
        return [("none", Tone.DIM)]
    return [("cordoned", Tone.HELD), (f" {clean(origin.reason)}", Tone.DIM)]


def _why(why: Why | None) -> list[Line]:
    """The reason, and what else there is to know."""
    if why is None:
        return []
    facts: list[Line] = [(("  ", Tone.DIM), (clean(fact), Tone.DIM)) for fact in why.facts]
    return [(("  ", Tone.DIM), (clean(why.sentence), Tone.WAIT)), *facts]


def _pending(node: NodeRecord, now: float) -> list[Piece]:
    pending = node.pending
    word, tone = {
        "yes": ("yes", Tone.WAIT),
        "no": ("no", Tone.PLAIN),
        "unknown": ("? (unknown: nobody told)", Tone.DIM),
    }[pending.state]
    said = [
        f"for {spoken(now - pending.since.timestamp())}" if pending.since else "",
        f"says {clean(pending.source)}" if pending.source else "",
        clean(pending.detail),
    ]
    return [(", ".join([word, *filter(None, said)]), tone)]


def _packages(packages: Sequence[str]) -> str:
    return ", ".join(clean(name) for name in packages)


def _reports(node: NodeRecord, now: float) -> list[Line]:
    """What each source says, where it is not all in the line above."""
    if len(node.reports) < 2:
        return []
    width = max(len(clean(report.source)) for report in node.reports)
    lines: list[Line] = []
    for report in sorted(node.reports, key=lambda report: report.source):
        word, tone = {"yes": ("yes", Tone.WAIT), "no": ("no", Tone.PLAIN)}.get(
            report.state, ("?", Tone.DIM)
        )
        old = report.state != "unknown" and report.boot_id not in ("", node.boot_id)
        said = [
            "of an earlier boot" if old else "",
            f"for {spoken(now - report.since.timestamp())}" if report.since else "",
            clean(report.detail),
        ]
        lines.append(
            (
                (f"  {fit(clean(report.source), width)}  ", Tone.PLAIN),
                (f"{word:<3}  ", Tone.DIM if old else tone),
                (", ".join(filter(None, said)), Tone.DIM),
            )
        )
    return lines


def _kernel(node: NodeRecord) -> str:
    return (clean(node.kernel) or "?") + _behind(node.drift.behind, node.drift.newest_kernel)


def _behind(count: int, newest: str) -> str:
    return f", behind {count}: {clean(newest)} runs in its pool" if count else ""


def _conditions(node: NodeRecord, now: float) -> list[Line]:
    """What is not well first and in full, then Ready; of the others only that they are well."""
    conditions = sorted(node.conditions, key=lambda item: (_is_well(item), item.type != "Ready"))
    width = min(_MOST_CONDITION, max((len(item.type) for item in conditions), default=0))
    lines: list[Line] = []
    for condition in conditions:
        well = _is_well(condition)
        said = ago(condition.last_transition_time, now)
        if not well or condition.type == "Ready":
            said += f", {clean(condition.reason)}: {clean(condition.message)}"
        lines.append(
            (
                (f"  {fit(clean(condition.type), width)}  ", Tone.PLAIN),
                (f"{clean(condition.status):<7}  ", Tone.GOOD if well else Tone.BAD),
                (said, Tone.DIM if well else Tone.PLAIN),
            )
        )
    return lines


def _is_well(condition: Condition) -> bool:
    """Unknown is not well either."""
    return condition.status == ("True" if condition.type in _WELL_WHEN_TRUE else "False")


def _taints(node: NodeRecord) -> list[Line]:
    return [
        (
            (f"  {clean(taint.effect):<18}", Tone.PLAIN),
            (
                clean(f"{taint.key}={taint.value}" if taint.value else taint.key),
                Tone.PLAIN,
            ),
        )
        for taint in node.taints
    ]


def _system(node: NodeRecord) -> list[Line]:
    facts = (
        ("OS", node.os_image),
        ("Kubelet", node.version),
        ("Runtime", node.runtime),
        ("Image", node.node_image + _behind(node.drift.image_behind, node.drift.newest_image)),
        ("Zone", node.zone),
        ("Roles", ", ".join(node.roles)),
        ("Address", node.internal_ip),
        ("Boot ID", node.boot_id),
        ("UID", node.uid),
    )
    return [fact(label, (clean(value), Tone.PLAIN)) for label, value in facts if value]
