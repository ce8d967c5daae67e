"""In which order the nodes of a rollout come.

Within a pool the node that has waited longest for its reboot comes first. Pools come one after the
other, or in turns so that no pool loses many nodes in a row. The control plane is last: a cluster whose
workers are well is better off while its own brain restarts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain, zip_longest

from kuredtui.cluster.node import NodeRecord

# Kubernetes, "Well-Known Labels": kubeadm marks the nodes of the control plane with this role; `master`
# is its name before 1.24.
_CONTROL_PLANE_ROLES = frozenset({"control-plane", "controlplane", "master"})
_NEVER = datetime.max.replace(tzinfo=UTC)
_DIGITS = re.compile(r"(\d+)")


class PoolOrder(StrEnum):
    """How the pools of a rollout follow one another."""

    SEQUENCE = "sequence"
    INTERLEAVED = "interleaved"


def is_control_plane(node: NodeRecord) -> bool:
    """Whether the control plane runs on the node."""
    return not _CONTROL_PLANE_ROLES.isdisjoint(node.roles)


def in_order(
    nodes: Iterable[NodeRecord], *, pools: PoolOrder = PoolOrder.SEQUENCE
) -> list[NodeRecord]:
    """The nodes as a rollout takes them.

    Args:
        nodes: each once.
        pools: one pool after the other (by name), or one node of each in turns.
    """
    by_pool: dict[str, list[NodeRecord]] = {}
    last = []
    for node in sorted(nodes, key=_longest_pending_first):
        if is_control_plane(node):
            last.append(node)
        else:
            by_pool.setdefault(node.pool, []).append(node)
    groups = [by_pool[pool] for pool in sorted(by_pool)]
    if pools is PoolOrder.SEQUENCE:
        return [*chain.from_iterable(groups), *last]
    rounds = zip_longest(*groups)
    return [*(node for one in rounds for node in one if node is not None), *last]


def _longest_pending_first(node: NodeRecord) -> tuple[bool, datetime, list[tuple[int, str]]]:
    """Pending nodes before others, those of known age first; then by name, numbers by value."""
    is_pending = node.pending.state == "yes"
    since = node.pending.since if is_pending else None
    name = [(int(part[:1000]) if part.isdigit() else -1, part) for part in _DIGITS.split(node.name)]
    return (not is_pending, since or _NEVER, name)
