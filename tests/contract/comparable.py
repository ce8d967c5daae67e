"""What may differ between two servers, taken out of a JSON value.

That is: times, managed fields, the wording of Go's own libraries, generated names, and what the
controllers and admission plugins of the recorded cluster wrote by themselves. Uids and
resourceVersions stay: `facts` judges them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.contract.transcripts import Json

_CONTROLLERS_LABELS = ("beta.kubernetes.io/os", "beta.kubernetes.io/arch")
_CONTROLLERS_ANNOTATIONS = ("node.alpha.kubernetes.io/ttl",)
_CONTROLLERS_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable")
_CONTROLLERS_FIELDS = ("podCIDR", "podCIDRs", "providerID")
"""Of a node's spec, where the controller manager allocates addresses."""
_TOKEN_VOLUME = "kube-api-access-"
"""Mounted by the ServiceAccount admission plugin; no service accounts here."""

_SENT_TIME = "2026-11-01T"
"""Times in requests; all others are the server's."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_WORDING = (
    (re.compile(r'User "[^"]*"'), 'User "*"'),
    (re.compile(r'ClusterRole(Binding)? "[^"]*"'), r'ClusterRole\1 "*"'),
    (re.compile(r"(resource version: \d+, current: )\d+"), r"\1<n>"),
    (re.compile(r"too old resource version: \d+ \(\d+\)"), "too old resource version: <n> (<n>)"),
    (re.compile(r"(ResourceVersion in (the precondition|record)) \(\d+\)"), r"\1 (<n>)"),
    # Go's JSON decoder and ours put what they did not understand differently.
    (re.compile(r"(continue key is not valid): .*"), r"\1"),
    (re.compile(r"invalid character .*"), "invalid character"),
)


def comparable(value: Json) -> Json:
    """A JSON value without what may differ."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, dict):
        return value
    found = {name: comparable(item) for name, item in value.items() if name != "managedFields"}
    if isinstance(found.get("metadata"), dict):
        _metadata(found["metadata"])
    match found.get("kind"):
        case "APIVersions":
            for address in found["serverAddressByClientCIDRs"]:
                address["serverAddress"] = "<address>"
        case "SelfSubjectReview":
            found["status"]["userInfo"]["username"] = "<name>"
        case "Status":
            _status(found)
        case "Table":
            _table(found)
    _spec(found.get("spec"))
    return found


def _text(text: str) -> str:
    if _TIME.fullmatch(text):
        return text if text.startswith(_SENT_TIME) else "<time>"
    for pattern, replacement in _WORDING:
        text = pattern.sub(replacement, text)
    return text


def _metadata(metadata: Json) -> None:
    if "continue" in metadata:
        metadata["continue"] = "<token>"
    if "generateName" in metadata and "name" in metadata:
        metadata["name"] = metadata["generateName"] + "<suffix>"
    for field, foreign in (
        ("labels", _CONTROLLERS_LABELS),
        ("annotations", _CONTROLLERS_ANNOTATIONS),
    ):
        if isinstance(metadata.get(field), dict):
            kept = {name: value for name, value in metadata[field].items() if name not in foreign}
            _replace(metadata, field, kept)


def _spec(spec: Json) -> None:
    if not isinstance(spec, dict):
        return
    for field in _CONTROLLERS_FIELDS:
        spec.pop(field, None)
    _leave_out(spec, "taints", lambda taint: taint["key"] in _CONTROLLERS_TAINTS)
    _leave_out(spec, "volumes", _is_token)
    for container in spec.get("containers", []):
        _leave_out(container, "volumeMounts", _is_token)


def _is_token(item: Json) -> bool:
    return bool(item["name"].startswith(_TOKEN_VOLUME))


def _leave_out(holder: Json, field: str, foreign: Callable[[Json], bool]) -> None:
    if field in holder:
        _replace(holder, field, [item for item in holder[field] if not foreign(item)])


def _replace(holder: Json, field: str, kept: Json) -> None:
    if kept:
        holder[field] = kept
    else:
        del holder[field]


def _status(status: Json) -> None:
    """Causes as a set: real servers run some validations more than once."""
    details = status.get("details") or {}
    if "causes" in details:
        unique = {tuple(sorted(cause.items())) for cause in details["causes"]}
        details["causes"] = sorted(unique)


def _table(table: Json) -> None:
    columns = table.get("columnDefinitions") or []
    for column in columns:
        column.pop("description", None)
    names = [column["name"] for column in columns]
    for row in table.get("rows", []):
        for at, name in enumerate(names):
            if name == "Age":
                row["cells"][at] = bool(re.fullmatch(r"(\d+[smhdy])+", row["cells"][at]))
