"""Which pods a drain evicts, which it keeps, and which forbid it: kubectl's rules (DESIGN 7).

kubectl applies its filters one after the other (k8s.io/kubectl, pkg/drain/filters.go) and stops at the
first that keeps or skips a pod; a refusal is remembered while the others are still asked. Here every
pod gets exactly one verdict, with its reason in words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from kuredtui.engine.options import EngineOptions
from kuredtui.kube.types import OwnerReference, Pod

# Kubernetes, "Static Pods": the kubelet marks its mirror pods with this annotation.
MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
_FINISHED = frozenset({"Succeeded", "Failed"})


class Verdict(StrEnum):
    """What becomes of a pod."""

    EVICT = "evict"
    KEEP = "keep"
    REFUSE = "refuse"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one pod.

    Attributes:
        pod: the pod.
        verdict: evict it, keep it where it is, or refuse the whole drain because of it.
        reason: why, in words; "" for an ordinary eviction.
        loses_data: whether an emptyDir of it will be lost.
    """

    pod: Pod
    verdict: Verdict
    reason: str = ""
    loses_data: bool = False


def decide(
    pod: Pod,
    options: EngineOptions,
    *,
    daemonset_exists: Callable[[Pod], bool],
    now: datetime,
) -> Decision:
    """The verdict on a pod.

    Args:
        pod: a pod of the node.
        options: what the drain may do.
        daemonset_exists: whether the DaemonSet that controls a pod is there.
        now: the API server's time as well as we know it, for pods that are being deleted already.
    """

    def verdict(kind: Verdict, reason: str = "", *, loses_data: bool = False) -> Decision:
        return Decision(pod=pod, verdict=kind, reason=reason, loses_data=loses_data)

    if _deleted_long_ago(pod, options, now):
        return verdict(Verdict.KEEP, "is being deleted already, and is not waited for")
    finished = pod.status.phase in _FINISHED
    controller = controller_of(pod)
    if controller is not None and controller.kind == "DaemonSet" and not finished:
        if daemonset_exists(pod):
            return verdict(Verdict.KEEP, f"belongs to DaemonSet {controller.name}")
        if not options.evict_uncontrolled:
            return verdict(Verdict.REFUSE, f"its DaemonSet {controller.name} is missing")
    if MIRROR_ANNOTATION in pod.metadata.annotations:
        return verdict(Verdict.KEEP, "is a static pod of the kubelet")
    has_data = any(volume.empty_dir is not None for volume in pod.spec.volumes)
    if has_data and not finished and not options.delete_emptydir_data:
        return verdict(Verdict.REFUSE, "has data in an emptyDir, which would be lost")
    if controller is None and not finished and not options.evict_uncontrolled:
        return verdict(Verdict.REFUSE, "has no controller that would bring it back")
    return verdict(Verdict.EVICT, loses_data=has_data and not finished)


def controller_of(pod: Pod) -> OwnerReference | None:
    """The owner that manages the pod, or None (meta/v1, GetControllerOf)."""
    return next((owner for owner in pod.metadata.owner_references if owner.controller), None)


def pod_name(pod: Pod) -> str:
    """`namespace/name`."""
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def _deleted_long_ago(pod: Pod, options: EngineOptions, now: datetime) -> bool:
    deleted, limit = pod.metadata.deletion_timestamp, options.skip_wait_for_delete_timeout
    return limit > 0 and deleted is not None and now - deleted > timedelta(seconds=limit)
