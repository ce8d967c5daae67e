"""A node's conditions: the kubelet's four, and those of the node-problem-detector on AKS."""

from __future__ import annotations

from kuredtui.demo.pace import stamp
from kuredtui.kube.json import JsonObject

_PROBLEMS = (
    ("FilesystemCorruptionProblem", "FilesystemIsOK", "Filesystem is healthy"),
    ("FrequentContainerdRestart", "NoFrequentContainerdRestart", "containerd is functioning properly"),
    ("FrequentKubeletRestart", "NoFrequentKubeletRestart", "kubelet is functioning properly"),
    ("FrequentUnregisterNetDevice", "NoFrequentUnregisterNetDevice", "node is functioning properly"),
    ("KernelDeadlock", "KernelHasNoDeadlock", "kernel has no deadlock"),
    ("ReadonlyFilesystem", "FilesystemIsNotReadOnly", "Filesystem is not read-only"),
    ("VMEventScheduled", "NoVMEventScheduled", "VM has no scheduled event"),
)  # fmt: skip
_PRESSURES = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
_WHY_READY = {
    "ready": ("True", "KubeletReady", "kubelet is posting ready status"),
    "stopping": ("False", "KubeletNotReady", "node is shutting down"),
    "starting": (
        "False",
        "KubeletNotReady",
        "[container runtime status check may not have completed yet, PLEG is not healthy: pleg has "
        "yet to be successful]",
    ),
}


def problem_conditions(*, heartbeat: float, since: float) -> list[JsonObject]:
    """What the node-problem-detector reports of a machine without problems; Unix times."""
    return [
        _condition(type_, "False", reason, message, heartbeat, since)
        for type_, reason, message in _PROBLEMS
    ]


def kubelet_conditions(state: str, *, heartbeat: float, since: float) -> list[JsonObject]:
    """What the kubelet reports.

    Args:
        state: `ready`, `stopping` or `starting`.
        heartbeat: Unix time of this report.
        since: Unix time since when it is in this state.
    """
    status, reason, message = _WHY_READY[state]
    return [
        *(_condition(name, "False", why, text, heartbeat, since) for name, why, text in _PRESSURES),
        _condition("Ready", status, reason, message, heartbeat, since),
    ]


def _condition(
    type_: str, status: str, reason: str, message: str, heartbeat: float, since: float
) -> JsonObject:
    return {
        "type": type_,
        "status": status,
        "lastHeartbeatTime": stamp(heartbeat),
        "lastTransitionTime": stamp(since),
        "reason": reason,
        "message": message,
    }
