"""What the upgrader's events say of a node and its pool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kuredtui.cluster.aks_upgrade import is_aks, quarantined, unfinished, upgrade_under_way
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.other_hands import Hand
from kuredtui.kube.types import Event, EventSource, ObjectReference
from tests.support.nodes import node_record

BEGIN = datetime(2026, 11, 24, 22, tzinfo=UTC)


def aks_node(
    number: int, *, pool: str = "user", cordoned: bool = False, ready: bool = True
) -> NodeRecord:
    name = f"aks-{pool}-12345678-vmss{number:06}"
    return node_record(
        name, labels={"kubernetes.azure.com/agentpool": pool}, cordoned=cordoned, ready=ready
    )


def event(
    node: NodeRecord, reason: str, message: str, *, minute: int = 0, source: str = "upgrader"
) -> Event:
    return Event(
        involved_object=ObjectReference(kind="Node", name=node.name),
        reason=reason,
        message=message.replace("X", node.name),
        source=EventSource(component=source),
        last_timestamp=BEGIN + timedelta(minutes=minute),
    )


def found(node: NodeRecord, *events: Event, others: tuple[NodeRecord, ...] = ()) -> Hand | None:
    nodes = {item.name: item for item in (node, *others)}
    return upgrade_under_way(node, unfinished(events), nodes.get)


def test_a_node_that_is_drained_waits() -> None:
    node = aks_node(0, cordoned=True)
    hand = found(node, event(node, "Drain", "Draining node: X"))
    assert hand is not None
    assert hand.reason == f"AKS is upgrading {node.name} (Draining node: {node.name})."
    assert hand.facts["at"] == BEGIN.isoformat()


def test_the_last_event_counts_in_whatever_order_they_are_listed() -> None:
    node = aks_node(0, cordoned=True)
    done = event(node, "Upgrade", "Successfully upgraded node: X", minute=5)
    drain = event(node, "Drain", "Draining node: X", minute=1)
    assert found(node, done, drain) is None
    assert found(node, drain, done) is None


def test_a_node_that_registers_anew_waits_until_it_is_said_to_be_upgraded() -> None:
    node = aks_node(0, ready=False)
    gone = event(node, "Upgrade", "Deleting node X from API server", minute=2)
    assert found(node, gone) is not None


def test_an_upgrade_that_let_go_of_the_node_without_a_word_is_over() -> None:
    node = aks_node(0)
    assert found(node, event(node, "Drain", "Draining node: X")) is None


def test_a_surge_node_waits_for_its_end() -> None:
    node = aks_node(5)
    hand = found(node, event(node, "Surge", "Created a surge node X for agentpool user"))
    assert hand is not None
    assert "surge node" in hand.reason


def test_a_node_of_the_same_pool_waits() -> None:
    node, surge = aks_node(0), aks_node(5)
    created = event(surge, "Surge", "Created a surge node X for agentpool user")
    hand = found(node, created, others=(surge,))
    assert hand is not None
    assert "pool user" in hand.reason


def test_a_surge_node_that_is_gone_tells_nothing() -> None:
    node, surge = aks_node(0), aks_node(5)
    created = event(surge, "Surge", "Created a surge node X for agentpool user")
    assert found(node, created) is None


def test_another_pool_does_not_wait() -> None:
    node, other = aks_node(0), aks_node(0, pool="system", cordoned=True)
    assert found(node, event(other, "Drain", "Draining node: X"), others=(other,)) is None


def test_events_of_others_do_not_count() -> None:
    node = aks_node(0, cordoned=True)
    assert found(node, event(node, "Drain", "Draining node: X", source="kubectl")) is None


def test_a_quarantined_node_waits() -> None:
    node = node_record(labels={"kubernetes.azure.com/upgrade-status": "Quarantined"})
    hand = quarantined(node)
    assert hand is not None
    assert "quarantined" in hand.reason
    assert quarantined(aks_node(0)) is None


def test_only_nodes_of_aks_carry_its_labels() -> None:
    assert is_aks(aks_node(0))
    assert not is_aks(node_record(labels={"agentpool": "user"}))
