"""What is asked of pods: how they do, who manages them, what they hold, what they put up with."""

from __future__ import annotations

from datetime import datetime

from kuredtui.kube.types import OwnerReference, Pod, Toleration

# Kubernetes, "Static Pods": the kubelet marks its mirror pods with this annotation.
MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
# The taint of a cordoned node (core/v1, well-known taints).
UNSCHEDULABLE_TAINT = "node.kubernetes.io/unschedulable"
_FINISHED = frozenset({"Succeeded", "Failed"})
# Why a container waits that will not start by itself (kubelet, reasons of ContainerStateWaiting).
_STUCK = frozenset(
    {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)


def pod_name(pod: Pod) -> str:
    """`namespace/name`."""
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def controller_of(pod: Pod) -> OwnerReference | None:
    """The owner that manages the pod, or None (meta/v1, GetControllerOf)."""
    return next((owner for owner in pod.metadata.owner_references if owner.controller), None)


def daemonset_of(pod: Pod) -> str:
    """The name of the DaemonSet that manages the pod; "" if none does.

    Going by its kind alone, as kubectl does (daemonSetFilter of k8s.io/kubectl): of another API group's
    DaemonSet the pods come back, too. Such a one is missing among those of apps.
    """
    owner = controller_of(pod)
    return owner.name if owner is not None and owner.kind == "DaemonSet" else ""


def is_mirror(pod: Pod) -> bool:
    """Whether it only mirrors a static pod of the kubelet."""
    return MIRROR_ANNOTATION in pod.metadata.annotations


def is_finished(pod: Pod) -> bool:
    """Whether its containers have ended for good."""
    return pod.status.phase in _FINISHED


def is_going(pod: Pod) -> bool:
    """Whether it is being deleted."""
    return pod.metadata.deletion_timestamp is not None


def deletion_age(pod: Pod, now: datetime) -> float | None:
    """Seconds since the time by which it should have gone, grace period included; None if it may stay.

    Args:
        pod: the pod.
        now: the present by the API server's clock, which set that time.
    """
    deadline = pod.metadata.deletion_timestamp
    return None if deadline is None else (now - deadline).total_seconds()


def is_active(pod: Pod) -> bool:
    """Whether its controller counts it: neither finished nor on its way out."""
    return not is_finished(pod) and not is_going(pod)


def is_ready(pod: Pod) -> bool:
    """Whether it serves; budgets count such pods as healthy."""
    return any(item.type == "Ready" and item.status == "True" for item in pod.status.conditions)


def stuck_reason(pod: Pod) -> str:
    """Why the pod will not become ready by itself, such as `CrashLoopBackOff`; "" if it may."""
    if is_ready(pod):
        return ""
    statuses = [*pod.status.init_container_statuses, *pod.status.container_statuses]
    waiting = (item.state.waiting.reason for item in statuses if item.state.waiting is not None)
    return next((reason for reason in waiting if reason in _STUCK), "")


def emptydir_volumes(pod: Pod) -> list[str]:
    """The names of its volumes that are lost with it."""
    return [volume.name for volume in pod.spec.volumes if volume.empty_dir is not None]


def claim_names(pod: Pod) -> list[str]:
    """The names of the PersistentVolumeClaims it uses, in its namespace.

    The claim of an ephemeral volume is named `<pod>-<volume>` (core/v1, EphemeralVolumeSource).
    """
    names = []
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim is not None:
            names.append(volume.persistent_volume_claim.claim_name)
        elif volume.ephemeral is not None:
            names.append(f"{pod.metadata.name}-{volume.name}")
    return names


def tolerates_cordon(pod: Pod) -> bool:
    """Whether the scheduler may put it on a cordoned node."""
    return any(_tolerates_cordon(item) for item in pod.spec.tolerations)


def _tolerates_cordon(toleration: Toleration) -> bool:
    """Toleration.ToleratesTaint of core/v1, for a taint without a value and effect NoSchedule."""
    if toleration.effect not in ("", "NoSchedule"):
        return False
    if toleration.key not in ("", UNSCHEDULABLE_TAINT):
        return False
    if toleration.operator == "Exists":
        return True
    return bool(toleration.key) and not toleration.value
