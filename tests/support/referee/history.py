"""What was seen: versions of objects, of all kinds in one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from kuredtui.kube.types import DaemonSet, Node, Pod

Watched: TypeAlias = Node | Pod | DaemonSet


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One version of one object.

    Attributes:
        version: its resourceVersion.
        object: as it was then, or as it last was when it is `deleted`.
        deleted: whether this is its end.
    """

    version: int
    object: Watched
    deleted: bool = False


@dataclass(kw_only=True)
class History:
    """All that was seen.

    Attributes:
        start: what there was at first.
        moments: what came then.
        blind: why something may be missing, each time.
    """

    start: list[Watched] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
