"""The few validations that clients rely on, with the causes a real server reports.

Source: k8s.io/kubernetes/pkg/apis/core/validation and k8s.io/apimachinery/pkg/util/validation.
"""

from __future__ import annotations

import functools

from kuredtui.demo.apiserver.failures import Cause, Failure, invalid
from kuredtui.demo.apiserver.resources import DAEMONSETS, DEPLOYMENTS, NODES, REPLICASETS, Resource
from kuredtui.kube.json import JsonObject
from kuredtui.kube.label_rules import SUBDOMAIN_RULE, is_subdomain, key_fault, value_fault

_MAX_ANNOTATIONS = 256 * 1024
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def validate(resource: Resource, body: JsonObject) -> None:
    """Raise the 422 `Failure` that lists every cause, if there is one."""
    metadata = body["metadata"]
    causes = [
        *_name_causes(metadata.get("name", "")),
        *_label_causes(metadata.get("labels") or {}),
        *_annotation_causes(metadata.get("annotations") or {}),
    ]
    if resource is NODES:
        causes += _taint_causes(body["spec"].get("taints") or [])
    elif resource in (DAEMONSETS, DEPLOYMENTS, REPLICASETS):
        causes += _workload_causes(body["spec"])
    if causes:
        raise invalid(resource, metadata.get("name", ""), causes)


def _name_causes(name: str) -> list[Cause]:
    if not name:
        message = "Required value: name or generateName is required"
        return [("FieldValueRequired", message, "metadata.name")]
    if not is_subdomain(name):
        return [
            ("FieldValueInvalid", f'Invalid value: "{name}": {SUBDOMAIN_RULE}', "metadata.name")
        ]
    return []


def _label_causes(labels: JsonObject) -> list[Cause]:
    causes = []
    for name, value in labels.items():
        if not isinstance(value, str):
            raise Failure(400, f"json: cannot unmarshal into Go struct field of labels: {name}")
        causes += [
            ("FieldValueInvalid", message, "metadata.labels")
            for message in _label_faults(name, value)
        ]
    return causes


@functools.lru_cache(maxsize=4096)  # the labels of nodes are many, and mostly the same
def _label_faults(name: str, value: str) -> list[str]:
    return [
        f'Invalid value: "{shown}": {rule}'
        for shown, rule in ((name, key_fault(name)), (value, value_fault(value)))
        if rule
    ]


def _annotation_causes(annotations: JsonObject) -> list[Cause]:
    for name, value in annotations.items():
        if not isinstance(value, str):
            raise Failure(
                400, f"json: cannot unmarshal into Go struct field of annotations: {name}"
            )
    if sum(len(n) + len(v) for n, v in annotations.items()) > _MAX_ANNOTATIONS:
        message = f"Too long: may not be more than {_MAX_ANNOTATIONS} bytes"
        return [("FieldValueTooLong", message, "metadata.annotations")]
    return []


def _taint_causes(taints: list[JsonObject]) -> list[Cause]:
    supported = ", ".join(f'"{effect}"' for effect in _EFFECTS)
    return [
        (
            "FieldValueNotSupported",
            f'Unsupported value: "{taint.get("effect", "")}": supported values: {supported}',
            f"metadata.taints[{at}].effect",
        )
        for at, taint in enumerate(taints)
        if taint.get("effect") not in _EFFECTS
    ]


def _workload_causes(spec: JsonObject) -> list[Cause]:
    selector = spec.get("selector")
    if not selector:
        return [("FieldValueRequired", "Required value", "spec.selector")]
    labels = spec["template"]["metadata"].get("labels") or {}
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(name) != value for name, value in wanted.items()):
        shown = "{" + ",".join(f'"{n}":"{v}"' for n, v in sorted(labels.items())) + "}"
        message = f"Invalid value: {shown}: `selector` does not match template `labels`"
        return [("FieldValueInvalid", message, "spec.template.metadata.labels")]
    return []
