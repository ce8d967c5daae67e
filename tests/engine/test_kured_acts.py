"""A kured that took its own lock on a node whose operation nobody has given back yet."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock_value import created_at
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import find_lock_place
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node
from tests.engine.conftest import entered, messages, reached, running_session
from tests.engine.facts import (
    Carrier,
    assert_as_found,
    held_up,
    hold_up,
    kureds_lock,
    write_kureds_lock,
)
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

OF_ITS_OWN = {"metadata": {"unschedulable": False}, "created": "2035-01-01T00:00:00Z", "TTL": 0}


async def look(cluster: TestCluster, name: str) -> Node:
    return await cluster.client.get(NODES, name)


async def set_lock(cluster: TestCluster, value: object | None) -> None:
    text = None if value is None else msgspec.json.encode(value).decode()
    await write_kureds_lock(cluster, text)


async def only(carrier: Carrier, holder: str) -> bool:
    """Whether nobody else holds the lock."""
    return await carrier.holders() == [holder]


@pytest.mark.embedded
async def test_a_kured_that_comes_at_the_last_moment_gets_the_cordon_back(
    cluster: TestCluster,
) -> None:
    """It takes a place in the lock between our last look at it and the uncordon."""
    name = cluster.node_names[0]
    carrier = Carrier(cluster=cluster, concurrency=3)
    await carrier.make()
    await hold_up(cluster, name)
    async with running_session(cluster, **carrier.options) as session:
        operation = session.start_drain(name)
        await held_up(operation)
        operation.cancel()
        await entered(operation, Phase.UNCORDONING)
        cluster.faults.answer(503, times=None, verb="patch", path=f"/api/v1/nodes/{name}")
        await eventually(lambda: any("again to uncordon" in said for said in messages(session)))
        kureds = msgspec.json.encode({"nodeID": name, **OF_ITS_OWN}).decode()
        await carrier.write((await carrier.text()).replace("]}", f",{kureds}]}}"))
        cluster.faults.heal()
        await eventually(lambda: any("cordoned again" in said for said in messages(session)))
        await eventually(lambda: any("waited for" in said for said in messages(session)))
        assert (await look(cluster, name)).spec.unschedulable
        await eventually(lambda: only(carrier, name))
        await carrier.write(None)
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


@pytest.mark.parametrize("left_cordoned", [False, True])
async def test_a_node_is_not_uncordoned_under_the_hands_of_its_kured(
    cluster: TestCluster, left_cordoned: bool
) -> None:
    name = cluster.node_names[0]
    before = await look(cluster, name)
    async with running_session(cluster) as first:
        await reached(first.start_reboot(name), Phase.RETURNING)

    async def given_back_by_kured() -> bool:
        node = await look(cluster, name)
        again = node.status.node_info.boot_id != before.status.node_info.boot_id
        return again and not node.spec.unschedulable and await kureds_lock(cluster) is None

    await eventually(given_back_by_kured, timeout=60)
    await set_lock(cluster, {"nodeID": name, **OF_ITS_OWN})  # as a kured with new work does
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})

    async with running_session(cluster, orphan_after=0.5) as second:
        await eventually(lambda: name in second.orphans(), timeout=30)
        operation = second.resume(name)
        await eventually(lambda: any("waited for" in said for said in messages(second)), timeout=30)
        assert (await look(cluster, name)).spec.unschedulable
        assert OPERATION_ANNOTATION in (await look(cluster, name)).metadata.annotations
        if not left_cordoned:
            await cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})
        await set_lock(cluster, None)
        assert await operation.ended() is Outcome.DONE
    after = await look(cluster, name)
    assert not after.spec.unschedulable
    assert OPERATION_ANNOTATION not in after.metadata.annotations


async def test_our_place_in_the_lock_is_given_up_to_a_kured_that_is_there_and_to_none_that_has_gone(
    cluster: TestCluster,
) -> None:
    """Else the node would be out of the lock with our cordon still on it."""
    name = cluster.node_names[0]
    carrier = Carrier(cluster=cluster, concurrency=3)
    await carrier.make()
    place = await find_lock_place(cluster.client, name, EngineOptions(**carrier.options))
    lock = NodeLock(
        cluster.client,
        place,
        node=name,
        created=created_at(cluster.client.now()),
        unschedulable=False,
        ttl=0,
        nodes=None,
    )
    await lock.take()
    alone = await carrier.text()
    assert not await lock.give_way()
    assert await carrier.text() == alone
    kureds = msgspec.json.encode({"nodeID": name, **OF_ITS_OWN}).decode()
    await carrier.write(alone.replace("]}", f",{kureds}]}}"))
    assert await lock.give_way()
    assert await carrier.holders() == [name]
