"""A cordon and an uncordon are told once: by who did it here, or else as seen on the node."""

from __future__ import annotations

from kuredtui.engine.phases import Outcome
from kuredtui.engine.session import Session
from kuredtui.kube.resources import NODES
from tests.engine.conftest import colleague, running_session
from tests.engine.facts import Carrier, held_up, hold_up, let_go
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

CORDONED, UNCORDONED = "The node was cordoned.", "The node was uncordoned."


def told(session: Session, name: str) -> list[str]:
    """What was said of the node's cordon, oldest first."""
    records = [record.message for record in session.progress.records() if record.node == name]
    return [said for said in records if "ordoned" in said]


async def seen(session: Session, name: str, *, cordoned: bool) -> None:
    """Return when the session has seen the node so, and without a journal."""

    def so() -> bool:
        node = session.store.get(name)
        return node is not None and node.cordoned is cordoned and node.operation is None

    await eventually(so, what=f"{name} seen, cordoned: {cordoned}")


async def set_cordon(cluster: TestCluster, name: str, cordoned: bool) -> None:
    """As kubectl does it."""
    change = {"spec": {"unschedulable": True if cordoned else None}}
    await cluster.client.patch(NODES, name, change)


async def test_of_a_reboot_the_operation_tells_both(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
        await seen(session, name, cordoned=False)
        assert told(session, name) == ["Cordoned.", "Uncordoned."]


async def test_by_hand_it_is_told_as_done_here(cluster: TestCluster, session: Session) -> None:
    name = cluster.node_names[0]
    assert await session.cordon(name)
    await seen(session, name, cordoned=True)
    assert await session.uncordon(name)
    await seen(session, name, cordoned=False)
    assert told(session, name) == ["Cordoned by hand.", "Uncordoned by hand."]


async def test_what_somebody_else_does_is_told_as_seen(
    cluster: TestCluster, session: Session
) -> None:
    name = cluster.node_names[0]
    assert await session.cordon(name)
    await seen(session, name, cordoned=True)
    await set_cordon(cluster, name, False)
    await seen(session, name, cordoned=False)
    await set_cordon(cluster, name, True)
    await seen(session, name, cordoned=True)
    await set_cordon(cluster, name, False)
    await seen(session, name, cordoned=False)
    assert told(session, name) == ["Cordoned by hand.", UNCORDONED, CORDONED, UNCORDONED]


async def test_an_uncordon_under_the_hands_of_an_operation_is_told(carrier: Carrier) -> None:
    cluster, name = carrier.cluster, carrier.cluster.node_names[0]
    await hold_up(cluster, name)
    async with running_session(cluster, **carrier.options) as session:
        operation = session.start_drain(name)
        await held_up(operation)
        await set_cordon(cluster, name, False)
        await eventually(lambda: UNCORDONED in told(session, name))
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
        await seen(session, name, cordoned=False)
        already = "The node is uncordoned already; a kured on it may have helped."
        assert told(session, name) == ["Cordoned.", UNCORDONED, already]
    await let_go(cluster)


async def test_the_operation_of_another_is_told_as_seen(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with (
        colleague(carrier) as watcher,
        running_session(carrier.cluster, **carrier.options) as session,
    ):
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
        await seen(watcher, name, cordoned=False)
        assert told(watcher, name) == [CORDONED, UNCORDONED]
