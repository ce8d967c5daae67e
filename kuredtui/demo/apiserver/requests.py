"""What a request asks for: its path, verb and options, taken apart once."""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.demo.apiserver.resources import BY_PATH, NAMESPACES, Resource

_VERBS_NAMED = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_VERBS_COLLECTION = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a path below /api or /apis names, as authorization sees it.

    Kubernetes calls this the RequestInfo. `resource` is None for what is not served; `below` is what
    follows the subresource, as the path behind `proxy` does.
    """

    verb: str
    group: str
    version: str
    plural: str
    namespace: str
    name: str
    subresource: str
    below: str
    resource: Resource | None

    @property
    def key(self) -> str:
        """Of the object in its collection."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def parse_target(method: str, path: str, *, watch: bool) -> Target | None:
    """The object or collection a path names; None when the path names none (discovery, health)."""
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in NAMESPACES.subresources:
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = rest[0], *[*rest[1:3], "", ""][:2]
    if name:
        verb = _VERBS_NAMED.get(method, "create" if method == "POST" else method.lower())
        verb = "watch" if verb == "get" and watch else verb
    else:
        verb = _VERBS_COLLECTION.get(method, method.lower())
        verb = "watch" if verb == "list" and watch else verb
    return Target(
        verb,
        group,
        version,
        plural,
        namespace,
        name,
        subresource,
        "/".join(rest[3:]),
        BY_PATH.get((group, version, plural)),
    )


def is_true(value: str) -> bool:
    """A boolean query parameter, as Go's strconv.ParseBool reads it; empty is false."""
    return value in ("1", "t", "T", "true", "TRUE", "True")
