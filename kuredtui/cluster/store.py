"""All nodes as last heard of, their counts, and what changed since somebody last looked.

The one writer is the list-watch, the readers are the screen and the engine. A reader asks for the
changes when it has time for them; a thousand events a second cost it no more than the set of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from kuredtui.cluster.drift import Drift
from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.pending import AwaitedCondition, Pending, merged

if TYPE_CHECKING:
    from kuredtui.kube.listwatch import Change
    from kuredtui.kube.types import Node


class Counts(msgspec.Struct, kw_only=True):
    """How many nodes there are of each kind.

    `not_ready` counts all that are not Ready, whether they say so or are silent. `unknown` counts
    those of whom nobody says whether a reboot is pending, `behind` those whose kernel is not the newest
    of their pool.
    """

    total: int = 0
    ready: int = 0
    not_ready: int = 0
    cordoned: int = 0
    pending: int = 0
    unknown: int = 0
    behind: int = 0

    def count(self, node: NodeRecord, by: int) -> None:
        """Add a node (`by` 1) or take it out again (`by` -1)."""
        self.total += by
        if node.status == "Ready":
            self.ready += by
        else:
            self.not_ready += by
        if node.cordoned:
            self.cordoned += by
        if node.pending.state == "yes":
            self.pending += by
        elif node.pending.state == "unknown":
            self.unknown += by
        if node.drift.behind:
            self.behind += by


class Changes(msgspec.Struct, frozen=True):
    """Names of nodes that are new or changed, and of nodes that are gone."""

    changed: frozenset[str]
    removed: frozenset[str]


_NO_CHANGES = Changes(frozenset(), frozenset())


class NodeStore:
    """The nodes by name.

    Args:
        awaited: the condition of a node that asks for a reboot; None for none.

    Attributes:
        counts: always those of the nodes at hand; read only.
        drift: how their kernels and images stand; read only.
        whole: whether there was a whole list: a node that is not here does not exist then.
    """

    def __init__(self, *, awaited: AwaitedCondition | None = None) -> None:
        self._awaited = awaited
        self.counts = Counts()
        self.drift = Drift()
        self.whole = False
        self._nodes: dict[str, NodeRecord] = {}
        self._reports: dict[str, dict[str, Pending]] = {}  # of sources outside, by node and source
        self._changed: set[str] = set()
        self._removed: set[str] = set()

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def get(self, name: str) -> NodeRecord | None:
        """The node of that name, or None."""
        return self._nodes.get(name)

    def records(self) -> Iterator[NodeRecord]:
        """All nodes, in no particular order."""
        return iter(self._nodes.values())

    def knows(self, node: Node) -> bool:
        """Whether this very version of the node is at hand."""
        known = self._nodes.get(node.metadata.name)
        return (
            known is not None
            and known.resource_version == node.metadata.resource_version
            and known.uid == node.metadata.uid
        )

    def record(self, node: Node) -> NodeRecord:
        """A node's record as this store makes it, for `replace`."""
        return record(node, awaited=self._awaited)

    def load(self, nodes: Iterable[Node]) -> None:
        """Some nodes more: a page of the first list."""
        for node in nodes:
            self._put(self.record(node))
        self._settle_drift()

    def replace(self, names: Iterable[str], different: Iterable[NodeRecord]) -> set[str]:
        """Nodes of exactly these names exist; all others are gone.

        Args:
            names: of all nodes.
            different: at least the nodes that are not known as they are now.

        Returns:
            The names of the nodes that differ from what was known, or are gone.
        """
        self.whole = True
        gone = self._nodes.keys() - set(names)
        for name in gone:
            self._drop(name)
        put = {node.name for node in different if self._put(node)}
        self._settle_drift()
        return gone | put

    def apply(self, changes: Iterable[Change[Node]]) -> None:
        """Changes in the order in which they happened."""
        for change in changes:
            if not change.deleted:
                self._put(self.record(change.object))
            else:
                self._drop(change.object.metadata.name)
        self._settle_drift()

    def report(self, name: str, source: str, report: Pending | None) -> bool:
        """What a source outside of the node object says of a node now.

        It may come before the node itself, and is forgotten with it.

        Args:
            name: of the node.
            source: who says it; the report's own source.
            report: None: nothing any more.

        Returns:
            Whether anything changed.
        """
        held = self._reports.get(name, {})
        if held.get(source) == report:
            return False
        others = {key: item for key, item in held.items() if key != source}
        if report is not None:
            self._reports[name] = others | {source: report}
        elif others:
            self._reports[name] = others
        else:
            del self._reports[name]
        if (node := self._nodes.get(name)) is not None:
            own = tuple(item for item in node.reports if item.source not in held)
            pending = merged(own, boot_id=node.boot_id)
            self._set(msgspec.structs.replace(node, reports=own, pending=pending), node)
        return True

    def take_changes(self) -> Changes:
        """What changed since the last call; a node that came and went is among the removed."""
        if not self._changed and not self._removed:
            return _NO_CHANGES
        changes = Changes(frozenset(self._changed), frozenset(self._removed))
        self._changed.clear()
        self._removed.clear()
        return changes

    def _put(self, node: NodeRecord) -> bool:
        """Returns whether it is new or different."""
        before = self._nodes.get(node.name)
        if (
            before is not None
            and before.resource_version == node.resource_version
            and before.uid == node.uid
        ):
            return False  # heard again
        self.drift.change(before, node)
        self._removed.discard(node.name)
        self._set(node, before)
        return True

    def _set(self, node: NodeRecord, before: NodeRecord | None) -> None:
        """Hold a record with its own reports, completed, in the place of the one before."""
        drift, reports = self.drift.of(node), self._reports.get(node.name)
        if reports:
            every = (*node.reports, *reports.values())
            pending = merged(every, boot_id=node.boot_id)
            node = msgspec.structs.replace(node, drift=drift, reports=every, pending=pending)
        elif drift is not node.drift:
            node = msgspec.structs.replace(node, drift=drift)
        self._hold(node, before)

    def _hold(self, node: NodeRecord, before: NodeRecord | None) -> None:
        if before is not None:
            self.counts.count(before, -1)
        self.counts.count(node, +1)
        self._nodes[node.name] = node
        self._changed.add(node.name)

    def _settle_drift(self) -> None:
        """Where a pool's versions came or went, all its nodes may stand otherwise."""
        for name in self.drift.take_moved():
            node = self._nodes[name]
            if self.drift.of(node) != node.drift:
                self._hold(msgspec.structs.replace(node, drift=self.drift.of(node)), node)

    def _drop(self, name: str) -> None:
        node = self._nodes.pop(name, None)
        if node is None:
            return
        self.counts.count(node, -1)
        self.drift.discard(node)
        self._reports.pop(name, None)
        self._changed.discard(name)
        self._removed.add(name)
