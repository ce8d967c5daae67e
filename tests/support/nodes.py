"""Node objects for tests that need no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from kuredtui.cluster.node import NodeRecord, record
from kuredtui.kube.types import Condition, Node, NodeInfo, NodeSpec, NodeStatus, ObjectMeta, Taint


def node_record(
    name: str = "node-1",
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    taints: Iterable[Taint] = (),
    cordoned: bool = False,
    ready: bool = True,
    deleted: datetime | None = None,
) -> NodeRecord:
    """The record of a Linux node in its first boot."""
    return record(
        Node(
            metadata=ObjectMeta(
                name=name,
                uid=f"uid-of-{name}",
                labels=dict(labels or {}),
                annotations=dict(annotations or {}),
                deletion_timestamp=deleted,
            ),
            spec=NodeSpec(unschedulable=cordoned, taints=list(taints)),
            status=NodeStatus(
                conditions=[Condition(type="Ready", status="True" if ready else "False")],
                node_info=NodeInfo(boot_id=f"boot-of-{name}", operating_system="linux"),
            ),
        )
    )
