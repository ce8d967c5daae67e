"""Whether the next node of a rollout may begin, and which: the health gate, and who must not go together.

Judged anew before every start, from the store and from what the rollout has at work. Pure: it looks, and
says in words what it waits for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.rollout_order import is_control_plane


class Pick(NamedTuple):
    """The node that begins now."""

    node: str


class Hold(NamedTuple):
    """Why none begins now, as a sentence."""

    reason: str


def choose(
    queue: Iterable[str],
    *,
    at_work: Collection[str],
    store: NodeStore,
    concurrency: int,
    separate_domains: bool,
) -> Pick | Hold:
    """The first node of the queue that may begin beside those at work, or why none may.

    Args:
        queue: names, in order; a node that is not in the store is the caller's to take out.
        at_work: the nodes whose operations run. Their own being NotReady is expected.
        store: the nodes as they are now.
        concurrency: how many operations run at a time.
        separate_domains: never two nodes of one zone at once.
    """
    if len(at_work) >= concurrency:
        return Hold(f"{len(at_work)} at work, of {concurrency} at a time")
    working = [node for name in at_work if (node := store.get(name)) is not None]
    reason = "the queue is empty"
    waiting = [node for name in queue if (node := store.get(name)) is not None]
    for position, node in enumerate(waiting):
        clash = _clash(node, working, separate_domains)
        if not clash:
            return Pick(node.name)
        if position == 0:
            reason = clash
    return Hold(reason)


def unhealthy(store: NodeStore, *, at_work: Collection[str], most: int) -> str:
    """What of the cluster's health speaks against any start, in words; "" for nothing.

    Args:
        store, at_work: as for `choose`.
        most: so many other nodes may be NotReady.
    """
    down = sorted(
        (node for node in store.records() if node.status != "Ready" and node.name not in at_work),
        key=lambda node: node.name,
    )
    for node in down:
        if is_control_plane(node):
            return f"{node.name} of the control plane is {node.status}"
    if len(down) > most:
        names = ", ".join(node.name for node in down[:3]) + (", ..." if len(down) > 3 else "")
        return f"{len(down)} other nodes are not Ready ({names}), more than {most}"
    return ""


def _clash(node: NodeRecord, working: Iterable[NodeRecord], separate_domains: bool) -> str:
    """Why a node may not go beside those at work, as a sentence; "" if it may."""
    if node.status != "Ready":
        return f"{node.name} is {node.status} itself: its pods may not end, nor it come back"
    for other in working:
        if is_control_plane(node) and is_control_plane(other):
            return f"{other.name} of the control plane is at work; they go one at a time"
        if separate_domains and node.zone and node.zone == other.zone:
            return f"{other.name} of the same zone {node.zone} is at work"
    return ""
