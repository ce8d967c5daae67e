"""Rows of what owns pods and of what protects them."""

from __future__ import annotations

from kuredtui.demo.apiserver.tables.age import age_of
from kuredtui.demo.apiserver.tables.cells import Cells, format_labels, format_selector
from kuredtui.kube.json import JsonObject


def deployment_row(deployment: JsonObject) -> Cells:
    """The cells of a Deployment."""
    metadata, spec, status = _parts(deployment)
    return [
        metadata["name"],
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age_of(metadata["creationTimestamp"]),
        *_wide(spec),
    ]


def replicaset_row(replicaset: JsonObject) -> Cells:
    """The cells of a ReplicaSet."""
    metadata, spec, status = _parts(replicaset)
    return [
        metadata["name"],
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age_of(metadata["creationTimestamp"]),
        *_wide(spec),
    ]


def daemonset_row(daemonset: JsonObject) -> Cells:
    """The cells of a DaemonSet."""
    metadata, spec, status = _parts(daemonset)
    return [
        metadata["name"],
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        format_labels(spec["template"]["spec"].get("nodeSelector")),
        age_of(metadata["creationTimestamp"]),
        *_wide(spec),
    ]


def budget_row(budget: JsonObject) -> Cells:
    """The cells of a PodDisruptionBudget."""
    metadata, spec, status = _parts(budget)
    return [
        metadata["name"],
        str(spec.get("minAvailable", "N/A")),
        str(spec.get("maxUnavailable", "N/A")),
        status.get("disruptionsAllowed", 0),
        age_of(metadata["creationTimestamp"]),
    ]


def _parts(body: JsonObject) -> tuple[JsonObject, JsonObject, JsonObject]:
    return body["metadata"], body.get("spec") or {}, body.get("status") or {}


def _wide(spec: JsonObject) -> list[str]:
    containers = spec["template"]["spec"].get("containers") or []
    return [
        ",".join(c.get("name", "") for c in containers),
        ",".join(c.get("image", "") for c in containers),
        format_selector(spec.get("selector")),
    ]
