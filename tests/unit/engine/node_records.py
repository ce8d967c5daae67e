"""Node records as a test needs them."""

from __future__ import annotations

from datetime import datetime

from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.pending import KURED_IN_PROGRESS
from kuredtui.cluster.store import NodeStore
from kuredtui.kube.types import Condition, Node, NodeInfo, NodeSpec, NodeStatus, ObjectMeta


def node_object(
    name: str,
    *,
    pool: str = "user",
    zone: str = "",
    ready: bool = True,
    control_plane: bool = False,
    pending_since: datetime | None = None,
) -> Node:
    """A node object with what a rollout looks at."""
    labels = {"agentpool": pool}
    if zone:
        labels["topology.kubernetes.io/zone"] = zone
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
    annotations = {KURED_IN_PROGRESS: pending_since.isoformat()} if pending_since else {}
    return Node(
        metadata=ObjectMeta(name=name, uid=f"uid-{name}", labels=labels, annotations=annotations),
        spec=NodeSpec(),
        status=NodeStatus(
            conditions=[Condition(type="Ready", status="True" if ready else "False")],
            node_info=NodeInfo(operating_system="linux", boot_id=f"boot-{name}"),
        ),
    )


def node_record(name: str, **facts: object) -> NodeRecord:
    """The record of `node_object`."""
    return record(node_object(name, **facts))  # type: ignore[arg-type]  # a test names the facts


def store_of(*nodes: Node) -> NodeStore:
    """A store that knows these nodes."""
    store = NodeStore()
    records = [record(node) for node in nodes]
    store.replace([item.name for item in records], records)
    return store
