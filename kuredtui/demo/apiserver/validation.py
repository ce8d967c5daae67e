"""The few validations that clients rely on, with the causes a real server reports.

Source: k8s.io/kubernetes/pkg/apis/core/validation and k8s.io/apimachinery/pkg/util/validation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from kuredtui.demo.apiserver.failures import Cause, invalid
from kuredtui.demo.apiserver.pod_validation import pod_causes
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject
from kuredtui.kube.label_rules import SUBDOMAIN_RULE, is_subdomain, key_fault, value_fault

_MAX_ANNOTATIONS = 256 * 1024
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def validate(resource: Resource, body: JsonObject, *, before: JsonObject | None = None) -> None:
    """Raise the 422 `Failure` that lists every cause, if there is one.

    `before` is the object that is updated: a spec that stays as it is is not looked at again.
    """
    metadata = body["metadata"]
    causes = [
        *_name_causes(metadata.get("name", "")),
        *_label_causes(metadata.get("labels") or {}),
        *_annotation_causes(metadata.get("annotations") or {}),
    ]
    check = _CHECKS.get(resource.plural)
    if check is not None and (before is None or before.get("spec") != body.get("spec")):
        causes += check(body)
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
    return [
        ("FieldValueInvalid", message, "metadata.labels")
        for name, value in labels.items()
        for message in _label_faults(name, value)
    ]


@functools.lru_cache(maxsize=4096)  # the labels of nodes are many, and mostly the same
def _label_faults(name: str, value: str) -> list[str]:
    return [
        f'Invalid value: "{shown}": {rule}'
        for shown, rule in ((name, key_fault(name)), (value, value_fault(value)))
        if rule
    ]


def _annotation_causes(annotations: JsonObject) -> list[Cause]:
    # The rule of labels, but their case is free.
    causes = [
        ("FieldValueInvalid", f'Invalid value: "{name}": {fault}', "metadata.annotations")
        for name in annotations
        if (fault := _annotation_fault(name.lower()))
    ]
    if sum(len(n) + len(v) for n, v in annotations.items()) > _MAX_ANNOTATIONS:
        message = f"Too long: may not be more than {_MAX_ANNOTATIONS} bytes"
        causes.append(("FieldValueTooLong", message, "metadata.annotations"))
    return causes


@functools.lru_cache(maxsize=4096)
def _annotation_fault(name: str) -> str:
    return key_fault(name)


def _node_causes(node: JsonObject) -> list[Cause]:
    supported = ", ".join(f'"{effect}"' for effect in _EFFECTS)
    return [
        (
            "FieldValueNotSupported",
            f'Unsupported value: "{taint.get("effect", "")}": supported values: {supported}',
            f"metadata.taints[{at}].effect",
        )
        for at, taint in enumerate(node["spec"].get("taints") or [])
        if taint.get("effect") not in _EFFECTS
    ]


def _pod_causes(pod: JsonObject) -> list[Cause]:
    return pod_causes(pod["spec"])


def _workload_causes(workload: JsonObject) -> list[Cause]:
    spec = workload["spec"]
    template = spec["template"]
    causes = pod_causes(template["spec"], "spec.template.spec")
    if template["spec"]["restartPolicy"] in ("OnFailure", "Never"):
        value = template["spec"]["restartPolicy"]
        message = f'Unsupported value: "{value}": supported values: "Always"'
        causes.append(("FieldValueNotSupported", message, "spec.template.spec.restartPolicy"))
    selector = spec.get("selector")
    if not selector:
        return [*causes, ("FieldValueRequired", "Required value", "spec.selector")]
    labels = template["metadata"].get("labels") or {}
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(name) != value for name, value in wanted.items()):
        shown = "{" + ",".join(f'"{n}":"{v}"' for n, v in sorted(labels.items())) + "}"
        message = f"Invalid value: {shown}: `selector` does not match template `labels`"
        causes.append(("FieldValueInvalid", message, "spec.template.metadata.labels"))
    return causes


def _event_causes(event: JsonObject) -> list[Cause]:
    """An event is in its object's namespace, or in default if that has none."""
    about = event.get("involvedObject")
    if about is None or event["eventTime"] is not None:  # of the newer API, which asks otherwise
        return []
    namespace = about.get("namespace") or "default"
    if namespace == event["metadata"]["namespace"]:
        return []
    shown = about.get("namespace", "")
    message = f'Invalid value: "{shown}": does not match event.namespace'
    return [("FieldValueInvalid", message, "involvedObject.namespace")]


_CHECKS: dict[str, Callable[[JsonObject], list[Cause]]] = {
    "nodes": _node_causes,
    "pods": _pod_causes,
    "daemonsets": _workload_causes,
    "deployments": _workload_causes,
    "replicasets": _workload_causes,
    "events": _event_causes,
}
