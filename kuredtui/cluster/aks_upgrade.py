"""Whether AKS is upgrading a node or its pool, as far as the cluster itself can tell.

What is certain comes from AKS's documentation ("Upgrade an AKS cluster", "View upgrade events",
"Undrainable node behavior"):

- Its upgrader reports events on Node objects, in the namespace `default`, with the source `upgrader`:
  `Surge` (Created a surge node ...), `Drain` (Draining node: ...), `Upgrade` (Deleting node ... from API
  server, Successfully reimaged node: ..., Successfully upgraded node: ...).
- It cordons a node before it drains it, reimages it, and lets it register anew; surge nodes are deleted in
  the end.
- A node it could not drain may be left cordoned with the label `kubernetes.azure.com/upgrade-status`.

What is not certain: an API server forgets events after an hour, so no event proves no upgrade; and a failed
upgrade ends without a word, which is why an event about a node that is neither cordoned nor away does not
count, and why one that does count holds a reboot up for an hour at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.node_event import happened_at
from kuredtui.cluster.other_hands import Hand
from kuredtui.cluster.policy import Fact
from kuredtui.kube.types import Event

EVENT_NAMESPACE = "default"
UPGRADER = "upgrader"

_LABEL_PREFIX = "kubernetes.azure.com/"
_STATUS_LABEL = f"{_LABEL_PREFIX}upgrade-status"
_QUARANTINED = "Quarantined"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def is_aks(node: NodeRecord) -> bool:
    """Whether AKS made the node: all its nodes carry labels of its own."""
    return any(label.startswith(_LABEL_PREFIX) for label in node.labels)


def quarantined(node: NodeRecord) -> Hand | None:
    """AKS's hand on a node that its upgrade gave up on; None without one."""
    if node.labels.get(_STATUS_LABEL) != _QUARANTINED:
        return None
    return Hand(
        reason=f"An AKS upgrade could not drain {node.name} and has quarantined it.",
        facts={"label": f"{_STATUS_LABEL}={_QUARANTINED}"},
    )


def upgrade_under_way(
    node: NodeRecord, last: Mapping[str, Event], find: Callable[[str], NodeRecord | None]
) -> Hand | None:
    """AKS's hand on a node or its pool, by the upgrader's events; None where none shows.

    Args:
        node: the node in question.
        last: what `unfinished` made of the events.
        find: the node of a name, if there is one.
    """
    if (own := last.get(node.name)) is not None and _at_work(node, own):
        if _is_surge(own):
            reason = f"{node.name} is a surge node of an AKS upgrade, which deletes it in the end."
        else:
            reason = f"AKS is upgrading {node.name} ({own.message})."
        return Hand(reason=reason, facts=_facts(own))
    for name, event in sorted(last.items()):
        other = find(name)
        if other is not None and other.pool == node.pool and _at_work(other, event):
            reason = f"AKS is upgrading the pool {node.pool} ({event.message})."
            return Hand(reason=reason, facts=_facts(event))
    return None


def unfinished(events: Iterable[Event]) -> dict[str, Event]:
    """The newest event about each node with which AKS may not be done; all are by the upgrader's one clock.

    Args:
        events: those of the source `upgrader`, in any order.
    """
    last: dict[str, Event] = {}
    for event in sorted(events, key=_time):
        source = event.source.component or event.reporting_component
        if event.involved_object.kind == "Node" and source == UPGRADER:
            last[event.involved_object.name] = event
    return {name: event for name, event in last.items() if not _finished(event)}


def _at_work(node: NodeRecord, last: Event) -> bool:
    """Whether AKS is at work on a node that exists, by the last that was heard of it."""
    return _is_surge(last) or node.cordoned or node.status != "Ready"


def _finished(event: Event) -> bool:
    if _is_surge(event):
        return not event.message.startswith("Created")
    return event.message.startswith("Successfully")


def _is_surge(event: Event) -> bool:
    return event.reason == "Surge"


def _time(event: Event) -> datetime:
    return happened_at(event) or _LONG_AGO


def _facts(event: Event) -> dict[str, Fact]:
    return {"event": f"{event.reason}: {event.message}", "at": _time(event).isoformat()}
