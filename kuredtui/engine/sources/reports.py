"""Where the sources hand in what they learned."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.pending import Pending
from kuredtui.engine.node_feed import NodeFeed

Tell: TypeAlias = Callable[[NodeRecord | None, NodeRecord | None], None]
"""Told of a node as it was and as it is."""


class Reports:
    """Reports on nodes, on their way into the store.

    Args:
        nodes: whose store takes them, and whose waiters are woken.
        tell: told what a report changed about a node, unless it is the source's first on it: what is
            found at the start is no news.
        changed: called after each change.
    """

    def __init__(
        self,
        nodes: NodeFeed,
        *,
        tell: Tell,
        changed: Callable[[], None],
    ) -> None:
        self._nodes = nodes
        self._tell = tell
        self._changed = changed

    def node(self, name: str) -> NodeRecord | None:
        """The node as it is known."""
        return self._nodes.store.get(name)

    def put(self, name: str, source: str, report: Pending | None) -> None:
        """What the source says of the node now; None: nothing any more."""
        before = self.node(name)
        if not self._nodes.store.report(name, source, report):
            return
        if before is not None and any(item.source == source for item in before.reports):
            self._tell(before, self.node(name))
        self._nodes.changed.send()
        self._changed()
