"""An operation without a living owner: found, resumed or rolled back, once, by whoever is first."""

from __future__ import annotations

import asyncio

import pytest

from kuredtui.engine.phases import Goal, Outcome, Phase
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.resources import NODES
from tests.engine.conftest import SOON, colleague, messages, orphan, reached, running_session
from tests.engine.facts import (
    UNOBTAINABLE,
    Carrier,
    assert_as_found,
    held_up,
    hold_up,
    journal_of,
    let_go,
    node_of,
    reboot_pods,
)
from tests.support.eventually import eventually


async def left_draining(carrier: Carrier, name: str) -> None:
    """An operation whose session ends while it drains."""
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await held_up(operation)
    assert operation.outcome is Outcome.LEFT


async def test_who_may_only_look_sees_what_was_left_and_may_not_touch_it(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_draining(carrier, name)
    changes = {**carrier.options, "orphan_after": SOON}
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        client.read_only = True
        async with running_session(carrier.cluster, client=client, **changes) as session:
            await orphan(session, name)
            with pytest.raises(ValueError, match="Read-only"):
                session.resume(name)
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED


async def test_a_session_that_ends_leaves_its_operation_to_be_resumed(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_draining(carrier, name)
    journal = await journal_of(carrier.cluster, name)
    assert journal is not None
    assert (journal.phase, journal.epoch) == (Phase.DRAINING, 1)
    assert await carrier.holders() == [f"kuredtui:{name}"]
    async with colleague(carrier) as session:
        await orphan(session, name)
        await eventually(lambda: any("nobody runs it" in text for text in messages(session)))
        operation = session.resume(name)
        await held_up(operation)
        taken = await journal_of(carrier.cluster, name)
        assert taken is not None
        assert (taken.owner, taken.epoch, taken.id) == ("colleague@desk", 2, journal.id)
        await let_go(carrier.cluster)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)


@pytest.mark.parametrize("cordoned", [False, True])
async def test_rolled_back_it_was_never_there(carrier: Carrier, cordoned: bool) -> None:
    name = carrier.cluster.node_names[0]
    await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": cordoned or None}})
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    await left_draining(carrier, name)
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name, cordoned=cordoned)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot


async def test_while_its_owner_lives_nobody_else_has_a_part_in_it(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with (
        running_session(carrier.cluster, **carrier.options, orphan_after=SOON) as owner,
        colleague(carrier) as session,
    ):
        operation = owner.start_reboot(name)
        await reached(operation, Phase.DRAINING)
        journal = await journal_of(carrier.cluster, name)
        assert journal is not None

        async def renewed() -> bool:
            now = await journal_of(carrier.cluster, name)
            return now is not None and (now.renewed_at - journal.renewed_at).total_seconds() > SOON

        await eventually(renewed)
        assert session.orphans() == []
        for refusal in (
            session.resume_refusal(name),
            session.refusal(name, Goal.ROLL_BACK),
            session.refusal(name),
        ):
            assert "tester@here has a reboot on this node, in phase draining, since 20" in refusal
        with pytest.raises(ValueError, match="tester@here"):
            session.resume(name)
        operation.cancel()
        await operation.ended()


async def test_of_two_who_resume_only_one_does(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_draining(carrier, name)
    async with (
        colleague(carrier) as one,
        running_session(
            carrier.cluster, **carrier.options, owner="third@floor", orphan_after=SOON
        ) as two,
    ):
        await orphan(one, name)
        await orphan(two, name)
        operations = [one.resume(name), two.roll_back(name)]
        done, _ = await asyncio.wait(
            [asyncio.create_task(operation.ended()) for operation in operations],
            return_when=asyncio.FIRST_COMPLETED,
        )
        loser = next(item for item in operations if item.outcome is not None)
        winner = next(item for item in operations if item is not loser)
        if loser.outcome is Outcome.LEFT:
            assert winner.node == name
            assert "has a" in loser.error
        await let_go(carrier.cluster)
        outcomes = {await operation.ended() for operation in operations}
        assert Outcome.LEFT in outcomes
        assert outcomes - {Outcome.LEFT} <= {Outcome.DONE, Outcome.CANCELLED}
        assert len(outcomes) == 2
        assert len(done) == 1
    await assert_as_found(carrier, name)


async def test_a_node_told_to_reboot_is_brought_back_by_another(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await carrier.cluster.faults.set_boot(name, None)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        await eventually(lambda: operation.detail == "down")
    async with colleague(carrier) as session:
        await orphan(session, name)
        operation = session.roll_back(name)  # for which it is too late
        await eventually(lambda: operation.detail == "down", timeout=60)
        await carrier.cluster.faults.set_boot(name, 1)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)


async def test_a_reboot_pod_that_never_ran_is_taken_back(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    async with running_session(
        carrier.cluster, **carrier.options, reboot_image=UNOBTAINABLE
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        await eventually(lambda: "ImagePullBackOff" in operation.detail)
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    assert await reboot_pods(carrier.cluster) == []
    await assert_as_found(carrier, name)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot


async def test_what_was_left_after_the_boot_is_given_back(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(
        carrier.cluster, **carrier.options, lock_release_delay=3600
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RELEASING, timeout=60)
    # Somebody cordons the node in between, which is theirs to undo.
    await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.roll_back(name).ended() is Outcome.DONE
    await assert_as_found(carrier, name, cordoned=True)


class Sleeper:
    """The clock of a laptop that can be put to sleep."""

    def __init__(self) -> None:
        self.slept = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() + self.slept


async def test_a_laptop_that_slept_finds_its_operation_in_other_hands(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    clock = Sleeper()
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options, clock=clock) as owner:
        operation = owner.start_reboot(name)
        await held_up(operation)
        async with colleague(carrier) as session:
            # The owner's journal is not renewed for a while, and so the colleague resumes.
            await orphan(session, name)
            resumed = session.resume(name)
            await reached(resumed, Phase.DRAINING)
            clock.slept = 600.0
            await let_go(carrier.cluster)  # on which the sleeper would go on to reboot the node
            assert await operation.ended() is Outcome.LEFT
            assert "colleague@desk" in operation.error
            assert await resumed.ended() is Outcome.DONE
    await assert_as_found(carrier, name)


async def test_a_laptop_that_slept_unmissed_goes_on(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    clock = Sleeper()
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options, clock=clock) as owner:
        operation = owner.start_reboot(name)
        await held_up(operation)
        clock.slept = 600.0
        await let_go(carrier.cluster)
        assert await operation.ended() is Outcome.DONE
        assert any("Nobody has taken it over" in text for text in messages(owner))
    await assert_as_found(carrier, name)


async def test_a_journal_nobody_can_read_is_shown_and_left_alone(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    annotations = {"kuredtui.io/operation": '{"id":"x","owner":"v9@later","phase":"dreaming"}'}
    await carrier.cluster.client.patch(NODES, name, {"metadata": {"annotations": annotations}})
    async with colleague(carrier) as session:
        await eventually(lambda: session.refusal(name))
        assert "v9@later" in session.refusal(name)
        await eventually(lambda: "cannot be read" in session.resume_refusal(name))
        with pytest.raises(ValueError, match="newer version"):
            session.roll_back(name)
    await carrier.cluster.client.patch(
        NODES, name, {"metadata": {"annotations": {"kuredtui.io/operation": None}}}
    )


async def test_a_second_reboot_is_refused_with_who_runs_the_first(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.DRAINING)
        with pytest.raises(ValueError, match="An operation of this program is at work"):
            session.start_reboot(name)
        operation.cancel()
        await operation.ended()
