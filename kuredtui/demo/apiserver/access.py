"""Who asks, and what they may: three users with simple rights, and others with rules as RBAC has them.

Names and messages follow a recorded server with RBAC.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from kuredtui.demo.apiserver.failures import Failure

READING = frozenset({"get", "list", "watch"})
_PUBLIC_PATHS = frozenset({"/healthz", "/livez", "/readyz", "/version"})
"""Open to everybody, as the ClusterRole system:public-info-viewer makes them."""
_DISCOVERY = re.compile(r"/(apis?|openapi)(/|$)")
"""Open to everybody authenticated, as the ClusterRole system:discovery makes them."""
_SELF_REVIEWS = frozenset(
    {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
)
"""Open to everybody authenticated, as the ClusterRole system:basic-user makes them."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is asked for, as an access review names it; "" is the core group, or no name."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    """Of a request that is for no resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule of a Role or ClusterRole allows (rbac.authorization.k8s.io/v1, PolicyRule)."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    """Such as `pods` and `pods/eviction`."""
    names: frozenset[str] = frozenset()
    """Of the objects; none: any."""
    namespace: str = ""
    """The Role's; "": everywhere."""

    def allows(self, asked: Attributes) -> bool:
        """Whether it does. What has no name yet, or means many objects, no rule with names allows."""
        return (
            asked.verb in self.verbs
            and asked.group in self.groups
            and _qualified(asked) in self.resources
            and (not self.names or asked.name in self.names)
            and self.namespace in ("", asked.namespace)
        )


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who asks, and the verbs they may use on everything."""

    name: str
    verbs: frozenset[str] = frozenset()
    """"*" allows all."""
    groups: tuple[str, ...] = ()
    uid: str = ""
    binding: str = ""
    """Why they may, in the words of RBAC; admins get no reason, as from system:masters."""
    denied: frozenset[str] = frozenset()
    """What they may not all the same, such as `create pods/eviction`."""
    rules: tuple[Rule, ...] = ()
    """What they may besides the verbs."""


ADMIN = User("admin", frozenset({"*"}), ("system:masters", "system:authenticated"), "uid-admin")
VIEWER = User(
    "viewer",
    READING,
    ("viewers", "system:authenticated"),
    "uid-viewer",
    'RBAC: allowed by ClusterRoleBinding "viewers" of ClusterRole "readonly" to User "viewer"',
)
ANONYMOUS = User("system:anonymous", groups=("system:unauthenticated",))


@dataclass(slots=True)
class Access:
    """Bearer tokens, made afresh for every server, and the users they belong to.

    A scenario takes rights away by putting another `User` behind a token.
    """

    admin_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    viewer_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    users: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.users |= {self.admin_token: ADMIN, self.viewer_token: VIEWER}

    def authenticate(self, headers: Mapping[str, str]) -> User:
        """The user behind the Authorization header; 401 `Failure` for an unknown token."""
        authorization = headers.get("Authorization", "")
        if not authorization:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        user = self.users.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise Failure(401, "Unauthorized")
        return user


def may(user: User, asked: Attributes) -> tuple[bool, str]:
    """Whether, and why in RBAC's words where it says."""
    if asked.path:
        if asked.verb == "get" and asked.path.rstrip("/") in _PUBLIC_PATHS:
            return True, ""
        if asked.verb == "get" and user is not ANONYMOUS and _DISCOVERY.match(asked.path):
            return True, ""
    elif asked.resource in _SELF_REVIEWS and asked.verb == "create" and user is not ANONYMOUS:
        return True, ""
    if f"{asked.verb} {_qualified(asked)}" in user.denied:
        return False, ""
    if "*" in user.verbs or asked.verb in user.verbs:
        return True, user.binding
    return (not asked.path and any(rule.allows(asked) for rule in user.rules)), ""


def _qualified(asked: Attributes) -> str:
    return f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource


def require(user: User, asked: Attributes) -> None:
    """Raise the 403 `Failure` of a real server unless the user may."""
    if may(user, asked)[0]:
        return
    if asked.path:
        raise Failure(
            403,
            f'forbidden: User "{user.name}" cannot {asked.verb} path "{asked.path}"',
            details={},
        )
    qualified = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    subject = f'{qualified} "{asked.name}"' if asked.name else qualified
    whole = _qualified(asked)
    scope = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    details = {"name": asked.name} if asked.name else {}
    if asked.group:
        details["group"] = asked.group
    details["kind"] = asked.resource
    raise Failure(
        403,
        f'{subject} is forbidden: User "{user.name}" cannot {asked.verb} resource "{whole}" '
        f'in API group "{asked.group}" {scope}',
        details=details,
    )
