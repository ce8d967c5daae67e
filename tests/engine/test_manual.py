"""The reboot method `manual`: drained and handed over, then somebody reboots the machine, or does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube.resources import NODES
from tests.engine.conftest import colleague, messages, orphan, reached, running_session
from tests.engine.facts import (
    Carrier,
    assert_as_found,
    journal_of,
    node_of,
    reboot_by_hand,
    reboot_pods,
)
from tests.support.eventually import eventually
from tests.support.users import somebody

MANUAL = {"reboot_method": "manual"}


@asynccontextmanager
async def handed_over(
    carrier: Carrier, name: str, **changes: object
) -> AsyncIterator[tuple[Session, Operation]]:
    """A session, and its operation that waits for somebody to reboot the machine."""
    async with running_session(carrier.cluster, **carrier.options, **MANUAL, **changes) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        yield session, operation


async def boot_of(carrier: Carrier, name: str) -> str:
    return (await node_of(carrier.cluster, name)).status.node_info.boot_id


async def test_whoever_reboots_the_machine_its_new_boot_is_seen(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    boot = await boot_of(carrier, name)
    web = await carrier.cluster.create_pod("web", node=name)
    async with handed_over(carrier, name) as (session, operation):
        await eventually(lambda: operation.detail == "reboot it now, by hand")
        asked = "Reboot the machine now, by hand within 1m; its new boot is waited for."
        assert asked in messages(session)
        assert await carrier.holders() == [name]
        assert (await node_of(carrier.cluster, name)).spec.unschedulable
        assert web.metadata.uid not in {pod.metadata.uid for pod in await carrier.cluster.pods()}
        await reboot_by_hand(carrier.cluster, name)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)
    assert await boot_of(carrier, name) != boot


@pytest.mark.embedded
async def test_it_takes_no_right_to_create_pods(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with (
        somebody(carrier.cluster, denied=["create pods"]) as client,
        handed_over(carrier, name, client=client) as (session, operation),
    ):
        await eventually(lambda: session.user)
        assert not session.read_only
        await reboot_by_hand(carrier.cluster, name)
        assert await operation.ended() is Outcome.DONE
    assert await reboot_pods(carrier.cluster) == []


async def test_a_cancel_comes_too_late_once_the_machine_is_down(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await carrier.cluster.faults.set_boot(name, None)
    async with handed_over(carrier, name) as (session, operation):
        await reboot_by_hand(carrier.cluster, name)
        await eventually(lambda: operation.detail == "down", timeout=60)
        operation.cancel()
        await eventually(lambda: any("too late" in text for text in messages(session)))
        await carrier.cluster.faults.set_boot(name, 1)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)


async def test_uncordoned_by_somebody_it_must_not_be_rebooted_any_more(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    boot = await boot_of(carrier, name)
    async with handed_over(carrier, name) as (_, operation):
        await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})
        assert await operation.ended() is Outcome.FAILED, operation.error
        assert "uncordoned before anybody rebooted it" in operation.error
        assert "Do not reboot it now" in operation.error
    await assert_as_found(carrier, name)
    assert await boot_of(carrier, name) == boot


async def test_uncordoned_before_anybody_looked_it_must_not_be_rebooted_either(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with handed_over(carrier, name):
        pass
    await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})
    async with colleague(carrier) as session:
        await orphan(session, name)
        operation = session.resume(name)
        assert await operation.ended() is Outcome.FAILED, operation.error
        assert "uncordoned before anybody rebooted it" in operation.error
    await assert_as_found(carrier, name)


@pytest.mark.parametrize("meanwhile", ["before", "after"])
async def test_a_colleague_takes_over_the_waiting(carrier: Carrier, meanwhile: str) -> None:
    """The machine is rebooted before anybody has resumed, or after."""
    name = carrier.cluster.node_names[0]
    boot = await boot_of(carrier, name)
    async with handed_over(carrier, name) as (_, operation):
        pass
    assert operation.outcome is Outcome.LEFT
    if meanwhile == "before":
        await reboot_by_hand(carrier.cluster, name)

        async def rebooted() -> bool:
            return await boot_of(carrier, name) != boot

        await eventually(rebooted, timeout=60)
    async with colleague(carrier) as session:  # whose own method is another one
        await orphan(session, name)
        resumed = session.resume(name)
        if meanwhile == "after":
            await reached(resumed, Phase.RETURNING)
            await reboot_by_hand(carrier.cluster, name)
        assert await resumed.ended() is Outcome.DONE
    assert Phase.DRAINING not in {record.phase for record in session.progress.records()}
    await assert_as_found(carrier, name)


async def test_rolled_back_by_a_colleague_nobody_has_to_reboot_it(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with handed_over(carrier, name):
        pass
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


async def given_up(carrier: Carrier, name: str) -> None:
    """An operation that waited for its machine for too long."""
    async with handed_over(carrier, name, reboot_timeout=0.5) as (_, operation):
        assert await operation.ended() is Outcome.STRANDED
        assert "It never went down" in operation.error
        assert "when somebody can reboot the machine" in operation.error
    journal = await journal_of(carrier.cluster, name)
    assert journal is not None
    assert journal.failed == operation.error
    assert await carrier.holders() == [name]
    assert (await node_of(carrier.cluster, name)).spec.unschedulable


async def test_nobody_came_and_who_waited_may_roll_it_back_at_once(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with handed_over(carrier, name, reboot_timeout=1.0) as (session, operation):
        assert await operation.ended() is Outcome.STRANDED
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


async def test_nobody_came_and_the_next_one_waits_anew(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await given_up(carrier, name)
    async with colleague(carrier) as session:
        await orphan(session, name)
        # For as long as the first one did: its settings are in the journal.
        assert await session.resume(name).ended() is Outcome.STRANDED
        assert any("Reboot the machine now, by hand" in text for text in messages(session))
    assert await carrier.holders() == [name]
    assert (await node_of(carrier.cluster, name)).spec.unschedulable


async def test_nobody_came_and_it_is_rolled_back(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await given_up(carrier, name)
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


async def test_somebody_came_late_and_it_is_brought_to_its_end(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    boot = await boot_of(carrier, name)
    await given_up(carrier, name)
    await reboot_by_hand(carrier.cluster, name)

    async def back() -> bool:
        node = await node_of(carrier.cluster, name)
        ready = any(c.type == "Ready" and c.status == "True" for c in node.status.conditions)
        return ready and node.status.node_info.boot_id != boot

    await eventually(back, timeout=60)
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.resume(name).ended() is Outcome.DONE
    await assert_as_found(carrier, name)
