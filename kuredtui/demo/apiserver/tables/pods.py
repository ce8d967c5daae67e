"""Rows of pods (printPod in kubernetes/pkg/printers/internalversion), init containers left out."""

from __future__ import annotations

from kuredtui.demo.apiserver.tables.age import Age, age_of
from kuredtui.demo.apiserver.tables.cells import Cells, or_none
from kuredtui.kube.json import JsonObject

_FINISHED = ("Succeeded", "Failed")


def pod_row(pod: JsonObject) -> Cells:
    """The cells of a pod."""
    metadata, spec, status = pod["metadata"], pod.get("spec") or {}, pod.get("status") or {}
    containers = status.get("containerStatuses") or []
    ready = sum(1 for c in containers if c.get("ready") and "running" in (c.get("state") or {}))
    return [
        metadata["name"],
        f"{ready}/{len(spec.get('containers') or [])}",
        _status(metadata, status, containers),
        _restarts(containers),
        age_of(metadata["creationTimestamp"]),
        or_none(status.get("podIP")),
        or_none(spec.get("nodeName")),
        or_none(status.get("nominatedNodeName")),
        _gates(spec, status),
    ]


def _status(metadata: JsonObject, status: JsonObject, containers: list[JsonObject]) -> str:
    phase = status.get("phase", "")
    word = status.get("reason") or phase
    running = False
    for container in reversed(containers):
        state = container.get("state") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            word = waiting["reason"]
        elif ended is not None:
            word = ended.get("reason") or _exit(ended)
        elif container.get("ready") and "running" in state:
            running = True
    if word == "Completed" and running:
        word = "Running" if _is_ready(status) else "NotReady"
    if metadata.get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if phase not in _FINISHED:
            return "Terminating"
    return str(word)


def _exit(ended: JsonObject) -> str:
    if ended.get("signal"):
        return f"Signal:{ended['signal']}"
    return f"ExitCode:{ended.get('exitCode', 0)}"


def _is_ready(status: JsonObject) -> bool:
    conditions = status.get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _restarts(containers: list[JsonObject]) -> str | Age:
    count = sum(c.get("restartCount", 0) for c in containers)
    ends = [(c.get("lastState") or {}).get("terminated", {}).get("finishedAt") for c in containers]
    last = max((end for end in ends if end), default=None)
    return age_of(last, f"{count} ({{}} ago)") if count and last else str(count)


def _gates(spec: JsonObject, status: JsonObject) -> str:
    gates = [g["conditionType"] for g in spec.get("readinessGates") or []]
    if not gates:
        return "<none>"
    true = {c["type"] for c in status.get("conditions") or [] if c["status"] == "True"}
    return f"{sum(gate in true for gate in gates)}/{len(gates)}"
