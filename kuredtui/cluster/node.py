"""A node as the console and the engine see it: one immutable record out of the API's object."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Literal

import msgspec

from kuredtui.cluster.drift import NO_DRIFT, NodeDrift
from kuredtui.cluster.journal_view import OPERATION_ANNOTATION, JournalView, journal_view
from kuredtui.cluster.pending import AwaitedCondition, Pending, merged, reports_on
from kuredtui.cluster.pools import pool
from kuredtui.kube.types import Condition, Node, Taint

NodeStatus = Literal["Ready", "NotReady", "Unknown"]

# Kubernetes, "Well-Known Labels"; the last two are AKS's.
ZONE_LABEL = "topology.kubernetes.io/zone"
ROLE_PREFIX = "node-role.kubernetes.io/"
OS_LABEL = "kubernetes.io/os"
NODE_IMAGE_LABEL = "kubernetes.azure.com/node-image-version"
VIRTUAL_KUBELET_LABEL = ("type", "virtual-kubelet")


class NodeRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one node.

    Attributes:
        name, uid: of the node object; another uid is another machine.
        pool: see `pools`.
        roles: as kubectl shows them, sorted.
        status: the Ready condition; `Unknown` when the control plane has lost the kubelet, or when
            there is no such condition.
        cordoned: `spec.unschedulable`.
        pending: whether it waits for a reboot: what `reports` come to.
        reports: what each source says of it; of a fresh record those that the node object itself makes.
        kernel, version, os_image, runtime, boot_id: what it runs; `version` is the kubelet's.
        node_image: the cloud's image of the whole machine, "" where it does not say.
        created: when the node object was made.
        deleting: whether the node object is being deleted and only a finalizer still holds it.
        operation: the journal on it; None without one, or with one that is none of ours.
        journal_unreadable: whether there is a journal that could not be read.
        not_rebootable_reason: why this program cannot reboot it, ever; "" if it can.
        drift: how it stands to its pool; the store's knowledge, for the node object does not say.
    """

    name: str
    uid: str
    pool: str
    roles: tuple[str, ...]
    status: NodeStatus
    cordoned: bool
    pending: Pending
    kernel: str
    version: str
    os_image: str
    runtime: str
    boot_id: str
    node_image: str
    zone: str
    internal_ip: str
    created: datetime | None
    labels: dict[str, str]
    annotations: dict[str, str]
    taints: list[Taint]
    conditions: list[Condition]
    resource_version: str
    deleting: bool = False
    operation: JournalView | None = None
    journal_unreadable: bool = False
    not_rebootable_reason: str = ""
    drift: NodeDrift = NO_DRIFT
    reports: tuple[Pending, ...] = ()

    @property
    def rebootable(self) -> bool:
        """Whether this program can reboot the node at all."""
        return not self.not_rebootable_reason


def record(node: Node, *, awaited: AwaitedCondition | None = None) -> NodeRecord:
    """The record of a node object; `awaited` is the condition that asks for a reboot, if there is one."""
    meta, info = node.metadata, node.status.node_info
    reports = reports_on(
        annotations=meta.annotations,
        labels=meta.labels,
        conditions=node.status.conditions if awaited else (),
        awaited=awaited,
    )
    journal = meta.annotations.get(OPERATION_ANNOTATION)
    operation = journal_view(journal) if journal is not None else None
    return NodeRecord(
        name=meta.name,
        uid=meta.uid,
        pool=pool(meta.labels),
        roles=_roles(tuple(meta.labels)),
        status=_status(node.status.conditions),
        cordoned=node.spec.unschedulable,
        pending=merged(reports, boot_id=info.boot_id),
        reports=reports,
        kernel=info.kernel_version,
        version=info.kubelet_version,
        os_image=info.os_image,
        runtime=info.container_runtime_version,
        boot_id=info.boot_id,
        node_image=meta.labels.get(NODE_IMAGE_LABEL, ""),
        zone=meta.labels.get(ZONE_LABEL, ""),
        internal_ip=next(
            (item.address for item in node.status.addresses if item.type == "InternalIP"), ""
        ),
        created=meta.creation_timestamp,
        labels=meta.labels,
        annotations=meta.annotations,
        taints=node.spec.taints,
        conditions=node.status.conditions,
        resource_version=meta.resource_version,
        deleting=meta.deletion_timestamp is not None,
        operation=operation,
        journal_unreadable=journal is not None and operation is None,
        not_rebootable_reason=_not_rebootable(node),
    )


def _status(conditions: list[Condition]) -> NodeStatus:
    for condition in conditions:
        if condition.type == "Ready":
            if condition.status == "True":
                return "Ready"
            return "NotReady" if condition.status == "False" else "Unknown"
    return "Unknown"


@lru_cache(1024)
def _roles(labels: tuple[str, ...]) -> tuple[str, ...]:
    """From the keys of a node's labels; kept, because all nodes of a pool have the same."""
    roles = [label for label in labels if label.startswith(ROLE_PREFIX)]
    return tuple(sorted([label.removeprefix(ROLE_PREFIX) for label in roles]))


def _not_rebootable(node: Node) -> str:
    labels = node.metadata.labels
    key, value = VIRTUAL_KUBELET_LABEL
    if labels.get(key) == value:
        return "a virtual kubelet, not a machine"
    system = node.status.node_info.operating_system or labels.get(OS_LABEL, "")
    return f"it runs {system}, not Linux" if system not in ("linux", "") else ""
