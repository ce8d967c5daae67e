"""The parameter fieldValidation: what becomes of fields that nobody knows.

Source: "Field validation" in the documentation of the API, and transformDecodeError and the patchers
in k8s.io/apiserver/pkg/endpoints/handlers.
"""

from __future__ import annotations

import msgspec

from kuredtui.demo.apiserver.calls import Call
from kuredtui.demo.apiserver.failures import Failure, invalid_options, invalid_patch
from kuredtui.demo.apiserver.typed import TypeMismatch, read_typed
from kuredtui.kube.json import JsonObject

_DIRECTIVES = ("Ignore", "Strict", "Warn")


class _Unreadable(ValueError):
    """Why a body is not what its type says."""


def typed_body(call: Call, sent: JsonObject) -> tuple[JsonObject, list[str]]:
    """A created or replaced object without unknown fields; and warnings about them.

    What cannot be read, or not under fieldValidation=Strict, is a 400 `Failure`.
    """
    try:
        return _typed(call, sent)
    except _Unreadable as error:
        kind, version = call.resource.kind, call.resource.version
        raise Failure(
            400, f'{kind} in version "{version}" cannot be handled as a {kind}: {error}'
        ) from error


def typed_patch(call: Call, patch: JsonObject) -> tuple[JsonObject, list[str]]:
    """The same for a merge patch, and for what a JSON patch results in; here it is a 422."""
    try:
        return _typed(call, patch)
    except _Unreadable as error:
        raise invalid_patch(msgspec.json.encode(patch).decode(), str(error)) from error


def _typed(call: Call, sent: JsonObject) -> tuple[JsonObject, list[str]]:
    directive = call.query.get("fieldValidation") or "Warn"
    if directive not in _DIRECTIVES:
        supported = ", ".join(f'"{known}"' for known in ("", *_DIRECTIVES))
        message = f'Unsupported value: "{directive}": supported values: {supported}'
        kind = f"{call.target.verb.capitalize()}Options"
        raise invalid_options(kind, [("FieldValueNotSupported", message, "fieldValidation")])
    try:
        body, unknown = read_typed(call.resource, sent)
    except TypeMismatch as error:
        raise _Unreadable(str(error)) from error
    faults = [f'unknown field "{path}"' for path in unknown]
    if faults and directive == "Strict":
        raise _Unreadable(f"strict decoding error: {', '.join(faults)}")
    return body, faults if directive == "Warn" else []
