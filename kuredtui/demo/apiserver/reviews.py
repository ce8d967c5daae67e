"""Reviews a client makes of itself: may I, and who am I."""

from __future__ import annotations

import msgspec

from kuredtui.demo.apiserver.access import Attributes, Rule, User, may
from kuredtui.demo.apiserver.failures import Failure, invalid
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
RULES_REVIEWS = Resource(
    "authorization.k8s.io",
    "v1",
    "selfsubjectrulesreviews",
    "SelfSubjectRulesReview",
    namespaced=False,
)
SELF_REVIEWS = Resource(
    "authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False
)
_PATHS_OF_ALL = (
    ("/.well-known", "/.well-known/*"),
    ("/healthz", "/livez", "/readyz", "/version", "/version/"),
    (
        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
        "/readyz", "/version", "/version/",
    ),
)  # fmt: skip
_RESOURCE_FIELDS = ("namespace", "verb", "group", "version", "resource", "subresource", "name")


def answer_review(resource: Resource, user: User, sent: JsonObject) -> bytes:
    """The review with its status, encoded. A review without a question is a 422 `Failure`."""
    review: JsonObject = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}}
    if resource is SELF_REVIEWS:
        review["metadata"] = {"creationTimestamp": now()}
        review["status"] = {"userInfo": _user_info(user)}
    elif resource is RULES_REVIEWS:
        namespace = (sent.get("spec") or {}).get("namespace")
        if not namespace:
            raise Failure(400, "no namespace on request")
        review["spec"] = {}
        review["status"] = _rules_of(user, namespace)
    else:
        spec, asked = _question(sent.get("spec") or {})
        allowed, reason = may(user, asked)
        review["spec"] = spec
        review["status"] = {"allowed": allowed, **({"reason": reason} if reason else {})}
    return msgspec.json.encode(review)


def _rules_of(user: User, namespace: str) -> JsonObject:
    """What a user may do there, as the roles say it that everybody has, and their own."""
    resources: list[JsonObject] = [
        {
            "verbs": ["create"],
            "apiGroups": ["authorization.k8s.io"],
            "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        },
        {
            "verbs": ["create"],
            "apiGroups": ["authentication.k8s.io"],
            "resources": ["selfsubjectreviews"],
        },
    ]
    paths = [_may_get(*urls) for urls in _PATHS_OF_ALL]
    resources += [_rule(rule) for rule in user.rules if rule.namespace in ("", namespace)]
    if user.verbs:
        verbs = sorted(user.verbs)
        resources.append({"verbs": verbs, "apiGroups": ["*"], "resources": ["*"]})
        on_paths = [verb for verb in verbs if verb in ("get", "*")]
        paths.insert(1, {"verbs": on_paths, "nonResourceURLs": ["*"]})
    return {"resourceRules": resources, "nonResourceRules": paths, "incomplete": False}


def _rule(rule: Rule) -> JsonObject:
    names = {"resourceNames": sorted(rule.names)} if rule.names else {}
    return {
        "verbs": sorted(rule.verbs),
        "apiGroups": sorted(rule.groups),
        "resources": sorted(rule.resources),
        **names,
    }


def _may_get(*paths: str) -> JsonObject:
    return {"verbs": ["get"], "nonResourceURLs": list(paths)}


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
