"""What happens to nodes by itself, in words: joined, left, ready, cordoned, booted.

Said from the differences between two records of a node. Heartbeats and the like change a node
thousands of times a night without any news; a flood of real news is cut to what a person can read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from kuredtui.cluster.drift import compare
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.replacements import Replacements, replacement
from kuredtui.engine.own_cordons import OwnCordons
from kuredtui.engine.progress import Level, Progress

# Messages in one second before the rest is only counted.
_MOST_A_SECOND = 20


class NodeNews:
    """Tells differences to a reader.

    Args:
        publish: given every record.
        nodes: all nodes as they are now.
        own: tells which cordons are no news.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        publish: Callable[[Progress], None],
        *,
        nodes: Callable[[], Iterable[NodeRecord]],
        own: OwnCordons,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publish = publish
        self._clock = clock
        self._nodes = nodes
        self._own = own
        self._replacements = Replacements(clock=clock)
        self._versions: set[str] = set()  # of kubelets that were seen to be no news
        self._second = 0
        self._said = 0
        self._left_out = 0

    def tell(self, before: NodeRecord | None, after: NodeRecord | None) -> None:
        """A node changed, came (no `before`) or went (no `after`)."""
        node = after or before
        assert node is not None
        for level, message in (*self._differences(before, after), *self._upgrade(after)):
            self._say(Progress(message=message, level=level, node=node.name))
        if before is not None and after is not None and before.uid == after.uid:
            self._tell_cordon(before, after)

    def _tell_cordon(self, before: NodeRecord, after: NodeRecord) -> None:
        if before.cordoned != after.cordoned:
            said = "The node was cordoned." if after.cordoned else "The node was uncordoned."
            record = Progress(message=said, node=after.name)
            self._own.tell_others(before, after, lambda: self._say(record))

    def _differences(
        self, before: NodeRecord | None, after: NodeRecord | None
    ) -> Iterator[tuple[Level, str]]:
        if before is not None and after is not None:
            if before.uid == after.uid:
                yield from _changes(before, after)
            else:
                yield "warning", f"The node was {replacement(before, after)}"
        elif before is not None:
            other = self._replacements.left(before)
            said = f" {other.name} is in its place: {replacement(before, other)}" if other else ""
            yield "warning", f"The node is gone.{said}"
        elif after is not None:
            yield "info", self._joined(after)

    def _joined(self, node: NodeRecord) -> str:
        what = f"{node.status}, kernel {node.kernel or '?'}"
        other = self._replacements.joined(node)
        if other is None:
            return f"A new node, {what}."
        if other.name == node.name:
            return f"The node is there again, {what}: {replacement(other, node)}"
        return f"A new node in the place of {other.name}, {what}: {replacement(other, node)}"

    def _upgrade(self, node: NodeRecord | None) -> Iterator[tuple[Level, str]]:
        """That a node is the first with a newer kubelet: then the cluster is being upgraded."""
        if node is None or not node.version or node.version in self._versions:
            return
        self._versions.add(node.version)
        others = {item.version for item in self._nodes() if item.name != node.name} - {""}
        self._versions |= others
        if others and all(compare(other, node.version) < 0 for other in others):
            old = ", ".join(sorted(others))
            yield (
                "info",
                f"The cluster is being upgraded: the first kubelet {node.version} beside {old}.",
            )

    def _say(self, record: Progress) -> None:
        second = int(self._clock())
        if second != self._second:
            if self._left_out:
                said = f"{self._left_out} more changes of nodes are not shown one by one."
                self._publish(Progress(message=said))
            self._second, self._said, self._left_out = second, 0, 0
        if self._said < _MOST_A_SECOND:
            self._said += 1
            self._publish(record)
        else:
            self._left_out += 1


def _changes(before: NodeRecord, after: NodeRecord) -> Iterator[tuple[Level, str]]:
    if before.boot_id != after.boot_id:
        kernel = f"kernel {after.kernel}"
        if before.kernel != after.kernel:
            kernel = f"kernel {before.kernel} -> {after.kernel}"
        yield "info", f"The node has booted, {kernel}."
    if before.status != after.status:
        level: Level = "info" if after.status == "Ready" else "warning"
        yield level, f"The node is {after.status} (was {before.status})."
    if before.pending.state != after.pending.state:
        yield "info", _said_of_reboot(after.pending)
    if before.version != after.version:
        yield "info", f"The kubelet is {after.version} (was {before.version})."


def _said_of_reboot(pending: Pending) -> str:
    by = f", says {pending.source}" if pending.source else ""
    match pending.state:
        case "yes":
            return f"The node needs a reboot{by}."
        case "no":
            return f"The node needs no reboot{by}."
        case _:
            return "Whether the node needs a reboot is not known for now."
