"""When two answers are the same: everything a client could rely on is equal.

What may differ is made equal first: identities, times, versions, names of users, managed fields,
the wording of Go's own libraries, and what controllers and admission of the recorded cluster wrote
into nodes and pods by themselves.
"""

from __future__ import annotations

import re

from tests.contract.transcripts import Answer, Json, Step

_CONTROLLERS_LABELS = ("beta.kubernetes.io/os", "beta.kubernetes.io/arch")
_CONTROLLERS_ANNOTATIONS = ("node.alpha.kubernetes.io/ttl",)
_CONTROLLERS_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable")
_TOKEN_VOLUME = "kube-api-access-"
"""Mounted by the ServiceAccount admission plugin; no service accounts here."""
_IDENTITY = ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "continue")

_SENT_TIME = "2026-11-01T"
"""Times in requests; all others are the server's."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_WORDING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r'User "[^"]*"'), 'User "*"'),
    (re.compile(r'ClusterRole(Binding)? "[^"]*"'), r'ClusterRole\1 "*"'),
    (re.compile(r"(resource version: \d+,? ?\(?)(current: )?\d+"), r"\1\2<n>"),
    (re.compile(r"too old resource version: \d+"), "too old resource version: <n>"),
    (re.compile(r"(ResourceVersion in (the precondition|record)) \(\d+\)"), r"\1 (<n>)"),
    # Go's JSON decoder and ours put what they did not understand differently.
    (re.compile(r"(continue key is not valid): .*"), r"\1"),
    (re.compile(r"invalid character .*"), "invalid character"),
)


def headers(answer: Answer) -> dict[str, str]:
    """The headers that matter."""
    return {n: answer.headers[n] for n in ("content-type", "retry-after") if n in answer.headers}


def body(step: Step, answer: Answer) -> Json:
    """The body, made comparable."""
    path = step.request.path
    found = answer.body
    if path == "/version":
        return {"major": found["major"], "minor": found["minor"], "fields": sorted(found)}
    if path == "/api":
        return {**found, "serverAddressByClientCIDRs": len(found["serverAddressByClientCIDRs"])}
    if isinstance(found, dict) and found.get("kind") == "SelfSubjectReview":
        return _self_review(found)
    return comparable(found)


def discovered(answer: Answer) -> dict[str, Json] | None:
    """The records of a discovery document by name, None for any other answer."""
    kind = answer.body.get("kind") if isinstance(answer.body, dict) else None
    if kind == "APIGroupList":
        return {group["name"]: group for group in answer.body["groups"]}
    if kind == "APIResourceList":
        return {
            resource["name"]: {n: v for n, v in resource.items() if n != "storageVersionHash"}
            for resource in answer.body["resources"]
        }
    return None


def comparable(value: Json) -> Json:
    """A JSON value without what may differ."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, dict):
        return value
    found = {name: comparable(item) for name, item in value.items() if name != "managedFields"}
    if isinstance(value.get("metadata"), dict):
        found["metadata"] = _metadata(value["metadata"])
    match value.get("kind"):
        case "Status":
            _status(found)
        case "Table":
            _table(found)
    for section in ("items", "rows"):
        if isinstance(value.get(section), list):
            found[section] = [_object(item) for item in found[section]]
    return _object(found)


def _object(found: Json) -> Json:
    spec = found.get("spec") if isinstance(found, dict) else None
    if isinstance(spec, dict):
        for field, foreign in (
            ("taints", lambda item: item.get("key") in _CONTROLLERS_TAINTS),
            ("volumes", lambda item: item.get("name", "").startswith(_TOKEN_VOLUME)),
        ):
            _without(spec, field, foreign)
        for container in spec.get("containers", []):
            _without(
                container,
                "volumeMounts",
                lambda item: item.get("name", "").startswith(_TOKEN_VOLUME),
            )
    status = found.get("status") if isinstance(found, dict) else None
    if isinstance(status, dict) and "currentNumberScheduled" in status:
        status.pop("observedGeneration", None)
    return found


def _without(holder: Json, field: str, foreign: Json) -> None:
    if field in holder:
        holder[field] = [item for item in holder[field] if not foreign(item)]
        if not holder[field]:
            del holder[field]


def _metadata(metadata: Json) -> Json:
    found = comparable({n: v for n, v in metadata.items() if n != "metadata"})
    for name in _IDENTITY:
        if name in found:
            found[name] = f"<{name}>"
    if "generateName" in found and "name" in found:
        found["name"] = found["generateName"] + "<suffix>"
    for name, foreign in (
        ("labels", _CONTROLLERS_LABELS),
        ("annotations", _CONTROLLERS_ANNOTATIONS),
    ):
        kept = {n: v for n, v in found.get(name, {}).items() if n not in foreign}
        if kept:
            found[name] = kept
        else:
            found.pop(name, None)
    return found


def _text(text: str) -> str:
    if _TIME.fullmatch(text):
        return text if text.startswith(_SENT_TIME) else "<time>"
    for pattern, replacement in _WORDING:
        text = pattern.sub(replacement, text)
    return text


def _status(found: Json) -> None:
    """Causes as a set: real servers run some validations more than once."""
    details = found.get("details")
    if isinstance(details, dict):
        if "uid" in details:
            details["uid"] = "<uid>"
        if "causes" in details:
            unique = {tuple(sorted(cause.items())) for cause in details["causes"]}
            details["causes"] = sorted(unique)


def _table(found: Json) -> None:
    columns = found.get("columnDefinitions") or []
    for column in columns:
        column.pop("description", None)
    names = [column["name"] for column in columns]
    for row in found.get("rows", []):
        for at, name in enumerate(names):
            if name == "Age":
                row["cells"][at] = bool(re.fullmatch(r"(\d+[smhdy])+", row["cells"][at]))


def _self_review(found: Json) -> Json:
    user = found["status"]["userInfo"]
    return {
        "metadata": sorted(found["metadata"]),
        "fields": sorted(n for n in user if n != "extra"),
        "authenticated": "system:authenticated" in user["groups"],
    }
