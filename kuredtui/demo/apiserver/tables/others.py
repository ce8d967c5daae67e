"""Rows of the remaining kinds."""

from __future__ import annotations

from kuredtui.demo.apiserver.tables.age import age_of
from kuredtui.demo.apiserver.tables.cells import Cells
from kuredtui.kube.json import JsonObject


def namespace_row(namespace: JsonObject) -> Cells:
    """The cells of a Namespace."""
    metadata = namespace["metadata"]
    return [metadata["name"], namespace["status"]["phase"], age_of(metadata["creationTimestamp"])]


def lease_row(lease: JsonObject) -> Cells:
    """The cells of a Lease."""
    metadata = lease["metadata"]
    holder = (lease.get("spec") or {}).get("holderIdentity") or ""
    return [metadata["name"], holder, age_of(metadata["creationTimestamp"])]


_ACCESS_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def claim_row(claim: JsonObject) -> Cells:
    """The cells of a PersistentVolumeClaim; capacity and modes are told of a bound one alone."""
    metadata, spec, status = claim["metadata"], claim["spec"], claim["status"]
    volume = spec.get("volumeName", "")
    modes = (status.get("accessModes") or []) if volume else []
    return [
        metadata["name"],
        status["phase"],
        volume,
        (status.get("capacity") or {}).get("storage", "") if volume else "",
        ",".join(_ACCESS_MODES.get(mode, mode) for mode in modes),
        spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName") or "<unset>",
        age_of(metadata["creationTimestamp"]),
        spec.get("volumeMode", "<unset>"),
    ]


def config_map_row(config_map: JsonObject) -> Cells:
    """The cells of a ConfigMap; the number is that of its keys."""
    metadata = config_map["metadata"]
    held = sum(len(config_map.get(part) or {}) for part in ("data", "binaryData"))
    return [metadata["name"], str(held), age_of(metadata["creationTimestamp"])]


def secret_row(secret: JsonObject) -> Cells:
    """The cells of a Secret."""
    metadata = secret["metadata"]
    age = age_of(metadata["creationTimestamp"])
    return [metadata["name"], secret["type"], str(len(secret.get("data") or {})), age]


def attachment_row(attachment: JsonObject) -> Cells:
    """The cells of a VolumeAttachment."""
    metadata, spec = attachment["metadata"], attachment.get("spec") or {}
    return [
        metadata["name"],
        spec.get("attacher", ""),
        (spec.get("source") or {}).get("persistentVolumeName", ""),
        spec.get("nodeName", ""),
        attachment["status"]["attached"],
        age_of(metadata["creationTimestamp"]),
    ]


def event_row(event: JsonObject) -> Cells:
    """The cells of an Event."""
    first = event.get("firstTimestamp") or event.get("eventTime")
    last = event.get("lastTimestamp") or first
    series = event.get("series")
    count = event.get("count") or 1
    if series:
        last, count = series.get("lastObservedTime"), series.get("count", count)
    about = event.get("involvedObject") or {}
    target = "/".join(filter(None, (about.get("kind", "").lower(), about.get("name"))))
    return [
        age_of(last),
        event.get("type", ""),
        event.get("reason", ""),
        target,
        about.get("fieldPath", ""),
        _source(event),
        event.get("message", "").strip(),
        age_of(first),
        count,
        event["metadata"]["name"],
    ]


def _source(event: JsonObject) -> str:
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent", "")
    instance = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {instance}" if instance else component
