"""What happens to nodes by itself, in words: joined, left, ready, cordoned, booted.

Said from the differences between two records of a node. Heartbeats and the like change a node
thousands of times a night without any news; a flood of real news is cut to what a person can read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.progress import Level, Progress

# Messages in one second before the rest is only counted.
_MOST_A_SECOND = 20


class NodeNews:
    """Tells differences to a reader.

    Args:
        publish: given every record.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        publish: Callable[[Progress], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publish = publish
        self._clock = clock
        self._second = 0
        self._said = 0
        self._left_out = 0

    def tell(self, before: NodeRecord | None, after: NodeRecord | None) -> None:
        """A node changed, came (no `before`) or went (no `after`)."""
        for level, message in _differences(before, after):
            node = after or before
            assert node is not None
            self._say(Progress(message=message, level=level, node=node.name))

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


def _differences(
    before: NodeRecord | None, after: NodeRecord | None
) -> Iterator[tuple[Level, str]]:
    if after is None:
        yield "warning", "The node is gone."
    elif before is None:
        yield "info", f"A new node, {after.status}, kernel {after.kernel or '?'}."
    elif before.uid != after.uid:
        yield "warning", f"The node was replaced by another machine, kernel {after.kernel or '?'}."
    else:
        yield from _changes(before, after)


def _changes(before: NodeRecord, after: NodeRecord) -> Iterator[tuple[Level, str]]:
    if before.boot_id != after.boot_id:
        kernel = f"kernel {after.kernel}"
        if before.kernel != after.kernel:
            kernel = f"kernel {before.kernel} -> {after.kernel}"
        yield "info", f"The node has booted, {kernel}."
    if before.status != after.status:
        level: Level = "info" if after.status == "Ready" else "warning"
        yield level, f"The node is {after.status} (was {before.status})."
    if before.cordoned != after.cordoned:
        yield "info", "The node was cordoned." if after.cordoned else "The node was uncordoned."
    if before.pending.state != after.pending.state:
        source = f", says {after.pending.source}" if after.pending.source else ""
        word = {"yes": "needs a reboot", "no": "needs no reboot"}.get(after.pending.state)
        yield "info", f"The node {word or 'has no reboot announced any more'}{source}."
    if before.version != after.version:
        yield "info", f"The kubelet is {after.version} (was {before.version})."
