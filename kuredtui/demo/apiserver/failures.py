"""Refusals in the words of a real API server.

Every failure a client can see is a `Status` body with a code, a reason, details and a message. The
constructors here keep the wording in one place; it follows k8s.io/apimachinery/pkg/api/errors and
what a recorded server answered.
"""

from __future__ import annotations

import msgspec

from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}

Cause = tuple[str, str, str]
"""Of an invalid object: reason, message, field."""


class Failure(Exception):
    """A request that ends in a `Status` of kind Failure.

    `details` is left out of the body when it is None; an empty one is sent as `{}`, as a real
    server does where its generic error handling wrote the answer.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        reason: str | None = None,
        details: JsonObject | None = None,
        metadata: JsonObject | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = REASONS.get(code, "") if reason is None else reason
        self.details = details
        self.metadata = metadata or {}
        self.retry_after = retry_after

    def status(self) -> JsonObject:
        """The `Status` object a client reads."""
        status: JsonObject = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        details = self.details
        if self.retry_after is not None:
            details = {**(details or {}), "retryAfterSeconds": self.retry_after}
        if details is not None:
            status["details"] = details
        status["code"] = self.code
        return status

    def encoded(self) -> bytes:
        """The `Status` as JSON."""
        return msgspec.json.encode(self.status())


def details(resource: Resource, name: str = "", **more: object) -> JsonObject:
    """StatusDetails of an object of this resource; empty fields are left out."""
    found: JsonObject = {}
    if name:
        found["name"] = name
    if resource.group:
        found["group"] = resource.group
    found["kind"] = resource.plural
    found.update(more)
    return found


def not_found(resource: Resource, name: str) -> Failure:
    """The object does not exist."""
    return Failure(404, f'{resource.qualified} "{name}" not found', details=details(resource, name))


def already_exists(resource: Resource, name: str) -> Failure:
    """A create met an object of that name."""
    return Failure(
        409,
        f'{resource.qualified} "{name}" already exists',
        reason="AlreadyExists",
        details=details(resource, name),
    )


def conflict(resource: Resource, name: str) -> Failure:
    """A write named a resourceVersion which is no longer the object's."""
    return Failure(
        409,
        f'Operation cannot be fulfilled on {resource.qualified} "{name}": the object has been '
        "modified; please apply your changes to the latest version and try again",
        details=details(resource, name),
    )


def precondition_failed(resource: Resource, name: str, message: str) -> Failure:
    """A delete's preconditions do not hold. The details carry the kind, not the plural."""
    qualified = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    found = details(resource, name)
    found["kind"] = resource.kind
    return Failure(
        409,
        f'Operation cannot be fulfilled on {qualified} "{name}": {message}',
        details=found,
    )


def invalid(resource: Resource, name: str, causes: list[Cause]) -> Failure:
    """Validation failed."""
    found = details(resource, name)
    found["kind"] = resource.kind
    return _invalid(found, causes)


def invalid_options(kind: str, causes: list[Cause]) -> Failure:
    """The parameters of a request say something impossible, such as a dry run of a part."""
    return _invalid({"group": "meta.k8s.io", "kind": kind}, causes)


def invalid_patch(patch: str, why: str) -> Failure:
    """What a patch makes of an object is none; of no kind in particular, as a real server has it."""
    cause = (
        "FieldValueInvalid",
        f"Invalid value: {msgspec.json.encode(patch).decode()}: {why}",
        "patch",
    )
    return _invalid({}, [cause])


def unsupported_media_type() -> Failure:
    """A body in a format that is not read here."""
    return Failure(415, "415: Unsupported Media Type", details={})


def _invalid(found: JsonObject, causes: list[Cause]) -> Failure:
    kind = found.get("kind", "")
    qualified = f"{kind}.{found['group']}" if "group" in found else kind
    listed = [f"{field}: {message}" for _, message, field in dict.fromkeys(causes)]
    text = listed[0] if len(listed) == 1 else "[" + ", ".join(listed) + "]"
    found["causes"] = [
        {"reason": reason, "message": message, "field": field} for reason, message, field in causes
    ]
    return Failure(422, f'{qualified} "{found.get("name", "")}" is invalid: {text}', details=found)


def forbidden(resource: Resource, name: str, why: str) -> Failure:
    """An admission plugin is against it."""
    return Failure(
        403, f'{resource.qualified} "{name}" is forbidden: {why}', details=details(resource, name)
    )


def namespace_terminating(resource: Resource, name: str, namespace: str) -> Failure:
    """A create (an eviction is one) in a namespace that is going away."""
    cause = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {namespace} is being terminated",
        "field": "metadata.namespace",
    }
    return Failure(
        403,
        f'{resource.qualified} "{name}" is forbidden: unable to create new content in namespace '
        f"{namespace} because it is being terminated",
        details=details(resource, name, causes=[cause]),
    )


def method_not_allowed() -> Failure:
    """The path exists, the method does not."""
    return Failure(
        405, "the server does not allow this method on the requested resource", details={}
    )


def rejected_patch() -> Failure:
    """A JSON patch that does not apply: a test that fails, a path that is not there."""
    return Failure(
        422, "the server rejected our request due to an error in our request", details={}
    )


def continue_expired(token: str) -> Failure:
    """The snapshot a continue token names is gone; `token` continues without consistency."""
    return Failure(
        410,
        "The provided continue parameter is too old to display a consistent list result. You can "
        "start a new list without the continue parameter, or use the continue token in this "
        "response to retrieve the remainder of the results. Continuing with the provided token "
        "results in an inconsistent list - objects that were created, modified, or deleted "
        "between the time the first chunk was returned and now may show up in the list.",
        metadata={"continue": token},
    )


def list_expired() -> Failure:
    """A list asked for exactly a version of which the history is gone."""
    return Failure(410, "The resourceVersion for the provided list is too old.")


def watch_expired(version: int, floor: int) -> Failure:
    """A watch asked to start before the history does; sent inside the stream."""
    return Failure(410, f"too old resource version: {version} ({floor})")


def version_too_large(version: int, current: int) -> Failure:
    """A list asked for a version the server has not reached."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return Failure(
        504,
        f"Timeout: Too large resource version: {version}, current: {current}",
        details={"causes": [cause]},
        retry_after=1,
    )
