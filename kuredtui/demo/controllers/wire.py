"""What controllers read: as the console does, but with pod templates and affinities as they are."""

from __future__ import annotations

from msgspec import field

from kuredtui.demo.reading import read_as
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DAEMONSETS, DEPLOYMENTS, PODS, REPLICASETS
from kuredtui.kube.types import (
    LabelSelector,
    ObjectMeta,
    PodSpec,
    PodStatus,
    Wire,
)


class ScheduledPodSpec(PodSpec, frozen=True):
    """A pod's spec with what decides where it may run."""

    affinity: JsonObject = field(default_factory=dict)


class ManagedPod(Wire, frozen=True):
    """A pod as schedulers and controllers see it."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ScheduledPodSpec = field(default_factory=ScheduledPodSpec)
    status: PodStatus = field(default_factory=PodStatus)


class WorkloadSpec(Wire, frozen=True):
    """The common part of the specs of Deployments, ReplicaSets and DaemonSets."""

    replicas: int = 1
    selector: LabelSelector = field(default_factory=LabelSelector)
    template: JsonObject = field(default_factory=dict)
    strategy: JsonObject = field(default_factory=dict)
    paused: bool = False


class Workload(Wire, frozen=True):
    """A Deployment, a ReplicaSet or a DaemonSet."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: WorkloadSpec = field(default_factory=WorkloadSpec)
    status: JsonObject = field(default_factory=dict)

    def has_status(self, status: JsonObject) -> bool:
        """Whether this is its status already; servers do not write out counts of zero."""
        return _said(status) == _said(self.status)


MANAGED_PODS = read_as(PODS, ManagedPod)
MANAGED_DEPLOYMENTS = read_as(DEPLOYMENTS, Workload)
MANAGED_REPLICASETS = read_as(REPLICASETS, Workload)
MANAGED_DAEMONSETS = read_as(DAEMONSETS, Workload)


def _said(status: JsonObject) -> JsonObject:
    return {name: value for name, value in status.items() if value}
