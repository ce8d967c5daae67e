"""What an update may not change.

Source: the ValidateXUpdate functions in kubernetes/pkg/apis/{core,apps}/validation and
ValidateObjectMetaUpdate in k8s.io/apimachinery.
"""

from __future__ import annotations

from kuredtui.demo.apiserver.failures import Cause, invalid
from kuredtui.demo.apiserver.resources import DAEMONSETS, DEPLOYMENTS, PODS, REPLICASETS, Resource
from kuredtui.kube.json import JsonObject

_SELECTING = (DAEMONSETS, DEPLOYMENTS, REPLICASETS)
_POD_RULE = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
    "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
    "to 1 if it was previously negative)"
)


def validate_change(resource: Resource, old: JsonObject, new: JsonObject) -> None:
    """Raise the 422 `Failure` that lists everything that had to stay as it was, if anything did."""
    causes = _finalizer_causes(old["metadata"], new["metadata"])
    if resource is PODS:
        causes += _pod_causes(old["spec"], new["spec"])
    elif resource in _SELECTING and old["spec"].get("selector") != new["spec"].get("selector"):
        causes.append(("FieldValueInvalid", "Invalid value: field is immutable", "spec.selector"))
    if causes:
        raise invalid(resource, new["metadata"]["name"], causes)


def _finalizer_causes(old: JsonObject, new: JsonObject) -> list[Cause]:
    added = sorted(set(new.get("finalizers") or []) - set(old.get("finalizers") or []))
    if not added or not old.get("deletionTimestamp"):
        return []
    shown = ", ".join(f'"{name}"' for name in added)
    message = (
        "Forbidden: no new finalizers can be added if the object is being deleted, found new "
        f"finalizers []string{{{shown}}}"
    )
    return [("FieldValueForbidden", message, "metadata.finalizers")]


def _pod_causes(old: JsonObject, new: JsonObject) -> list[Cause]:
    if old == new:
        return []
    causes: list[Cause] = []
    before, after = old.get("activeDeadlineSeconds"), new.get("activeDeadlineSeconds")
    if before is not None and (after is None or after > before):
        message = (
            "Invalid value: must be less than or equal to previous value"
            if after is not None
            else "Invalid value: must not update from a positive integer to nil value"
        )
        causes.append(("FieldValueInvalid", message, "spec.activeDeadlineSeconds"))
    tolerations = new.get("tolerations") or []
    kept = all(toleration in tolerations for toleration in old.get("tolerations") or [])
    if not kept or _fixed(old) != _fixed(new):
        causes.append(("FieldValueForbidden", _POD_RULE, "spec"))
    return causes


def _fixed(spec: JsonObject) -> JsonObject:
    """A pod's spec without what may change."""
    fixed = {
        name: value
        for name, value in spec.items()
        if name not in ("activeDeadlineSeconds", "tolerations")
    }
    for section in ("containers", "initContainers"):
        if section in fixed:
            fixed[section] = [{**container, "image": ""} for container in fixed[section]]
    return fixed
