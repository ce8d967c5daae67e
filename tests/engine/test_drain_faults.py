"""Drains under bad luck: an API server that throttles, fails or goes away, lost rights, lost nodes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kuredtui.engine.errors import DrainFailed, DrainRefused, NodeGone
from kuredtui.kube import server_clock
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.resources import NODES, PODS
from kuredtui.kube.timeouts import Timeouts
from tests.engine.conftest import running_session
from tests.engine.draining import QUICK, drain_of, kured_on, only_on, running, runs, says, uids
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import set_denied, somebody

EVICTIONS = "*/pods/*/eviction"
SLOW = {"demo.kuredtui.io/stop-seconds": "25"}  # half a second at the speed of the tests


@pytest.fixture
def node(cluster: TestCluster) -> str:
    """The node that is drained."""
    return cluster.node_names[0]


@pytest.mark.embedded
async def test_throttling_is_waited_out_and_said_once(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=5)
    cluster.faults.answer(429, path=EVICTIONS, times=10, retry_after=1)
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 30)
    assert run.said[-1] == "5/5 pods gone."
    assert run.count("throttling") == 1


@pytest.mark.embedded
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_server_errors_are_waited_out(cluster: TestCluster, node: str, status: int) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=3)
    cluster.faults.answer(status, path=EVICTIONS, times=6)
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 30)
    assert run.said[-1] == "3/3 pods gone."
    assert run.count("cannot be evicted yet") >= 1


@pytest.mark.embedded
async def test_server_errors_without_an_end_fail_the_pods(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=2)
    cluster.faults.answer(500, path=EVICTIONS, times=None)
    run = drain_of(cluster, node)
    with pytest.raises(DrainFailed) as failed:
        await asyncio.wait_for(run.drain.run(), 30)
    assert {pod.uid for pod in failed.value.left} == uids(before)
    assert "Pods could not be evicted" in str(failed.value)


@pytest.mark.embedded
async def test_an_answer_that_is_lost_is_no_second_eviction(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=3, annotations=SLOW)
    cluster.faults.disturb("drop", path=EVICTIONS, times=2)
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 30)
    assert run.said[-1] == "3/3 pods gone."


@pytest.mark.embedded
async def test_a_server_that_keeps_silent_is_asked_again(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2)
    cluster.faults.disturb("silence", path=EVICTIONS, times=1)
    async with somebody(cluster, timeouts=Timeouts(request=0.5)) as client:
        run = drain_of(cluster, node, client=client)
        await asyncio.wait_for(run.drain.run(), 30)
    assert run.count("did not answer in time") == 1
    assert run.said[-1] == "2/2 pods gone."


@pytest.mark.embedded
async def test_a_server_that_is_away_is_outlived_whatever_patience_there_is_with_errors(
    cluster: TestCluster, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it is away says nothing of the pods; the watch is away, too."""
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=4, annotations=SLOW)
    async with somebody(cluster) as client:
        evict, tries = client.evict, 0

        async def counted(**which: object) -> None:
            nonlocal tries
            tries += 1
            await evict(**which)  # type: ignore[arg-type]  # handed on as they came

        monkeypatch.setattr(client, "evict", counted)
        run = drain_of(cluster, node, client=client, pauses=replace(QUICK, patience=0.0))
        cluster.faults.disturb("drop", path=EVICTIONS, times=None)
        async with running(run) as task:
            await says(run, "0/4 pods gone")
            cluster.faults.disturb("drop", path="*", times=None)
            cluster.faults.restart()
            before = tries
            await eventually(lambda: tries >= before + 20, timeout=30)
            assert not task.done()
            cluster.faults.heal()
            await asyncio.wait_for(task, 30)
    assert run.said[-1] == "4/4 pods gone."
    # Once for each way to be away (refused, reset, no answer), and not for each try.
    assert run.count("cannot be evicted now") <= 4


@pytest.mark.embedded
async def test_a_server_that_stays_away_ends_the_drain_at_its_deadline(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2)
    cluster.faults.disturb("drop", path="*", times=None)
    run = drain_of(cluster, node, drain_timeout=1.0)
    try:
        with pytest.raises(DrainFailed, match=r"did not end within 1 s. The pods are out of sight"):
            await asyncio.wait_for(run.drain.run(), 30)
    finally:
        cluster.faults.heal()


@pytest.mark.embedded
async def test_a_restart_that_forgets_is_no_pod_gone(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=3, annotations=SLOW)
    run = drain_of(cluster, node)
    async with running(run) as task:
        await says(run, "is evicted")
        cluster.faults.restart(keep_history=False)
        await asyncio.wait_for(task, 30)
    assert not uids(before) & uids(await cluster.pods())


