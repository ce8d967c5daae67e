"""The gate: in a read-only session nothing that changes the cluster leaves this process (DESIGN
4.6).

The client calls `check` at the one place where requests leave, with the very method and path that
will be sent. The rule is an allow-list: a request that is not known to be harmless is refused, so a
subresource that Kubernetes gains tomorrow is refused too. GET alone is no promise: exec, attach and
port-forward are GETs when they come as WebSockets, and a GET through `nodes/.../proxy` can run
commands on a kubelet.

What may pass: GET of a collection, of an object, or of one of the subresources below; GET of the
server's own pages (version, health, discovery); a pod's `/metrics` through its proxy; and the
self-subject reviews, which are POSTs that store nothing (they ask "who am I" and "may I").
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from kuredtui.kube.errors import ReadOnlyError

_SELF_REVIEWS = frozenset(
    {
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    }
)
_SERVER_PAGES = frozenset({"/version", "/healthz", "/livez", "/readyz", "/api", "/apis"})
_READABLE_SUBRESOURCES = frozenset({"status", "scale", "log"})

_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9._~:-]+")
_OLD_VERBS = frozenset({"proxy", "redirect", "watch"})  # prefixes of servers before 1.10


def check(method: str, path: str, *, query: str = "") -> None:
    """Let the request pass, or refuse it.

    Args:
        method: the HTTP method as it will be sent.
        path: the path as it will be sent, encoded, without the query.
        query: the query as it will be sent, encoded, without the `?`.

    Raises:
        ReadOnlyError: the request is not known to be harmless.
    """
    if not harmless(method, path, query):
        raise ReadOnlyError(
            f"This session is read-only, so {method} {path} was not sent. "
            "Start without --read-only, and with the rights to do it, to make changes."
        )


def harmless(method: str, path: str, query: str) -> bool:
    """Whether the request is known to change nothing; arguments as for `check`."""
    if method == "POST":
        return path in _SELF_REVIEWS
    if method != "GET":
        return False
    if path in _SERVER_PAGES:
        return True
    return _harmless_to_get(path, query)


def _harmless_to_get(path: str, query: str) -> bool:
    if not path.startswith("/"):
        return False
    segments = [unquote(segment) for segment in path[1:].split("/")]
    if not all(_PLAIN_SEGMENT.fullmatch(segment) for segment in segments):
        return False  # empty ones, and whatever an encoding hides: slashes, percent signs, spaces
    if not {".", ".."}.isdisjoint(segments):
        return False
    match segments:
        case ["api", _] | ["apis", _] | ["apis", _, _]:
            return True  # discovery
        case ["api", _, *rest] | ["apis", _, _, *rest]:
            return _harmless_below_version(rest, query)
        case _:
            return False


def _harmless_below_version(rest: list[str], query: str) -> bool:
    """Judge what follows `/api/v1/` or `/apis/GROUP/VERSION/`."""
    if len(rest) >= 3 and rest[0] == "namespaces" and rest[2] not in _READABLE_SUBRESOURCES:
        rest = rest[2:]  # /namespaces/NS/PLURAL...
    if rest[0] in _OLD_VERBS:
        return False
    match rest:
        case [_] | [_, _]:
            return True
        case ["pods", _, "proxy", "metrics"]:
            return query == ""
        case [_, _, subresource]:
            return subresource in _READABLE_SUBRESOURCES
        case _:
            return False
