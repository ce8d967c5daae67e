"""Who cordoned a node, where it can be known.

A node object says only that it is cordoned, not by whom. Two leave a trace: an operation of ours in its
journal, and a kured in the metadata of its lock, which remembers whether the node was cordoned before
(kured, cmd/kured/main.go: `nodeMeta.Unschedulable`). Whoever else it was is a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kuredtui.cluster.lock_value import LockEntry
from kuredtui.cluster.node import NodeRecord


class CordonedBy(StrEnum):
    """Whose cordon it is."""

    OURS = "kuredtui"
    KURED = "kured"
    STRANGER = "a stranger"


class CordonOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cordon comes from.

    Attributes:
        by: whose it is.
        reason: how that is known, in words that follow "cordoned"; text from the cluster may be in it.
    """

    by: CordonedBy
    reason: str


def cordon_origin(node: NodeRecord, lock: Iterable[LockEntry] | None = None) -> CordonOrigin | None:
    """Who cordoned the node; None when it is not cordoned.

    Args:
        node: the node.
        lock: who holds the lock; None where that is not known, and the kured of the node is a stranger.
    """
    if not node.cordoned:
        return None
    return _by_journal(node) or _by_lock(node, lock or ()) or _by_stranger(lock is not None)


def _by_stranger(lock_known: bool) -> CordonOrigin:
    silent = "neither node nor lock says who" if lock_known else "the node does not say who"
    return CordonOrigin(by=CordonedBy.STRANGER, reason=f"by somebody else; {silent}")


def _by_journal(node: NodeRecord) -> CordonOrigin | None:
    journal = node.operation
    if journal is None or not journal.cordoned:
        return None
    since = f", begun {journal.started_at:%Y-%m-%d %H:%M:%S} UTC" if journal.started_at else ""
    what = f"{journal.owner}'s {journal.goal or 'operation'}"
    if journal.unschedulable_before:
        reason = f"by somebody else, before {what}{since}: it stays so afterwards"
        return CordonOrigin(by=CordonedBy.STRANGER, reason=reason)
    stays = ", which is over and left it so" if journal.resting else ""
    return CordonOrigin(by=CordonedBy.OURS, reason=f"for {what}{since}{stays}")


def _by_lock(node: NodeRecord, lock: Iterable[LockEntry]) -> CordonOrigin | None:
    """What the kured on the node says: it cordons as soon as it has the lock in the node's own name."""
    entry = next((entry for entry in lock if entry.node_id == node.name), None)
    if entry is None:
        return None
    since = f" since {entry.since:%Y-%m-%d %H:%M:%S} UTC" if entry.since else ""
    holds = f"its kured, which holds the lock{since}"
    if entry.metadata.unschedulable:
        reason = f"by somebody else, before {holds}: it stays so afterwards"
        return CordonOrigin(by=CordonedBy.STRANGER, reason=reason)
    return CordonOrigin(by=CordonedBy.KURED, reason=f"by {holds}")