@pytest.mark.embedded
async def test_rights_lost_half_way_stop_the_drain(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload(
            "slow", annotations={"demo.kuredtui.io/stop-seconds": "20000"}
        )
        await cluster.create_workload("web", budget={"maxUnavailable": 0})
    async with somebody(cluster) as client:
        run = drain_of(cluster, node, client=client)
        async with running(run) as task:
            await says(run, "is evicted")
            await says(run, "budget web")
            set_denied(cluster, ["create pods/eviction"])
            with pytest.raises(DrainFailed) as failed:
                await asyncio.wait_for(task, 30)
    assert "403" in str(failed.value)
    assert "pods/eviction" in str(failed.value)
    assert len(failed.value.left) == 2
    assert any("being deleted" in pod.reason for pod in failed.value.left)


@pytest.mark.embedded
async def test_a_watch_that_is_forbidden_stops_the_drain(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload(
            "slow", annotations={"demo.kuredtui.io/stop-seconds": "20000"}
        )
    async with somebody(cluster) as client:
        run = drain_of(cluster, node, client=client)
        async with running(run) as task:
            await says(run, "is evicted")
            set_denied(cluster, ["list pods", "watch pods"])
            cluster.faults.restart()
            with pytest.raises(DrainFailed, match="pods cannot be watched"):
                await asyncio.wait_for(task, 30)


@pytest.mark.embedded
async def test_without_the_right_to_list_pods_nothing_is_begun(
    cluster: TestCluster, node: str
) -> None:
    async with somebody(cluster, denied=["list pods"]) as client:
        run = drain_of(cluster, node, client=client)
        with pytest.raises(Forbidden):
            await asyncio.wait_for(run.drain.run(), 30)


@pytest.mark.embedded
async def test_a_daemonset_that_cannot_be_read_refuses_the_drain(
    cluster: TestCluster, node: str
) -> None:
    await kured_on(cluster, node)
    async with somebody(cluster, denied=["get daemonsets"]) as client:
        run = drain_of(cluster, node, client=client)
        with pytest.raises(DrainRefused, match="nobody knows whether it exists"):
            await asyncio.wait_for(run.drain.run(), 30)


@pytest.mark.embedded
async def test_budgets_that_cannot_be_read_are_asked_by_the_clock(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 1})
    denied = [f"{verb} poddisruptionbudgets" for verb in ("get", "list", "watch")]
    async with somebody(cluster, denied=denied) as client:
        run = drain_of(cluster, node, client=client)
        await asyncio.wait_for(run.drain.run(), 30)
    assert run.said[-1] == "3/3 pods gone."
    held = [record for record in run.records if record.fields.get("budget") == "web"]
    assert held


async def test_a_node_that_goes_ends_the_drain(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload(
            "slow", annotations={"demo.kuredtui.io/stop-seconds": "20000"}
        )
    async with running_session(cluster) as session:
        run = drain_of(cluster, node, nodes=session._nodes)
        async with running(run) as task:
            await says(run, "is evicted")
            await cluster.faults.remove_node(node)
            with pytest.raises(NodeGone, match="not there any more"):
                await asyncio.wait_for(task, 30)


async def test_a_node_that_is_replaced_ends_the_drain(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload(
            "slow", annotations={"demo.kuredtui.io/stop-seconds": "20000"}
        )
    async with running_session(cluster) as session:
        run = drain_of(cluster, node, nodes=session._nodes)
        async with running(run) as task:
            await says(run, "is evicted")
            await cluster.faults.replace_node(node)
            with pytest.raises(NodeGone):
                await asyncio.wait_for(task, 30)


async def test_a_drain_of_an_unknown_node_ends(cluster: TestCluster) -> None:
    async with running_session(cluster) as session:
        run = drain_of(cluster, "no-such-node", nodes=session._nodes)
        with pytest.raises(NodeGone):
            await asyncio.wait_for(run.drain.run(), 10)


@pytest.mark.embedded
async def test_where_evictions_are_not_served_pods_are_deleted(
    cluster: TestCluster, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})

    async def no(_: Client) -> bool:
        return False

    monkeypatch.setattr(Client, "evicts", no)
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 30)
    assert run.count("evictions are not served") == 1
    assert run.said[-1] == "2/2 pods gone."


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_is_an_hour_off_makes_no_difference(
    cluster: TestCluster, node: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WrongClock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # of UTC alone
            return datetime.now(UTC) + timedelta(hours=hours)

    monkeypatch.setattr(server_clock, "datetime", WrongClock)
    await cluster.create_pod("slow", node=node, annotations=SLOW, terminationGracePeriodSeconds=60)
    await eventually(lambda: runs(cluster, "slow"))
    await cluster.client.delete(PODS, "slow", namespace=cluster.namespace)
    run = drain_of(cluster, node, skip_wait_for_delete_timeout=5)
    await asyncio.wait_for(run.drain.run(), 30)
    assert not run.count("not waited for")
    assert run.drain.state.gone == 1


async def test_the_node_is_not_touched(cluster: TestCluster, node: str) -> None:
    """Cordoning is somebody else's work."""
    before = await cluster.client.get(NODES, node)
    await drain_of(cluster, node).drain.run()
    after = await cluster.client.get(NODES, node)
    assert (after.spec, after.metadata.annotations) == (before.spec, before.metadata.annotations)
