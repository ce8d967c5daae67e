"""The answers to questions about the server and ourselves."""

from __future__ import annotations

import msgspec

from kuredtui.kube.types import Wire


class Version(Wire, frozen=True):
    """What `/version` answers."""

    git_version: str = ""


class _UserInfo(Wire, frozen=True):
    username: str = ""


class _SelfSubjectReviewStatus(Wire, frozen=True):
    user_info: _UserInfo = msgspec.field(default_factory=_UserInfo)


class SelfSubjectReview(Wire, frozen=True):
    """Who we are."""

    status: _SelfSubjectReviewStatus = msgspec.field(default_factory=_SelfSubjectReviewStatus)


class _SelfSubjectAccessReviewStatus(Wire, frozen=True):
    allowed: bool = False


class SelfSubjectAccessReview(Wire, frozen=True):
    """What we may do."""

    status: _SelfSubjectAccessReviewStatus = msgspec.field(
        default_factory=_SelfSubjectAccessReviewStatus
    )


class _ServedResource(Wire, frozen=True):
    name: str = ""
    group: str = ""


class ServedResources(Wire, frozen=True):
    """What is served under a group and version."""

    resources: list[_ServedResource] = msgspec.field(default_factory=list)
