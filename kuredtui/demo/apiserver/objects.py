"""From the body a client sent to the object that is stored: identity, defaults, generation.

What BeforeCreate and BeforeUpdate do in k8s.io/apiserver/pkg/registry/rest.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

import msgspec

from kuredtui.demo.apiserver.changes import validate_change
from kuredtui.demo.apiserver.defaults import PRIORITIES, apply_defaults
from kuredtui.demo.apiserver.failures import Failure, conflict, forbidden, invalid
from kuredtui.demo.apiserver.history import Entry
from kuredtui.demo.apiserver.resources import PODS, Resource
from kuredtui.demo.apiserver.validation import validate
from kuredtui.kube.json import JsonObject

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
_LONGEST_BASE = 63 - _SUFFIX_LENGTH
"""Of generated names (k8s.io/apiserver/pkg/storage/names)."""
_OWNED_BY_SERVER = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
_SECTIONS = ("metadata", "spec", "status")


def now() -> str:
    """The present time as the API writes it: UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_object(
    resource: Resource, sent: JsonObject, *, namespace: str, keep_identity: bool = False
) -> JsonObject:
    """The object to store for a create, without kind, apiVersion and resourceVersion.

    `keep_identity` is for seeding: uid, creationTimestamp and status stay as given.
    """
    body = _in_order(without_nulls(sent))
    metadata: JsonObject = body["metadata"]
    if metadata.get("resourceVersion") and not keep_identity:
        # What etcd's layer says, which no other layer translates.
        message = "resourceVersion should not be set on objects to be created"
        raise Failure(500, message, reason="")
    if resource.namespaced:
        require_namespace_of_url(metadata.setdefault("namespace", namespace), namespace)
    elif metadata.pop("namespace", ""):
        raise Failure(400, "namespace may not be set on an object of the whole cluster")
    if not metadata.get("name") and metadata.get("generateName"):
        suffix = "".join(random.choices(_SUFFIX_LETTERS, k=_SUFFIX_LENGTH))
        metadata["name"] = metadata["generateName"][:_LONGEST_BASE] + suffix
    metadata.pop("managedFields", None)
    if not keep_identity:
        for field in _OWNED_BY_SERVER:
            metadata.pop(field, None)
        if "status" in resource.subresources and not resource.status_on_create:
            body.pop("status", None)
    metadata.setdefault("uid", str(uuid.uuid4()))
    metadata.setdefault("creationTimestamp", now())
    if resource.has_generation:
        metadata["generation"] = 1
    apply_defaults(resource.plural, body)
    validate(resource, body)
    return body


def require_priority_class(pod: JsonObject) -> None:
    """Refuse a pod of a priority class that is not there."""
    wanted = pod["spec"].get("priorityClassName", "")
    if wanted and wanted not in PRIORITIES:
        why = f"no PriorityClass with name {wanted} was found"
        raise forbidden(PODS, pod["metadata"]["name"], why)


def require_namespace_of_url(named: str, namespace: str) -> None:
    """Refuse an object that names another namespace than its path."""
    if named and named != namespace:
        raise Failure(
            400,
            "the namespace of the provided object does not match the namespace sent on the request",
        )


def require_name_of_url(sent: JsonObject, name: str) -> None:
    """Refuse an object that has another name than its path."""
    named = (sent.get("metadata") or {}).get("name") or name
    if named != name:
        raise Failure(
            400, f"the name of the object ({named}) does not match the name on the URL ({name})"
        )


def updated_object(
    resource: Resource, entry: Entry, old: JsonObject, sent: JsonObject, *, subresource: str
) -> JsonObject | None:
    """The object to store for an update or a patch, None when nothing changes.

    `sent` is the whole object as the client wants it. A status write keeps the spec and another
    write the status. A resourceVersion that is not the stored one is a 409 `Failure`.
    """
    body = _in_order(sent)
    metadata: JsonObject = dict(body["metadata"])
    body["metadata"] = metadata
    former: JsonObject = old["metadata"]
    name = former["name"]
    _check_identity(resource, name, metadata, former)
    version = metadata.get("resourceVersion")
    if version and version != str(entry.version):
        raise conflict(resource, name)
    metadata.pop("managedFields", None)
    for field in (*_OWNED_BY_SERVER, "resourceVersion", "generation", "namespace", "generateName"):
        _keep(field, metadata, former)
    if "status" in resource.subresources:
        for section in _SECTIONS[1:]:
            if (section == "status") is not (subresource == "status"):
                _keep(section, body, old)
    apply_defaults(resource.plural, body)
    if body == old:
        return None
    if resource.has_generation and body.get("spec") != old.get("spec"):
        metadata["generation"] = former.get("generation", 0) + 1
    validate(resource, body, before=old)
    validate_change(resource, old, body)
    return body


def _check_identity(
    resource: Resource, name: str, metadata: JsonObject, former: JsonObject
) -> None:
    require_name_of_url({"metadata": metadata}, name)
    metadata["name"] = name
    uid = metadata.get("uid")
    if uid and uid != former["uid"]:
        raise Failure(
            409,
            f'Operation cannot be fulfilled on {resource.qualified} "{name}": Precondition failed: '
            f"UID in precondition: {uid}, UID in object meta: {former['uid']}",
            details={"name": name, "kind": resource.plural},
        )


def require_version(resource: Resource, sent: JsonObject) -> None:
    """Refuse a PUT without resourceVersion where the type does not allow overwriting."""
    metadata = sent.get("metadata") or {}
    if not resource.unconditional_update and not metadata.get("resourceVersion"):
        message = "Invalid value: 0: must be specified for an update"
        raise invalid(
            resource,
            metadata.get("name", ""),
            [("FieldValueInvalid", message, "metadata.resourceVersion")],
        )


def without_nulls(body: JsonObject) -> JsonObject:
    """A copy in which no member is null: Go's decoder takes null for absent."""
    raw = msgspec.json.encode(body)
    copy: JsonObject = msgspec.json.decode(raw)  # of large objects the quickest way to make one
    return _without_nulls(copy) if b"null" in raw else copy


def _without_nulls(body: JsonObject) -> JsonObject:
    return {name: _clean(value) for name, value in body.items() if value is not None}


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return _without_nulls(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def _in_order(sent: JsonObject) -> JsonObject:
    """A shallow copy without kind and apiVersion, metadata first, spec and status after it."""
    body: JsonObject = {"metadata": sent.get("metadata") or {}}
    if not isinstance(body["metadata"], dict):
        raise Failure(400, "json: cannot unmarshal metadata into Go value of type v1.ObjectMeta")
    for section in _SECTIONS[1:]:
        if section in sent:
            body[section] = sent[section]
    for name, value in sent.items():
        if name not in ("kind", "apiVersion") and name not in body:
            body[name] = value
    return body


def _keep(field: str, target: JsonObject, source: JsonObject) -> None:
    if field in source:
        target[field] = source[field]
    else:
        target.pop(field, None)
