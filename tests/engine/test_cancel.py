"""Cancelling in every phase: the node is left as it was found, or brought back (DESIGN 4.7)."""

from __future__ import annotations

import asyncio

import pytest

from kuredtui.engine.phases import Outcome, Phase
from tests.engine.conftest import messages, reached, running_session
from tests.engine.facts import (
    UNOBTAINABLE,
    Carrier,
    assert_as_found,
    hold_up,
    journal_of,
    node_of,
    reboot_pods,
)
from tests.support.eventually import eventually


async def boot_of(carrier: Carrier, name: str) -> str:
    return (await node_of(carrier.cluster, name)).status.node_info.boot_id


async def test_while_it_waits_for_the_lock(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await carrier.write('{"nodeID":"manual"}')
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.WAITING)
        assert "manual" in operation.detail
        assert await journal_of(carrier.cluster, name) is None
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    assert await carrier.holders() == ["manual"]
    assert not (await node_of(carrier.cluster, name)).spec.unschedulable
    await carrier.write(None)


@pytest.mark.parametrize("cordoned", [False, True])
async def test_while_it_drains(carrier: Carrier, cordoned: bool) -> None:
    name = carrier.cluster.node_names[0]
    held = await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        if cordoned:
            await session.cordon(name)
        operation = session.start_reboot(name)
        await reached(operation, Phase.DRAINING)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name, cordoned=cordoned)
    assert held.metadata.uid in {pod.metadata.uid for pod in await carrier.cluster.pods()}


@pytest.mark.parametrize(
    ("delay", "said"),
    [("drain_delay", "Draining the node."), ("reboot_delay", "The reboot follows")],
)
async def test_while_it_waits_before_the_drain_or_the_reboot(
    carrier: Carrier, delay: str, said: str
) -> None:
    name = carrier.cluster.node_names[0]
    before = await boot_of(carrier, name)
    async with running_session(carrier.cluster, **carrier.options, **{delay: 3600.0}) as session:
        operation = session.start_reboot(name)
        await eventually(lambda: any(said in text for text in messages(session)), timeout=30)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)
    assert await boot_of(carrier, name) == before


async def test_while_the_reboot_pod_waits_for_its_image(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    before = await boot_of(carrier, name)
    async with running_session(
        carrier.cluster, **carrier.options, reboot_image=UNOBTAINABLE
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        await eventually(lambda: "ImagePullBackOff" in operation.detail)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    assert await reboot_pods(carrier.cluster) == []
    await assert_as_found(carrier, name)
    assert await boot_of(carrier, name) == before


async def test_once_the_reboot_pod_ran_the_node_is_brought_back(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    before = await boot_of(carrier, name)
    await carrier.cluster.faults.set_boot(name, None)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        await eventually(lambda: operation.detail == "down")
        operation.cancel()
        await eventually(lambda: any("too late" in text for text in messages(session)))
        assert await carrier.holders() == [name]
        await carrier.cluster.faults.set_boot(name, 1)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)
    assert await boot_of(carrier, name) != before


@pytest.mark.parametrize("moment", range(6))
async def test_a_cancel_that_races_with_the_reboot_pod(carrier: Carrier, moment: int) -> None:
    name = carrier.cluster.node_names[moment % len(carrier.cluster.node_names)]
    before = await boot_of(carrier, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        while operation.phase is not Phase.REBOOTING:  # noqa: ASYNC110 - not a turn later
            await asyncio.sleep(0)
        for _ in range(moment * 8):  # turns of the loop: somewhere between the writes of this phase
            await asyncio.sleep(0)
        operation.cancel()
        outcome = await operation.ended()
    rebooted = await boot_of(carrier, name) != before
    assert outcome is (Outcome.DONE if rebooted else Outcome.CANCELLED)
    await assert_as_found(carrier, name)
    await eventually(lambda: _no_pods(carrier))


async def _no_pods(carrier: Carrier) -> bool:
    return not await reboot_pods(carrier.cluster)


async def test_while_it_gives_the_node_back_there_is_nothing_to_cancel(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(
        carrier.cluster, **carrier.options, lock_release_delay=0.5
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RELEASING)
        operation.cancel()
        assert await operation.ended() is Outcome.DONE
        assert any("nothing to cancel" in text for text in messages(session))
    await assert_as_found(carrier, name)


async def test_giving_the_lock_to_others_leaves_the_node_as_it_was(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.DRAINING)
        operation.stand_back("Blocked, so others go first: a budget allows nothing")
        assert await operation.ended() is Outcome.BLOCKED
        assert not operation.error
    await assert_as_found(carrier, name)


async def test_a_reboot_by_hand_can_be_called_off(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(
        carrier.cluster, **carrier.options, reboot_method="manual"
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        assert await reboot_pods(carrier.cluster) == []
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)
