"""What a kubelet reports of a pod: the body of its patch of `pods/status`.

The form is what a kubelet 1.33 writes. Conditions are merged by their type (strategic merge), so
the scheduler's and the eviction API's survive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from kuredtui.demo.kubelet.pod import End, SimulatedPod, Stage
from kuredtui.demo.pace import stamp
from kuredtui.kube.json import JsonObject
from kuredtui.kube.types import Condition, Container

_CONDITION_TYPES = (
    "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
)  # fmt: skip
_MOST_MESSAGE_BYTES = 4096
"""Of a termination log (kubernetes/pkg/kubelet/container, MaxContainerTerminationMessageLength)."""


class StatusWriter:
    """Writes the status of one pod and remembers since when its conditions are what they are.

    Args:
        pod: whose status.
        host_ip: the address of its machine.
        pod_ip: its own address.
    """

    def __init__(self, pod: SimulatedPod, *, host_ip: str, pod_ip: str) -> None:
        self._pod = pod
        self._host_ip = host_ip
        self._pod_ip = pod_ip
        self._since = {
            c.type: (c.status, c.last_transition_time.timestamp())
            for c in pod.pod.status.conditions
            if c.last_transition_time is not None
        }

    def status(self, now: float) -> JsonObject:
        """The whole status at this moment."""
        pod = self._pod
        ready = pod.is_ready(now)
        reason, message = pod.failure
        status: JsonObject = {
            "phase": phase_of(pod),
            "conditions": self._conditions(now, ready=ready),
            "hostIP": self._host_ip,
            "hostIPs": [{"ip": self._host_ip}],
            "startTime": stamp(pod.accepted_at),
            "containerStatuses": [
                _container_status(pod, container, ready=ready)
                for container in pod.pod.spec.containers
            ],
        }
        if pod.stage is not Stage.WAITING or pod.restarts:
            status |= {"podIP": self._pod_ip, "podIPs": [{"ip": self._pod_ip}]}
        if reason:
            status |= {"reason": reason, "message": message}
        return status

    def _conditions(self, now: float, *, ready: bool) -> list[JsonObject]:
        pod = self._pod
        sandbox = pod.stage is not Stage.WAITING and pod.stage is not Stage.FINISHED
        holds = {
            "PodReadyToStartContainers": sandbox,
            "Initialized": True,
            "Ready": ready,
            "ContainersReady": ready,
            "PodScheduled": True,
        }
        return [self._condition(type_, holds[type_], now) for type_ in _CONDITION_TYPES]

    def _condition(self, type_: str, holds: bool, now: float) -> JsonObject:
        status = "True" if holds else "False"
        known = self._since.get(type_)
        if known is None or known[0] != status:
            self._since[type_] = (status, now)
        condition: JsonObject = {
            "type": type_,
            "status": status,
            "lastProbeTime": None,
            "lastTransitionTime": stamp(self._since[type_][1]),
            "reason": None,  # a null takes away what an earlier report said
            "message": None,
        }
        if not holds and type_ in ("Ready", "ContainersReady"):
            condition |= self._why_not_ready()
        return condition

    def _why_not_ready(self) -> JsonObject:
        phase = phase_of(self._pod)
        if phase in ("Succeeded", "Failed"):
            return {"reason": "PodCompleted" if phase == "Succeeded" else "PodFailed"}
        names = " ".join(container.name for container in self._pod.pod.spec.containers)
        message = f"containers with unready status: [{names}]"
        return {"reason": "ContainersNotReady", "message": message}


def phase_of(pod: SimulatedPod) -> str:
    """Pending, Running, Succeeded or Failed."""
    if pod.stage is Stage.WAITING and not pod.restarts:
        return "Pending"
    if pod.stage is not Stage.FINISHED:
        return "Running"
    failed = bool(pod.failure[0]) or (pod.last_end is not None and pod.last_end.exit_code != 0)
    return "Failed" if failed else "Succeeded"


def ready_in(conditions: Iterable[Condition]) -> bool:
    """What the API server has for the condition Ready."""
    return any(c.type == "Ready" and c.status == "True" for c in conditions)


def _container_status(pod: SimulatedPod, container: Container, *, ready: bool) -> JsonObject:
    last: Mapping[str, object] = {}
    if pod.last_end is not None and (pod.backs_off or pod.stage in (Stage.RUNNING, Stage.WAITING)):
        last = _terminated(pod, container, pod.last_end)
    started = pod.stage is Stage.RUNNING
    status: JsonObject = {
        "name": container.name,
        "image": container.image,
        "imageID": "",
        "ready": ready,
        "started": started,
        # A restart is counted when the next container is made.
        "restartCount": pod.restarts - (pod.stage is Stage.BACKING_OFF),
        "state": _state(pod, container),
        "lastState": last,
    }
    if pod.stage in (Stage.RUNNING, Stage.FINISHED):
        status["containerID"] = _container_id(pod, container, pod.restarts)
        digest = hashlib.sha256(container.image.encode()).hexdigest()
        status["imageID"] = f"{container.image.partition(':')[0]}@sha256:{digest}"
    return status


def _state(pod: SimulatedPod, container: Container) -> JsonObject:
    match pod.stage:
        case Stage.RUNNING:
            return {"running": {"startedAt": stamp(pod.started_at)}}
        case Stage.BACKING_OFF if pod.backs_off:
            metadata = pod.pod.metadata
            message = (
                f"back-off {pod.pause:g}s restarting failed container={container.name} "
                f"pod={metadata.name}_{metadata.namespace}({metadata.uid})"
            )
            return {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        case Stage.BACKING_OFF | Stage.FINISHED if pod.last_end is not None:
            return _terminated(pod, container, pod.last_end)
        case Stage.WAITING if pod.missing_image:
            message = f'Back-off pulling image "{pod.missing_image}"'
            return {"waiting": {"reason": "ImagePullBackOff", "message": message}}
        case _:
            return {"waiting": {"reason": "ContainerCreating"}}


def _terminated(pod: SimulatedPod, container: Container, end: End) -> JsonObject:
    restarts = pod.restarts if pod.stage is Stage.FINISHED else pod.restarts - 1
    state: JsonObject = {
        "exitCode": end.exit_code,
        "reason": end.reason,
        "startedAt": stamp(end.started_at),
        "finishedAt": stamp(end.finished_at),
        "containerID": _container_id(pod, container, restarts),
    }
    if end.message:
        state["message"] = end.message.encode()[:_MOST_MESSAGE_BYTES].decode(errors="ignore")
    return {"terminated": state}


def _container_id(pod: SimulatedPod, container: Container, restarts: int) -> str:
    text = f"{pod.uid}/{container.name}/{restarts}"
    return f"containerd://{hashlib.sha256(text.encode()).hexdigest()}"
