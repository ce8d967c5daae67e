"""Rows of nodes (printNode in kubernetes/pkg/printers/internalversion)."""

from __future__ import annotations

from kuredtui.demo.apiserver.tables.age import age_of
from kuredtui.demo.apiserver.tables.cells import Cells, or_none
from kuredtui.kube.json import JsonObject

_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE_LABEL = "kubernetes.io/role"
_UNKNOWN = "<unknown>"


def node_row(node: JsonObject) -> Cells:
    """The cells of a node."""
    metadata, status = node["metadata"], node.get("status") or {}
    info = status.get("nodeInfo") or {}
    addresses = {a["type"]: a["address"] for a in reversed(status.get("addresses") or [])}
    kernel = info.get("kernelVersion") or _UNKNOWN
    architecture = info.get("architecture")
    return [
        metadata["name"],
        _status(node),
        or_none(",".join(_roles(metadata.get("labels") or {}))),
        age_of(metadata["creationTimestamp"]),
        info.get("kubeletVersion", ""),
        or_none(addresses.get("InternalIP")),
        or_none(addresses.get("ExternalIP")),
        info.get("osImage") or _UNKNOWN,
        f"{kernel} ({architecture})" if architecture else kernel,
        info.get("containerRuntimeVersion") or _UNKNOWN,
    ]


def _status(node: JsonObject) -> str:
    conditions = (node.get("status") or {}).get("conditions") or []
    ready = next((c["status"] for c in conditions if c["type"] == "Ready"), None)
    words = ["Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"]
    if (node.get("spec") or {}).get("unschedulable"):
        words.append("SchedulingDisabled")
    return ",".join(words)


def _roles(labels: JsonObject) -> list[str]:
    roles = {n.removeprefix(_ROLE_PREFIX) for n in labels if n.startswith(_ROLE_PREFIX)}
    if labels.get(_ROLE_LABEL):
        roles.add(labels[_ROLE_LABEL])
    return sorted(roles - {""})
