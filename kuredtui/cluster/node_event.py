"""An event about a node, as one reads it: the old API's fields and the newer one's brought together.

Events of core/v1 and of events.k8s.io/v1 are the same objects. Which fields say when, how often and who
depends on the library that wrote them; the rules here are those of `kubectl describe` (k8s.io/kubectl,
pkg/describe, DescribeEvents).
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from kuredtui.cluster.operation_event import LONGEST_MESSAGE
from kuredtui.kube.types import Event

# How a kubelet tells that its machine has booted (kubernetes/pkg/kubelet/nodestatus/setters.go).
_REBOOTED = re.compile(r"Node \S+ has been rebooted, boot id: (?P<boot_id>\S+)")
_REBOOTED_REASON = "Rebooted"
# Characters of a reason, as events.k8s.io/v1 allows them.
_LONGEST_REASON = 128


class NodeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody reported about a node; texts longer than newer events may be are cut.

    Attributes:
        type: `Normal` or `Warning`.
        reason: why, in one word.
        message: what.
        source: which component reports it.
        count: how often it happened.
        first, last: when it first and last did, by the component's clock; None where it does not say.
        node_uid: of the node object, or the node's name, which kubelets write in its place.
    """

    type: str
    reason: str
    message: str
    source: str
    count: int
    first: datetime | None
    last: datetime | None
    node_uid: str = ""

    @property
    def booted(self) -> str:
        """The ID of the boot that a kubelet reports by it; "" of any other event."""
        found = _REBOOTED.fullmatch(self.message) if self.reason == _REBOOTED_REASON else None
        return found["boot_id"] if found else ""


def node_event(event: Event) -> NodeEvent:
    """The record of an event object."""
    count = event.series.count if event.series else event.count
    return NodeEvent(
        type=_cut(event.type, _LONGEST_REASON),
        reason=_cut(event.reason, _LONGEST_REASON),
        message=_cut(event.message, LONGEST_MESSAGE),
        source=_cut(event.source.component or event.reporting_component, _LONGEST_REASON),
        count=max(1, count),
        first=event.first_timestamp or event.event_time or event.metadata.creation_timestamp,
        last=happened_at(event),
        node_uid=event.involved_object.uid,
    )


def _cut(text: str, longest: int) -> str:
    """core/v1 has no limits: a megabyte from somebody else would be wrapped anew each second."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def happened_at(event: Event) -> datetime | None:
    """When it happened last; None where nothing says."""
    repeated = event.series.last_observed_time if event.series else None
    return (
        repeated
        or event.last_timestamp
        or event.event_time
        or event.first_timestamp
        or event.metadata.creation_timestamp
    )
