"""What makes pods, and what protects them."""

from __future__ import annotations

from msgspec import field

from kuredtui.kube.types.meta import Condition, LabelSelector, ObjectMeta, Wire
from kuredtui.kube.types.pod import PodTemplate


class DaemonSetSpec(Wire, frozen=True):
    """What was asked of a DaemonSet."""

    selector: LabelSelector | None = None
    template: PodTemplate = field(default_factory=PodTemplate)


class DaemonSetStatus(Wire, frozen=True):
    """How a DaemonSet does."""

    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    observed_generation: int = 0


class DaemonSet(Wire, frozen=True):
    """One pod on each node; kured is one."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus = field(default_factory=DaemonSetStatus)


class ReplicaSpec(Wire, frozen=True):
    """What was asked of a Deployment or ReplicaSet."""

    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplate = field(default_factory=PodTemplate)


class ReplicaStatus(Wire, frozen=True):
    """How a Deployment or ReplicaSet does."""

    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    updated_replicas: int = 0
    observed_generation: int = 0


class Deployment(Wire, frozen=True):
    """Replicas of a pod, rolled out by ReplicaSets."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ReplicaSpec = field(default_factory=ReplicaSpec)
    status: ReplicaStatus = field(default_factory=ReplicaStatus)


class ReplicaSet(Wire, frozen=True):
    """Replicas of a pod."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ReplicaSpec = field(default_factory=ReplicaSpec)
    status: ReplicaStatus = field(default_factory=ReplicaStatus)


class PodDisruptionBudgetSpec(Wire, frozen=True):
    """How many pods of a selection may be away; numbers or percentages such as `"50%"`."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str = ""


class PodDisruptionBudgetStatus(Wire, frozen=True):
    """What the disruption controller counted."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    conditions: list[Condition] = field(default_factory=list)


class PodDisruptionBudget(Wire, frozen=True):
    """What may hold an eviction back."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodDisruptionBudgetSpec = field(default_factory=PodDisruptionBudgetSpec)
    status: PodDisruptionBudgetStatus = field(default_factory=PodDisruptionBudgetStatus)
