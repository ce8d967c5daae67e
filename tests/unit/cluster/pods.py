"""Pods and budgets for tests, made of what a test cares about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from kuredtui.kube.types import (
    Condition,
    ContainerState,
    ContainerStateWaiting,
    ContainerStatus,
    EmptyDir,
    LabelSelector,
    ObjectMeta,
    OwnerReference,
    Pod,
    PodDisruptionBudget,
    PodDisruptionBudgetSpec,
    PodDisruptionBudgetStatus,
    PodSpec,
    PodStatus,
    Volume,
)

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
REPLICASET = OwnerReference(
    api_version="apps/v1", kind="ReplicaSet", name="web-5d4", uid="rs", controller=True
)
DAEMONSET = OwnerReference(
    api_version="apps/v1", kind="DaemonSet", name="agent", uid="ds", controller=True
)


def pod(
    name: str = "web-1",
    *,
    owner: OwnerReference | None = REPLICASET,
    phase: str = "Running",
    ready: bool = True,
    waiting: str = "",
    emptydir: bool = False,
    mirror: bool = False,
    deleted_for: float | None = None,
    labels: Mapping[str, str] | None = None,
    namespace: str = "default",
) -> Pod:
    """A pod; `deleted_for` are the seconds since its deletionTimestamp, as of NOW."""
    deletion = None if deleted_for is None else NOW - timedelta(seconds=deleted_for)
    status = ContainerStatus(
        name="main",
        state=ContainerState(waiting=ContainerStateWaiting(reason=waiting) if waiting else None),
    )
    return Pod(
        metadata=ObjectMeta(
            name=name,
            namespace=namespace,
            uid=f"uid-{namespace}-{name}",
            resource_version="1",
            labels={"app": "web"} if labels is None else dict(labels),
            annotations={"kubernetes.io/config.mirror": "hash"} if mirror else {},
            owner_references=[owner] if owner is not None else [],
            deletion_timestamp=deletion,
        ),
        spec=PodSpec(
            node_name="node-1",
            volumes=[Volume(name="cache", empty_dir=EmptyDir())] if emptydir else [],
        ),
        status=PodStatus(
            phase=phase,
            conditions=[Condition(type="Ready", status="True" if ready else "False")],
            container_statuses=[status],
        ),
    )


def crashing(name: str, *, owner: OwnerReference | None = REPLICASET) -> Pod:
    """A pod that crashes again and again."""
    return pod(name, owner=owner, ready=False, waiting="CrashLoopBackOff")


def budget(
    name: str = "web",
    *,
    healthy: int,
    desired: int,
    expected: int,
    allowed: int | None = None,
    min_available: int | str | None = None,
    max_unavailable: int | str | None = None,
    always_allow: bool = False,
    observed: bool = True,
    failure: str = "",
    selector: LabelSelector | None = None,
) -> PodDisruptionBudget:
    """A budget over `app: web` with the status that the disruption controller would leave."""
    if allowed is None:
        allowed = max(0, healthy - desired) if expected > 0 else 0
    failed = Condition(
        type="DisruptionAllowed", status="False", reason="SyncFailed", message=failure
    )
    return PodDisruptionBudget(
        metadata=ObjectMeta(
            name=name,
            namespace="default",
            uid=f"uid-{name}",
            resource_version="1",
            generation=2,
        ),
        spec=PodDisruptionBudgetSpec(
            min_available=min_available,
            max_unavailable=max_unavailable,
            selector=selector or LabelSelector(match_labels={"app": "web"}),
            unhealthy_pod_eviction_policy="AlwaysAllow" if always_allow else "",
        ),
        status=PodDisruptionBudgetStatus(
            disruptions_allowed=allowed,
            current_healthy=healthy,
            desired_healthy=desired,
            expected_pods=expected,
            observed_generation=2 if observed else 1,
            conditions=[failed] if failure else [],
        ),
    )
