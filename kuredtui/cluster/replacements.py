"""Machines that are replaced and not rebooted: which node came in the place of which.

A cloud that upgrades a node's image, or a cluster, takes the old machine away and brings another one: under
the same name, as AKS does, or under another, in the same pool. The latter is taken for a replacement only
where what came is newer than what went; else the pool may just as well be scaled.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from kuredtui.cluster.drift import compare
from kuredtui.cluster.node import NodeRecord

_WITHIN_SECONDS = 3600.0
_MOST_KEPT = 200


class Replacements:
    """Remembers who came and who went within the last hour.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._came: deque[tuple[float, NodeRecord]] = deque(maxlen=_MOST_KEPT)
        self._went: deque[tuple[float, NodeRecord]] = deque(maxlen=_MOST_KEPT)

    def left(self, node: NodeRecord) -> NodeRecord | None:
        """A node is gone. Returns the newer one that came in its place, if one did; each does once."""
        found = self._take(self._came, lambda other: _is_newer(node, other))
        if found is None:
            self._went.append((self._clock(), node))
        return found

    def joined(self, node: NodeRecord) -> NodeRecord | None:
        """A node is new. Returns the one in whose place it comes, if there is one; each has one."""
        found = self._take(self._went, lambda other: other.name == node.name) or self._take(
            self._went, lambda other: _is_newer(other, node)
        )
        if found is None:
            self._came.append((self._clock(), node))
        return found

    def _take(
        self, kept: deque[tuple[float, NodeRecord]], test: Callable[[NodeRecord], bool]
    ) -> NodeRecord | None:
        oldest = self._clock() - _WITHIN_SECONDS
        for item in list(kept):
            at, node = item
            if at < oldest:
                kept.remove(item)
            elif test(node):
                kept.remove(item)
                return node
        return None


def replacement(before: NodeRecord, after: NodeRecord) -> str:
    """What took a node's place, as a sentence without its subject."""
    changes = [
        f"{what} {old or '?'} -> {new or '?'}"
        for what, old, new in (
            ("kubelet", before.version, after.version),
            ("image", before.node_image, after.node_image),
            ("kernel", before.kernel, after.kernel),
        )
        if old != new
    ]
    if _newer(before.version, after.version):
        by = "by an upgrade of the cluster"
    elif _newer(before.node_image, after.node_image):
        by = "by an upgrade of the node image"
    else:
        by = "by another machine"
    return f"replaced {by}, not rebooted{': ' if changes else ''}{', '.join(changes)}."


def _is_newer(before: NodeRecord, after: NodeRecord) -> bool:
    return before.pool == after.pool and (
        _newer(before.version, after.version)
        or _newer(before.node_image, after.node_image)
        or _newer(before.kernel, after.kernel)
    )


def _newer(before: str, after: str) -> bool:
    return bool(before and after) and compare(before, after) < 0
