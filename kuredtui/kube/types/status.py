"""What the server answers when it refuses."""

from __future__ import annotations

from msgspec import field

from kuredtui.kube.types.meta import Wire


class Cause(Wire, frozen=True):
    """One of the reasons of a Status, such as `DisruptionBudget`."""

    reason: str = ""
    message: str = ""
    field: str = ""


class StatusDetails(Wire, frozen=True):
    """What a Status is about."""

    name: str = ""
    group: str = ""
    kind: str = ""
    uid: str = ""
    causes: list[Cause] = field(default_factory=list)
    retry_after_seconds: int = 0


class Status(Wire, frozen=True):
    """What the API server answers instead of an object, mostly to say no."""

    status: str = ""
    code: int = 0
    reason: str = ""
    message: str = ""
    details: StatusDetails = field(default_factory=StatusDetails)
