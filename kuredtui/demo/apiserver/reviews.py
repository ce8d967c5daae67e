"""Reviews a client makes of itself: may I, and who am I."""

from __future__ import annotations

import msgspec

from kuredtui.demo.apiserver.access import Attributes, User, may
from kuredtui.demo.apiserver.failures import invalid
from kuredtui.demo.apiserver.objects import now
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

ACCESS_REVIEWS = Resource(
    "authorization.k8s.io",
    "v1",
    "selfsubjectaccessreviews",
    "SelfSubjectAccessReview",
    namespaced=False,
)
SELF_REVIEWS = Resource(
    "authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False
)
_RESOURCE_FIELDS = ("namespace", "verb", "group", "version", "resource", "subresource", "name")


def answer_review(resource: Resource, user: User, sent: JsonObject) -> bytes:
    """The review with its status, encoded. A review without a question is a 422 `Failure`."""
    review: JsonObject = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}}
    if resource is SELF_REVIEWS:
        review["metadata"] = {"creationTimestamp": now()}
        review["status"] = {"userInfo": _user_info(user)}
    else:
        spec, asked = _question(sent.get("spec") or {})
        allowed, reason = may(user, asked)
        review["spec"] = spec
        review["status"] = {"allowed": allowed, **({"reason": reason} if reason else {})}
    return msgspec.json.encode(review)


def _question(spec: JsonObject) -> tuple[JsonObject, Attributes]:
    """The spec as it is echoed, without empty fields, and what it asks."""
    resource: JsonObject | None = spec.get("resourceAttributes")
    path: JsonObject | None = spec.get("nonResourceAttributes")
    if (resource is None) == (path is None):
        message = (
            "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be "
            "specified"
        )
        cause = ("FieldValueInvalid", message, "spec.resourceAttributes")
        raise invalid(ACCESS_REVIEWS, "", [cause])
    if path is not None:
        found = {name: value for name, value in path.items() if value}
        asked = Attributes(found.get("verb", ""), path=found.get("path", "/"))
        return {"nonResourceAttributes": found}, asked
    found = {name: value for name, value in (resource or {}).items() if value}
    known = {name: found.get(name, "") for name in _RESOURCE_FIELDS if name != "version"}
    return {"resourceAttributes": found}, Attributes(**known)


def _user_info(user: User) -> JsonObject:
    info: JsonObject = {"username": user.name}
    if user.uid:
        info["uid"] = user.uid
    info["groups"] = list(user.groups)
    return info
