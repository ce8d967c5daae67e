"""What happened to one node, in words: for whoever reads why a test failed."""

from __future__ import annotations

from collections.abc import Iterator

from kuredtui.kube.types import DaemonSet, Node, Pod
from tests.support.referee.history import History, Moment
from tests.support.referee.judge import JOURNAL_ANNOTATION, LOCK_ANNOTATION, REBOOT_POD


def story_of(node: str, history: History) -> str:
    """One line for each change of the node, of its pods, and of the lock."""
    lines = []
    before: dict[str, str] = {}
    for moment in sorted(history.moments, key=lambda moment: moment.version):
        for key, text in _facts(node, moment):
            if before.get(key) != text:
                before[key] = text
                lines.append(f"{moment.version} {key}: {text}")
    return "\n".join(lines)


def _facts(node: str, moment: Moment) -> Iterator[tuple[str, str]]:
    item, name = moment.object, moment.object.metadata.name
    match item:
        case Node() if name == node:
            conditions = {c.type: c.status for c in item.status.conditions}
            cordon = "cordoned" if item.spec.unschedulable else "schedulable"
            boot = item.status.node_info.boot_id[:8]
            yield "node", f"{cordon}, Ready={conditions.get('Ready')}, boot {boot}"
            yield "journal", item.metadata.annotations.get(JOURNAL_ANNOTATION, "none")
        case DaemonSet():
            yield "lock", item.metadata.annotations.get(LOCK_ANNOTATION, "none")
        case Pod() if item.spec.node_name == node:
            state = "gone" if moment.deleted else item.status.phase
            if item.metadata.deletion_timestamp is not None and not moment.deleted:
                state += ", going"
            if name.startswith(REBOOT_POD) or moment.deleted:
                yield f"pod {name}", state
        case _:
            pass
