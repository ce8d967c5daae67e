"""Which pods a drain evicts, which it keeps, and which forbid it: kubectl's rules (DESIGN 7).

kubectl applies its filters one after the other (k8s.io/kubectl, pkg/drain/filters.go) and stops at the
first that keeps or refuses a pod. So every pod gets exactly one verdict, here with its reason in words.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kuredtui.cluster.pods import (
    controller_of,
    daemonset_of,
    emptydir_volumes,
    is_finished,
    is_going,
    is_mirror,
)
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.types import Pod


class Verdict(StrEnum):
    """What becomes of a pod."""

    EVICT = "evict"
    KEEP = "keep"
    REFUSE = "refuse"


class DaemonSetState(StrEnum):
    """What is known of the DaemonSet that controls a pod."""

    THERE = "there"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one pod.

    Attributes:
        verdict: evict it, keep it where it is, or refuse the whole drain because of it.
        reason: why, in words that follow the pod's name; "" for an ordinary eviction.
    """

    verdict: Verdict
    reason: str = ""


def decide(
    pod: Pod,
    options: EngineOptions,
    *,
    daemonset: DaemonSetState = DaemonSetState.THERE,
    deletion_age: float | None = None,
) -> Decision:
    """The verdict on a pod.

    Args:
        pod: a pod of the node.
        options: what the drain may do.
        daemonset: of the DaemonSet that controls it, if one does.
        deletion_age: seconds since its deletionTimestamp, by the API server's clock; None if it has
            none.
    """
    finished = is_finished(pod)
    if is_overdue(deletion_age, options):
        return _keep("is being deleted for too long to be waited for")
    if (name := daemonset_of(pod)) and not finished:
        if daemonset is DaemonSetState.UNREADABLE:
            return _refuse(f"belongs to DaemonSet {name}, of which nobody knows whether it exists")
        if daemonset is DaemonSetState.THERE:
            return _keep(f"belongs to DaemonSet {name}")
        if not options.evict_uncontrolled:
            return _refuse(f"belongs to DaemonSet {name}, which is missing (evict-uncontrolled)")
    if is_mirror(pod):
        return _keep("is a static pod of the kubelet")
    if finished:
        return Decision(verdict=Verdict.EVICT, reason=f"has finished ({pod.status.phase})")
    if emptydir_volumes(pod) and not options.delete_emptydir_data:
        return _refuse("has data in an emptyDir, which would be lost (delete-emptydir-data)")
    if controller_of(pod) is None and not options.evict_uncontrolled:
        return _refuse("has no controller that would bring it back (evict-uncontrolled)")
    return Decision(
        verdict=Verdict.EVICT, reason="is being deleted already" if is_going(pod) else ""
    )


def is_overdue(deletion_age: float | None, options: EngineOptions) -> bool:
    """Whether a pod is being deleted for so long that it is not waited for any more.

    The age counts from the deletionTimestamp, at which the grace period is over, in whole seconds
    (shouldSkipPod of k8s.io/kubectl).
    """
    limit = options.skip_wait_for_delete_timeout
    return limit > 0 and deletion_age is not None and int(deletion_age) > limit


def _keep(reason: str) -> Decision:
    return Decision(verdict=Verdict.KEEP, reason=reason)


def _refuse(reason: str) -> Decision:
    return Decision(verdict=Verdict.REFUSE, reason=reason)
