"""A drain without reboot: where it rests, and every way on from there, by whoever comes next (DESIGN 5)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest

from kuredtui.engine.phases import Goal, Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube.resources import NODES
from tests.engine.conftest import colleague, messages, orphan, reached, running_session
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
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

LABELS = {
    "pre_reboot_node_labels": ("patching=yes",),
    "post_reboot_node_labels": ("patching=done",),
}


async def schedule(carrier: Carrier, name: str, *, cordoned: bool) -> None:
    """Cordon or uncordon the node as kubectl does, which knows nothing of journals."""
    body = {"spec": {"unschedulable": True if cordoned else None}}
    await carrier.cluster.client.patch(NODES, name, body)


async def left_drained(carrier: Carrier, name: str, **changes: object) -> None:
    """A node that somebody has drained, whose program has ended since."""
    async with running_session(carrier.cluster, **carrier.options, **changes) as session:
        operation = session.start_drain(name)
        assert await operation.ended() is Outcome.DRAINED, operation.error


async def rests(session: Session, name: str) -> None:
    """Return when the session has heard that the node is drained."""

    def drained() -> bool:
        node = session.store.get(name)
        return node is not None and node.operation is not None and node.operation.resting

    await eventually(drained, what=f"{name} is drained")


async def assert_drained(carrier: Carrier, name: str, *, cordoned_before: bool = False) -> None:
    """Cordoned, unlocked, with a journal that says who did it and how the node was found."""
    journal = await journal_of(carrier.cluster, name)
    assert journal is not None
    assert (journal.phase, journal.goal) == (Phase.DRAINED, Goal.DRAIN)
    assert (journal.cordoned, journal.unschedulable_before) == (True, cordoned_before)
    assert (journal.lock, journal.reboot_pod, journal.found_drained) == (None, None, False)
    assert (await node_of(carrier.cluster, name)).spec.unschedulable
    assert await carrier.holders() == []


@pytest.mark.parametrize("cordoned", [False, True])
async def test_it_rests_with_the_node_cordoned_and_the_journal_tells_so(
    carrier: Carrier, cordoned: bool
) -> None:
    name = carrier.cluster.node_names[0]
    pod = await carrier.cluster.create_pod("web", node=name)
    await schedule(carrier, name, cordoned=cordoned)
    await left_drained(carrier, name)
    await assert_drained(carrier, name, cordoned_before=cordoned)
    assert pod.metadata.uid not in {item.metadata.uid for item in await carrier.cluster.pods()}
    journal = await journal_of(carrier.cluster, name)
    assert journal is not None
    assert journal.owner == "tester@here"


async def test_nobody_is_at_work_on_a_node_that_rests(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    async with colleague(carrier) as session:
        await rests(session, name)
        assert "nothing left to resume" in session.resume_refusal(name)
        assert session.orphans() == []
        for goal in Goal:
            assert session.refusal(name, goal) == ""


async def test_it_holds_the_lock_while_it_drains(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_drain(name)
        await held_up(operation)
        assert await carrier.holders() == [f"kuredtui:{name}"]
        await let_go(carrier.cluster)
        assert await operation.ended() is Outcome.DRAINED
    await assert_drained(carrier, name)


async def test_it_marks_no_reboot(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name, annotate_nodes=True, **LABELS)
    node = await node_of(carrier.cluster, name)
    assert "patching" not in node.metadata.labels
    assert not [key for key in node.metadata.annotations if key.startswith("weave.works/")]


@pytest.mark.parametrize("cordoned", [False, True])
async def test_a_reboot_from_there_gives_the_node_back_as_the_drain_had_found_it(
    carrier: Carrier, cordoned: bool
) -> None:
    name = carrier.cluster.node_names[0]
    await schedule(carrier, name, cordoned=cordoned)
    await left_drained(carrier, name)
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    async with colleague(carrier) as session:
        await rests(session, name)
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name, cordoned=cordoned)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id != boot


async def test_a_second_drain_from_there_rests_again(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    async with colleague(carrier) as session:
        await rests(session, name)
        assert await session.start_drain(name).ended() is Outcome.DRAINED
    await assert_drained(carrier, name)


@pytest.mark.parametrize("cordoned", [False, True])
async def test_rolled_back_the_node_is_as_the_drain_had_found_it(
    carrier: Carrier, cordoned: bool
) -> None:
    name = carrier.cluster.node_names[0]
    await schedule(carrier, name, cordoned=cordoned)
    await left_drained(carrier, name)
    async with colleague(carrier) as session:
        await rests(session, name)
        assert await session.roll_back(name).ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name, cordoned=cordoned)


async def test_an_uncordon_by_hand_ends_the_drain(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    async with colleague(carrier) as session:
        await rests(session, name)
        assert await session.uncordon(name)
    await assert_as_found(carrier, name)


async def test_a_reboot_from_there_that_is_cancelled_leaves_the_node_drained(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    await hold_up(carrier.cluster, name)
    async with colleague(carrier, prefer_no_schedule_taint="busy", **LABELS) as session:
        await rests(session, name)
        operation = session.start_reboot(name)
        await held_up(operation)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_drained(carrier, name)
    node = await node_of(carrier.cluster, name)
    assert node.metadata.labels["patching"] == "done"
    assert "busy" not in {taint.key for taint in node.spec.taints}


async def test_a_reboot_from_there_whose_pod_never_runs_leaves_the_node_drained(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    async with colleague(carrier, reboot_image=UNOBTAINABLE, reboot_start_timeout=1) as session:
        await rests(session, name)
        assert await session.start_reboot(name).ended() is Outcome.FAILED
    assert await reboot_pods(carrier.cluster) == []
    await assert_drained(carrier, name)


@pytest.mark.embedded
async def test_a_cancel_from_there_that_dies_while_it_releases_is_no_reboot_that_is_done(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        await rests(session, name)
        operation = session.start_reboot(name)
        await held_up(operation)
        carrier.cluster.faults.answer(503, verb="patch", path="*/daemonsets/*", times=None)
        operation.cancel()
        await reached(operation, Phase.RELEASING)
    carrier.cluster.faults.heal()
    assert operation.outcome is Outcome.LEFT
    async with colleague(carrier) as session:
        await orphan(session, name)
        assert await session.resume(name).ended() is Outcome.DRAINED
    await assert_drained(carrier, name)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot


Next = Callable[[Session, str], Awaitable[Outcome]]


async def reboots(session: Session, name: str) -> Outcome:
    return await session.start_reboot(name).ended()


async def rolls_back(session: Session, name: str) -> Outcome:
    return await session.roll_back(name).ended()


@pytest.mark.parametrize(
    ("act", "outcome"), [(reboots, Outcome.DONE), (rolls_back, Outcome.CANCELLED)]
)
async def test_uncordoned_by_kubectl_meanwhile_it_ends_schedulable(
    carrier: Carrier, act: Next, outcome: Outcome
) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    await schedule(carrier, name, cordoned=False)
    async with colleague(carrier) as session:
        await rests(session, name)
        assert await act(session, name) is outcome
    await assert_as_found(carrier, name)


async def test_uncordoned_by_kubectl_meanwhile_a_cancelled_reboot_leaves_it_so(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    await left_drained(carrier, name)
    await schedule(carrier, name, cordoned=False)
    await hold_up(carrier.cluster, name)
    async with colleague(carrier) as session:
        await rests(session, name)
        operation = session.start_reboot(name)
        await held_up(operation)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


@pytest.mark.parametrize("cordoned", [False, True])
async def test_a_drain_that_fails_is_undone_and_names_what_held_it_up(
    carrier: Carrier, cordoned: bool
) -> None:
    name = carrier.cluster.node_names[0]
    await schedule(carrier, name, cordoned=cordoned)
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options, drain_timeout=1.0) as session:
        operation = session.start_drain(name)
        assert await operation.ended() is Outcome.FAILED
        assert "did not end within 1 s" in operation.error
        assert f"{carrier.cluster.namespace}/held" in operation.error
    await assert_as_found(carrier, name, cordoned=cordoned)


async def test_a_drain_that_is_refused_evicts_nobody(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    pod = await carrier.cluster.create_pod("bare", node=name)
    async with running_session(
        carrier.cluster, **carrier.options, evict_uncontrolled=False
    ) as session:
        operation = session.start_drain(name)
        assert await operation.ended() is Outcome.FAILED
        assert f"{carrier.cluster.namespace}/bare" in operation.error
    await assert_as_found(carrier, name)
    assert [item.metadata.uid for item in await carrier.cluster.pods()] == [pod.metadata.uid]


async def test_a_drain_that_is_cancelled_leaves_the_node_as_it_was(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_drain(name)
        await held_up(operation)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await assert_as_found(carrier, name)


async def test_drains_side_by_side_share_one_cap_on_requests(cluster: TestCluster) -> None:
    """So many evictions cannot have taken less time, whatever else was asked; with a cap each they would."""
    carrier, rate, pods = Carrier(cluster=cluster, concurrency=2), 10.0, 12
    await carrier.make()
    names = cluster.node_names[:2]
    for name in names:
        for number in range(pods):
            await cluster.create_pod(f"web-{name}-{number}", node=name)
    began = time.monotonic()
    async with running_session(
        cluster, **carrier.options, drain_requests_per_second=rate
    ) as session:
        operations = [session.start_drain(name) for name in names]
        assert {await operation.ended() for operation in operations} == {Outcome.DRAINED}
    at_once = 0.5 * rate + 1
    assert time.monotonic() - began >= (len(names) * pods - at_once) / rate


@pytest.mark.parametrize("way", ["resumed", "rolled back"])
async def test_left_in_the_middle_another_ends_it(carrier: Carrier, way: str) -> None:
    name = carrier.cluster.node_names[0]
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options) as session:
        operation = session.start_drain(name)
        await held_up(operation)
    async with colleague(carrier) as session:
        await orphan(session, name)
        await eventually(
            lambda: any("has a drain on this node" in text for text in messages(session))
        )
        if way == "rolled back":
            assert await session.roll_back(name).ended() is Outcome.CANCELLED
            await assert_as_found(carrier, name)
            return
        operation = session.resume(name)
        await held_up(operation)
        await let_go(carrier.cluster)
        assert await operation.ended() is Outcome.DRAINED
    await assert_drained(carrier, name)
