"""What bad luck does to an operation: it ends with a clear word, and nothing is stranded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock_value import created_at, read
from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube import server_clock
from kuredtui.kube.resources import NODES
from tests.engine.conftest import messages, reached, running_session
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
from tests.support.users import somebody

SOON = 0.8


async def draining(session: Session, carrier: Carrier, name: str) -> Operation:
    """An operation in the middle of a drain that does not end."""
    await hold_up(carrier.cluster, name)
    operation = session.start_reboot(name)
    await held_up(operation)
    return operation


class TestTheLock:
    async def test_removed_in_mid_drain_the_node_is_given_back(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            operation = await draining(session, carrier, name)
            await carrier.write(None)
            assert await operation.ended() is Outcome.FAILED
            assert "The lock is not ours any more" in operation.error
        await assert_as_found(carrier, name)

    async def test_taken_by_another_in_mid_drain_it_stays_theirs(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = await draining(session, carrier, name)
            await carrier.write('{"nodeID":"another"}')
            await let_go(carrier.cluster)
            assert await operation.ended() is Outcome.FAILED
            assert "another" in operation.error
        assert await carrier.holders() == ["another"]
        assert await journal_of(carrier.cluster, name) is None
        assert not (await node_of(carrier.cluster, name)).spec.unschedulable
        await carrier.write(None)

    async def test_nonsense_is_waited_for_and_never_overwritten(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.write("Jane was here")
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = session.start_reboot(name)
            await reached(operation, Phase.WAITING)
            assert "not readable" in operation.detail
            assert await carrier.text() == "Jane was here"
            await carrier.write(None)
            assert await operation.ended() is Outcome.DONE
        await assert_as_found(carrier, name)

    async def test_of_a_node_that_is_gone_is_waited_for_and_said_to_be_so(
        self, carrier: Carrier
    ) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.write('{"nodeID":"gone-1","created":"2026-01-01T00:00:00Z","TTL":0}')
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = session.start_reboot(name)
            await reached(operation, Phase.WAITING)
            assert "gone-1 since 2026-01-01 00:00:00 UTC" in operation.detail
            assert "there is no such node any more" in operation.detail
            operation.cancel()
            await operation.ended()
        assert await carrier.holders() == ["gone-1"]

    async def test_nonsense_in_mid_drain_is_left_as_it_is(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            operation = await draining(session, carrier, name)
            await carrier.write("Jane was here")
            assert await operation.ended() is Outcome.FAILED
        assert await carrier.text() == "Jane was here"
        assert await journal_of(carrier.cluster, name) is None
        assert not (await node_of(carrier.cluster, name)).spec.unschedulable
        await carrier.write(None)

    async def test_a_ttl_is_renewed_as_long_as_the_operation_lives(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(carrier.cluster, **carrier.options, lock_ttl=2.0) as session:
            operation = await draining(session, carrier, name)
            first = await carrier.text()

            async def renewed() -> bool:
                return await carrier.text() != first

            await eventually(renewed)
            await let_go(carrier.cluster)
            assert await operation.ended() is Outcome.DONE
        await assert_as_found(carrier, name)

    @pytest.mark.embedded
    @pytest.mark.parametrize("taken", [False, True], ids=["left alone", "taken over"])
    async def test_expired_in_mid_drain_it_is_ours_only_if_nobody_has_taken_it(
        self, carrier: Carrier, taken: bool
    ) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(carrier.cluster, **carrier.options, lock_ttl=1.0) as session:
            operation = await draining(session, carrier, name)
            # Not to be renewed, and not to be written by anybody who is not the test.
            carrier.cluster.faults.answer(503, verb="patch", path="*/daemonsets/*", times=None)

            async def expired() -> bool:
                (entry,) = read(await carrier.text()).entries
                return entry.expired(datetime.now(UTC))

            await eventually(expired, timeout=30)
            carrier.cluster.faults.heal()
            if taken:
                await carrier.write('{"nodeID":"another","created":"","TTL":0}')
                assert await operation.ended() is Outcome.FAILED
                assert await carrier.holders() == ["another"]
                await carrier.write(None)
            else:
                await let_go(carrier.cluster)
                assert await operation.ended() is Outcome.DONE
        await assert_as_found(carrier, name)

    async def test_an_expired_one_is_taken_over_as_kured_does(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        long_ago = '{"nodeID":"another","created":"2020-01-01T00:00:00Z","TTL":1000000000}'
        await carrier.write(long_ago)
        async with running_session(carrier.cluster, **carrier.options) as session:
            assert await session.start_reboot(name).ended() is Outcome.DONE
        await assert_as_found(carrier, name)

    @pytest.mark.parametrize("hours", [1, -1])
    async def test_a_clock_that_is_an_hour_off_neither_expires_it_nor_keeps_it(
        self, carrier: Carrier, hours: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Others hold it for half an hour from now, and have held it till half an hour ago."""

        class WrongClock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # of UTC alone
                return datetime.now(UTC) + timedelta(hours=hours)

        def entry(since: float) -> str:
            created = created_at(datetime.now(UTC) - timedelta(hours=since))
            return f'{{"nodeID":"another","created":"{created}","TTL":1800000000000}}'

        name = carrier.cluster.node_names[0]
        monkeypatch.setattr(server_clock, "datetime", WrongClock)
        await carrier.write(entry(0))
        async with running_session(carrier.cluster, **carrier.options, lock_ttl=600.0) as session:
            operation = session.start_reboot(name)
            await reached(operation, Phase.WAITING)
            assert "another" in operation.detail
            await carrier.write(entry(1))
            assert await operation.ended() is Outcome.DONE, operation.error
        await assert_as_found(carrier, name)

    async def test_its_daemonset_goes_while_it_is_held(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            operation = await draining(session, carrier, name)
            await carrier.delete()
            assert await operation.ended() is Outcome.FAILED
            assert "is gone" in operation.error
        assert await journal_of(carrier.cluster, name) is None
        assert not (await node_of(carrier.cluster, name)).spec.unschedulable


class TestTheNode:
    async def test_gone_while_it_drains_its_lock_is_released(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[-1]
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            operation = await draining(session, carrier, name)
            await carrier.cluster.faults.remove_node(name)
            assert await operation.ended() is Outcome.FAILED
            assert "not there any more" in operation.error
        assert await carrier.holders() == []

    async def test_replaced_under_its_name_it_was_not_rebooted(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.cluster.faults.set_boot(name, None)
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = session.start_reboot(name)
            await eventually(lambda: operation.detail == "down", timeout=60)
            await carrier.cluster.faults.replace_node(name)
            assert await operation.ended() is Outcome.FAILED
            assert "was replaced, not rebooted" in operation.error
        assert await carrier.holders() == []
        await eventually(lambda: _exists(carrier, name))
        node = await node_of(carrier.cluster, name)
        assert OPERATION_ANNOTATION not in node.metadata.annotations
        assert not node.spec.unschedulable

    async def test_uncordoned_by_somebody_in_mid_drain_it_is_not_rebooted(
        self, carrier: Carrier
    ) -> None:
        name = carrier.cluster.node_names[0]
        boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = await draining(session, carrier, name)
            await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})
            await let_go(carrier.cluster)
            assert await operation.ended() is Outcome.FAILED
            assert "Somebody uncordoned" in operation.error
        await assert_as_found(carrier, name)
        assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot

    async def test_rebooted_by_another_hand_while_it_waits(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.write('{"nodeID":"manual"}')
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = session.start_reboot(name)
            await reached(operation, Phase.WAITING)
            status = {"status": {"nodeInfo": {"bootID": "another-boot"}}}
            await carrier.cluster.client.patch(NODES, name, status, subresource="status")
            await carrier.write(None)
            assert await operation.ended() is Outcome.DONE
            assert any("by another hand" in text for text in messages(session))
        await assert_as_found(carrier, name)


class TestTheReboot:
    async def test_a_pod_that_never_runs_is_no_reboot(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(
            carrier.cluster, **carrier.options, reboot_image=UNOBTAINABLE, reboot_start_timeout=1
        ) as session:
            operation = session.start_reboot(name)
            assert await operation.ended() is Outcome.FAILED
            assert "ended without having run" in operation.error
            assert (
                "Pull" in operation.error
            )  # by then its status says no more than DeadlineExceeded
            assert any("ImagePullBackOff" in text for text in messages(session))
        assert await reboot_pods(carrier.cluster) == []
        await assert_as_found(carrier, name)

    @pytest.mark.parametrize(
        ("boot", "signal", "why"),
        [(None, 39, "It went down and has not come back"), (1, 10, "It never went down")],
    )
    async def test_a_node_that_does_not_come_back_stays_locked_and_says_why(
        self, carrier: Carrier, boot: float | None, signal: int, why: str
    ) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.cluster.faults.set_boot(name, boot)
        async with running_session(
            carrier.cluster,
            **carrier.options,
            reboot_timeout=2.0,
            reboot_method="signal",
            reboot_signal=signal,
        ) as session:
            operation = session.start_reboot(name)
            assert await operation.ended() is Outcome.STRANDED
            assert why in operation.error
        assert (await node_of(carrier.cluster, name)).spec.unschedulable
        assert await carrier.holders() == [name]
        journal = await journal_of(carrier.cluster, name)
        assert journal is not None
        assert why in journal.failed
        await carrier.cluster.faults.set_boot(name, 1)
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON, reboot_timeout=20
        ) as session:
            await eventually(lambda: name in session.orphans())
            # Rolled back, or brought back if it has booted meanwhile.
            assert await session.roll_back(name).ended() in (Outcome.CANCELLED, Outcome.DONE)
        await assert_as_found(carrier, name)

    async def test_a_failed_one_that_is_resumed_is_tried_once_more(self, carrier: Carrier) -> None:
        name = carrier.cluster.node_names[0]
        await carrier.cluster.faults.set_boot(name, 1)
        async with running_session(
            carrier.cluster,
            **carrier.options,
            reboot_timeout=2.0,
            reboot_method="signal",
            reboot_signal=10,
        ) as session:
            assert await session.start_reboot(name).ended() is Outcome.STRANDED
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            await eventually(lambda: name in session.orphans())
            assert await session.resume(name).ended() is Outcome.DONE
        await assert_as_found(carrier, name)

    @pytest.mark.embedded
    async def test_a_pod_that_pod_security_refuses_is_refused_before_anything_is_begun(
        self, carrier: Carrier
    ) -> None:
        name = carrier.cluster.node_names[0]
        path = f"/api/v1/namespaces/{carrier.cluster.namespace}/pods"
        async with running_session(carrier.cluster, **carrier.options) as session:
            carrier.cluster.faults.answer(403, verb="create", path=path, times=None)
            operation = session.start_reboot(name)
            assert await operation.ended() is Outcome.FAILED
            carrier.cluster.faults.heal()
            assert "nothing was begun" in operation.error
            assert Phase.LOCKING not in {record.phase for record in session.progress.records()}
        await assert_as_found(carrier, name)

    @pytest.mark.embedded
    async def test_a_pod_that_a_quota_refuses_after_the_drain_is_said_and_undone(
        self, carrier: Carrier
    ) -> None:
        name = carrier.cluster.node_names[0]
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = await draining(session, carrier, name)
            path = f"/api/v1/namespaces/{carrier.cluster.namespace}/pods"
            carrier.cluster.faults.answer(403, verb="create", path=path, times=None)
            await let_go(carrier.cluster)
            assert await operation.ended() is Outcome.FAILED
            assert "did not take the reboot pod" in operation.error
            carrier.cluster.faults.heal()
        assert await reboot_pods(carrier.cluster) == []
        await assert_as_found(carrier, name)


@pytest.mark.embedded
class TestOurRights:
    async def test_that_turn_out_to_be_missing_in_mid_drain_leave_nothing_half_done(
        self, carrier: Carrier
    ) -> None:
        """What is at work is the API server's to refuse, and can be undone; only the next is not begun."""
        cluster = carrier.cluster
        name, other, *_ = cluster.node_names
        cluster.faults.answer(503, path="*/selfsubjectaccessreviews", times=None)
        async with (
            somebody(cluster, denied=["create pods/eviction"]) as client,
            running_session(
                cluster, client=client, drain_delay=3600.0, **carrier.options
            ) as session,
        ):
            operation = session.start_reboot(name)
            await reached(operation, Phase.DRAINING)
            cluster.faults.heal()
            await eventually(lambda: session.refusal(other), timeout=30)
            assert "may not create pods/eviction" in session.refusal(other)
            operation.cancel()
            assert await operation.ended() is Outcome.CANCELLED, operation.error
            await eventually(lambda: client.read_only)
        await assert_as_found(carrier, name)

    async def test_a_server_that_does_not_know_us_for_a_moment_is_asked_again(
        self, carrier: Carrier
    ) -> None:
        """So it answers while what it asks about tokens is away."""
        name = carrier.cluster.node_names[0]
        async with running_session(carrier.cluster, **carrier.options) as session:
            operation = await draining(session, carrier, name)
            carrier.cluster.faults.answer(401, verb="patch", path="/api/v1/nodes/*", times=2)
            await let_go(carrier.cluster)
            assert await operation.ended() is Outcome.DONE, operation.error
        await assert_as_found(carrier, name)

    async def test_rights_lost_half_way(self, carrier: Carrier) -> None:
        """What cannot be undone without rights stays as it is, to be resumed by somebody who has them."""
        name = carrier.cluster.node_names[0]
        async with running_session(
            carrier.cluster, **carrier.options, orphan_after=SOON
        ) as session:
            operation = await draining(session, carrier, name)
            carrier.cluster.faults.answer(403, verb="patch", path="/api/v1/nodes/*", times=None)
            assert await operation.ended() is Outcome.LEFT
            assert "resumed or rolled back" in operation.error
            carrier.cluster.faults.heal()
            assert await carrier.holders() == [f"kuredtui:{name}"]
            await eventually(lambda: name in session.orphans())
            assert await session.roll_back(name).ended() is Outcome.CANCELLED
        await assert_as_found(carrier, name)


async def _exists(carrier: Carrier, name: str) -> bool:
    page = await carrier.cluster.client.list(NODES)
    return name in {node.metadata.name for node in page.items}


async def test_a_journal_removed_by_hand_stops_the_operation(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SOON) as session:
        operation = await draining(session, carrier, name)
        body = {"metadata": {"annotations": {OPERATION_ANNOTATION: None}}}
        await carrier.cluster.client.patch(NODES, name, body)
        assert await operation.ended() is Outcome.LEFT
        assert "journal" in operation.error
    assert await carrier.holders() == []
    await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})


