"""Nodes."""

from __future__ import annotations

from msgspec import field

from kuredtui.kube.types.meta import Condition, ObjectMeta, Wire


class Taint(Wire, frozen=True):
    """What keeps pods away from a node."""

    key: str = ""
    value: str = ""
    effect: str = ""


class NodeSpec(Wire, frozen=True):
    """What was asked of a node; `unschedulable` is the cordon."""

    unschedulable: bool = False
    taints: list[Taint] = field(default_factory=list)
    provider_id: str = field(name="providerID", default="")


class NodeAddress(Wire, frozen=True):
    """One address of a node: `InternalIP`, `Hostname`, ..."""

    type: str = ""
    address: str = ""


class NodeInfo(Wire, frozen=True):
    """What runs on a node; `boot_id` changes with every boot of the machine."""

    boot_id: str = field(name="bootID", default="")
    machine_id: str = field(name="machineID", default="")
    system_uuid: str = field(name="systemUUID", default="")
    kernel_version: str = ""
    os_image: str = ""
    kubelet_version: str = ""
    container_runtime_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeStatus(Wire, frozen=True):
    """What a node reports. Its images, half of a node's bytes, are left out on purpose."""

    conditions: list[Condition] = field(default_factory=list)
    addresses: list[NodeAddress] = field(default_factory=list)
    node_info: NodeInfo = field(default_factory=NodeInfo)


class Node(Wire, frozen=True):
    """A machine of the cluster."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)
