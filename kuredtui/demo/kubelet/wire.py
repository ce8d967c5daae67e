"""What a kubelet reads of nodes and pods, beyond or below what the console reads."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from kuredtui.demo.reading import read_as
from kuredtui.kube.resources import NODES, PODS
from kuredtui.kube.types import NodeAddress, NodeInfo, ObjectMeta, PodSpec, PodStatus, Wire


class KubeletPodSpec(PodSpec, frozen=True):
    """A pod's spec with the limits that a kubelet enforces."""

    active_deadline_seconds: int | None = None


class KubeletPod(Wire, frozen=True):
    """A pod as its kubelet sees it."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: KubeletPodSpec = field(default_factory=KubeletPodSpec)
    status: PodStatus = field(default_factory=PodStatus)


class KubeletCondition(Wire, frozen=True):
    """Of a node's condition, what a kubelet goes on from."""

    type: str = ""
    status: str = ""
    last_transition_time: datetime | None = None


class KubeletNodeStatus(Wire, frozen=True):
    """Of a node's status, what a kubelet needs to take up where another one left off."""

    conditions: list[KubeletCondition] = field(default_factory=list)
    addresses: list[NodeAddress] = field(default_factory=list)
    node_info: NodeInfo = field(default_factory=NodeInfo)


class KubeletNode(Wire, frozen=True):
    """A node as its kubelet sees it: small, because thousands of them are followed."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    status: KubeletNodeStatus = field(default_factory=KubeletNodeStatus)

    @property
    def ready_since(self) -> float | None:
        """Unix time since when the API server has it as Ready; None: it has not."""
        for condition in self.status.conditions:
            if condition.type == "Ready" and condition.status == "True":
                since = condition.last_transition_time
                return since.timestamp() if since is not None else 0.0
        return None


KUBELET_NODES = read_as(NODES, KubeletNode)
KUBELET_PODS = read_as(PODS, KubeletPod)