async def test_a_kured_on_the_node_beside_us_is_followed(cluster: TestCluster) -> None:
    """With room for several, the kured on our node takes a place of its own: ours is given up."""
    name = cluster.node_names[0]
    carrier = Carrier(cluster=cluster, name="several", concurrency=3)
    await carrier.make()

    async def withdrawn() -> bool:
        return "kuredtui:" not in await carrier.text()

    async with running_session(cluster, **carrier.options, orphan_after=SOON) as session:
        operation = await draining(session, carrier, name)
        theirs = f'{{"nodeID":"{name}","created":"2026-01-01T00:00:00Z","TTL":0}}'
        await carrier.write((await carrier.text()).replace("]}", f",{theirs}]}}"))
        await eventually(withdrawn)
        assert theirs in await carrier.text()
        await reached(operation, Phase.WAITING)
        # Their kured reboots the node and releases; ours gives back what it had cordoned.
        booted = {"status": {"nodeInfo": {"bootID": "kureds-boot"}}}
        await cluster.client.patch(NODES, name, booted, subresource="status")
        await carrier.write(None)
        assert await operation.ended() is Outcome.DONE
    await assert_as_found(carrier, name)


async def test_a_kured_that_takes_the_node_for_rebooted_keeps_it_from_being_so(
    carrier: Carrier,
) -> None:
    """It starts when it was handed the lock, and gives the node back; the late pod must not reboot it."""
    name = carrier.cluster.node_names[0]
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    async with running_session(
        carrier.cluster, **carrier.options, reboot_image=UNOBTAINABLE
    ) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.RETURNING)
        await eventually(lambda: "ImagePullBackOff" in operation.detail)
        await carrier.cluster.client.patch(NODES, name, {"spec": {"unschedulable": None}})
        await carrier.write(None)
        assert await operation.ended() is Outcome.FAILED
        assert "uncordoned before its reboot pod ran" in operation.error
    assert await reboot_pods(carrier.cluster) == []
    await assert_as_found(carrier, name)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot


async def test_two_nodes_of_one_kernel_cannot_be_judged(carrier: Carrier) -> None:
    one, two = carrier.cluster.node_names[:2]
    boot = (await node_of(carrier.cluster, one)).status.node_info.boot_id
    status = {"status": {"nodeInfo": {"bootID": boot}}}
    async with running_session(carrier.cluster, **carrier.options) as session:
        while not session.refusal(one):
            await carrier.cluster.client.patch(NODES, two, status, subresource="status")
            await asyncio.sleep(0)
        assert "same bootID" in session.refusal(one)
