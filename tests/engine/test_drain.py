"""The drain of a node, from its plan to the last pod gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kuredtui.engine.drain_state import Standing
from kuredtui.engine.errors import DrainFailed, DrainRefused
from kuredtui.kube.client import Client
from kuredtui.kube.errors import BadRequest, Forbidden
from kuredtui.kube.resources import (
    DEPLOYMENTS,
    NAMESPACES,
    POD_DISRUPTION_BUDGETS,
    PODS,
)
from tests.engine.draining import (
    QUICK,
    cordon,
    drain_of,
    kured_on,
    names,
    only_on,
    pods_on,
    running,
    runs,
    says,
    uids,
)
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

# Were it for the clock alone, nobody would ask again before a test is over.
PATIENT = replace(QUICK, refusal=600.0)


@pytest.fixture
def node(cluster: TestCluster) -> str:
    """The node that is drained."""
    return cluster.node_names[0]


async def test_all_pods_go_and_are_counted(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=4)
    run = drain_of(cluster, node)

    await run.drain.run()

    assert not await pods_on(cluster, node)
    assert not uids(before) & uids(await cluster.pods())
    assert run.said[-1] == "4/4 pods gone."
    assert run.count("is evicted") == 4
    assert run.drain.state.gone == run.drain.state.total == 4
    assert run.recorder.detail == "4/4 pods gone"


async def test_a_node_without_pods_is_drained_at_once(cluster: TestCluster, node: str) -> None:
    await cordon(cluster, node)
    run = drain_of(cluster, node)
    await run.drain.run()
    assert run.said[-1] == "No pod has to go."


async def test_a_pod_of_a_daemonset_stays(cluster: TestCluster, node: str) -> None:
    kured = await kured_on(cluster, node)
    run = drain_of(cluster, node)
    await run.drain.run()
    stays = f"{cluster.kured_namespace}/{kured.metadata.name} stays: it belongs to DaemonSet kured"
    assert run.count(stays) == 1
    after = await kured_on(cluster, node)
    assert after.metadata.uid == kured.metadata.uid
    assert after.metadata.deletion_timestamp is None


async def test_a_refusal_stops_the_drain_before_the_first_eviction(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=2)
        await cluster.create_pod("bare", node=node)
        await cluster.create_pod("lone", node=node)
    run = drain_of(cluster, node, evict_uncontrolled=False)

    with pytest.raises(DrainRefused) as refused:
        await run.drain.run()

    assert f"{cluster.namespace}/bare has no controller" in str(refused.value)
    assert f"{cluster.namespace}/lone has no controller" in str(refused.value)
    assert uids(before) <= uids(await pods_on(cluster, node))
    assert not run.count("is evicted")


async def test_a_budget_of_one_lets_one_pod_go_at_a_time(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=4, budget={"maxUnavailable": 1})
    run = drain_of(cluster, node)

    await run.drain.run()

    assert not uids(before) & uids(await cluster.pods())
    assert run.count("is evicted") == 4
    assert run.count("budget web") >= 1
    waiting = [record for record in run.records if record.fields.get("budget") == "web"]
    assert waiting
    assert len(waiting) <= 12  # a refusal that repeats itself is no news


async def test_pods_behind_a_budget_do_not_ask_again_and_again(
    cluster: TestCluster, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each asks about once: the others wait for the budget, not for the clock."""
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=12, budget={"maxUnavailable": 1})
    asked = 0
    evict = Client.evict

    async def counted(client: Client, **request: object) -> None:
        nonlocal asked
        asked += 1
        await evict(client, **request)  # type: ignore[arg-type]  # as it was asked

    monkeypatch.setattr(Client, "evict", counted)
    run = drain_of(cluster, node, pauses=PATIENT)
    await asyncio.wait_for(run.drain.run(), 60)
    assert run.said[-1] == "12/12 pods gone."
    assert asked <= 3 * 12


async def test_a_drain_held_by_a_budget_says_so_and_fails_at_its_deadline(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"minAvailable": 2})
        await cluster.create_workload("free")
    run = drain_of(cluster, node, drain_timeout=3.0)

    with pytest.raises(DrainFailed) as failed:
        await run.drain.run()

    left = failed.value.left
    assert [pod.standing for pod in left] == [Standing.WAITING] * 2
    assert {pod.budget for pod in left} == {"web"}
    assert all("needs 2 healthy pods and has 2" in pod.reason for pod in left)
    assert "did not end within 3 s" in str(failed.value)
    assert all(str(pod) in str(failed.value) for pod in left)
    assert run.count("is still there") == 2
    assert run.count("is held for good by the budget web") == 2
    assert run.recorder.detail == "1/3 pods gone, 2 held by budgets"


async def test_what_is_left_can_be_read_meanwhile(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        (web,) = await cluster.create_workload("web", budget={"maxUnavailable": 0})
    run = drain_of(cluster, node)
    async with running(run):
        await eventually(lambda: run.drain.state.blocked_seconds is not None)
        state = run.drain.state
        assert (state.gone, state.total) == (0, 1)
        assert [pod.name for pod in state.left] == [web.metadata.name]
        await eventually(lambda: (run.drain.state.blocked_seconds or 0) > 0.3)


async def test_a_budget_that_opens_lets_pods_go_at_once(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 0})
    run = drain_of(cluster, node, pauses=PATIENT)
    async with running(run) as task:
        await eventually(lambda: run.drain.state.blocked_seconds is not None)
        await cluster.client.patch(
            POD_DISRUPTION_BUDGETS,
            "web",
            {"spec": {"maxUnavailable": 3}},
            namespace=cluster.namespace,
        )
        await asyncio.wait_for(task, 30)
    assert run.said[-1] == "3/3 pods gone."


async def test_a_deleted_budget_lets_pods_go_at_once(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    run = drain_of(cluster, node, pauses=PATIENT)
    async with running(run) as task:
        await eventually(lambda: run.drain.state.blocked_seconds is not None)
        await cluster.client.delete(POD_DISRUPTION_BUDGETS, "web", namespace=cluster.namespace)
        await asyncio.wait_for(task, 30)


async def test_two_budgets_over_a_pod_are_fatal_for_that_pod_alone(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        (web,) = await cluster.create_workload("web", budget={"maxUnavailable": 1})
        await cluster.create_workload("free")
    await cluster.create_budget("too", selector={"app": "web"}, maxUnavailable=1)
    run = drain_of(cluster, node)

    with pytest.raises(DrainFailed) as failed:
        await run.drain.run()

    assert [pod.name for pod in failed.value.left] == [web.metadata.name]
    assert "more than one budget" in failed.value.left[0].reason
    assert names(await pods_on(cluster, node)) == {web.metadata.name}


async def test_delete_mode_asks_no_budget(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    run = drain_of(cluster, node, disable_eviction=True)

    await run.drain.run()

    assert not uids(before) & uids(await cluster.pods())
    assert run.count("no budget protects them") == 1
    assert run.count("is deleted") == 2


async def test_only_selected_pods_go(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        web = await cluster.create_workload("web")
        db = await cluster.create_workload("db")
    run = drain_of(cluster, node, drain_pod_selector="app in (web)")
    await run.drain.run()
    assert uids(await pods_on(cluster, node)) == uids(db)
    assert not uids(web) & uids(await cluster.pods())


async def test_a_pod_that_loses_its_label_is_not_taken_for_gone(
    cluster: TestCluster, node: str
) -> None:
    pod = await cluster.create_pod(
        "web",
        node=node,
        labels={"app": "web"},
        annotations={"demo.kuredtui.io/stop-seconds": "600"},
        terminationGracePeriodSeconds=600,
    )
    await eventually(lambda: runs(cluster, "web"))
    run = drain_of(cluster, node, drain_pod_selector="app=web")
    async with running(run) as task:
        await says(run, "is evicted")
        body = {"metadata": {"labels": {"app": None}}}
        await cluster.client.patch(PODS, "web", body, namespace=cluster.namespace)
        await asyncio.sleep(0)
        assert run.drain.state.gone == 0
        await cluster.client.delete(
            PODS, "web", namespace=cluster.namespace, uid=pod.metadata.uid, grace_seconds=0
        )
        await asyncio.wait_for(task, 10)
    assert run.drain.state.gone == 1


async def test_a_selector_that_is_none_is_refused_by_the_server(
    cluster: TestCluster, node: str
) -> None:
    run = drain_of(cluster, node, drain_pod_selector="app in (")
    with pytest.raises(BadRequest):
        await asyncio.wait_for(run.drain.run(), 10)


async def test_the_grace_period_of_the_drain_counts(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod(
        "slow",
        node=node,
        annotations={"demo.kuredtui.io/stop-seconds": "100000"},
        terminationGracePeriodSeconds=100000,
    )
    await eventually(lambda: runs(cluster, "slow"))
    run = drain_of(cluster, node, drain_grace_period=5)
    await asyncio.wait_for(run.drain.run(), 20)
    assert run.drain.state.gone == 1


async def test_a_deletion_that_lasts_too_long_is_not_waited_for(
    cluster: TestCluster, node: str
) -> None:
    await cluster.create_pod(
        "stuck",
        node=node,
        annotations={"demo.kuredtui.io/stop-seconds": "0"},
        terminationGracePeriodSeconds=0,
    )
    body = {"metadata": {"finalizers": ["test.kuredtui.io/never"]}}
    await cluster.client.patch(PODS, "stuck", body, namespace=cluster.namespace)
    run = drain_of(cluster, node, skip_wait_for_delete_timeout=1)
    try:
        await asyncio.wait_for(run.drain.run(), 20)
    finally:
        free = {"metadata": {"finalizers": None}}
        await cluster.client.patch(PODS, "stuck", free, namespace=cluster.namespace)
    assert run.count("is not waited for") == 1
    assert (run.drain.state.gone, run.drain.state.total) == (0, 0)


async def test_a_pod_with_a_finalizer_is_named_with_it(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("stuck", node=node, terminationGracePeriodSeconds=0)
    body = {"metadata": {"finalizers": ["test.kuredtui.io/never"]}}
    await cluster.client.patch(PODS, "stuck", body, namespace=cluster.namespace)
    run = drain_of(cluster, node, drain_timeout=1.5)
    try:
        with pytest.raises(DrainFailed, match=r"finalizers test\.kuredtui\.io/never"):
            await run.drain.run()
    finally:
        free = {"metadata": {"finalizers": None}}
        await cluster.client.patch(PODS, "stuck", free, namespace=cluster.namespace)


async def test_a_pod_that_tolerates_everything_comes_back_and_is_reported(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        before = await cluster.create_workload(
            "agent",
            spec={
                "tolerations": [{"operator": "Exists"}],
                "nodeSelector": {"kubernetes.io/hostname": node},
            },
        )
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 30)
    after = await eventually(lambda: pods_on(cluster, node))
    assert not uids(before) & uids(after)
    # Whether its successor was there in time for the last list is chance; never was it chased.
    assert run.count("is evicted") == 1


async def test_a_newcomer_that_tolerates_the_cordon_is_named(
    cluster: TestCluster, node: str
) -> None:
    await cluster.create_pod("slow", node=node, annotations={"demo.kuredtui.io/stop-seconds": "20"})
    await eventually(lambda: runs(cluster, "slow"))
    run = drain_of(cluster, node)
    async with running(run) as task:
        await says(run, "is evicted")
        await cluster.create_pod("agent", node=node, tolerations=[{"operator": "Exists"}])
        await asyncio.wait_for(task, 20)
    assert run.said[-1] == f"{cluster.namespace}/agent came to the node in spite of the cordon."
    assert run.count("is evicted") == 1


async def test_a_newcomer_that_was_on_its_way_goes_too(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("slow", node=node, annotations={"demo.kuredtui.io/stop-seconds": "20"})
    await eventually(lambda: runs(cluster, "slow"))
    run = drain_of(cluster, node)
    async with running(run) as task:
        await says(run, "is evicted")
        await cluster.create_pod("late", node=node)
        await asyncio.wait_for(task, 20)
    assert not await pods_on(cluster, node)
    assert run.said[-1] == "2/2 pods gone."


async def test_a_newcomer_that_must_not_be_evicted_fails_the_drain(
    cluster: TestCluster, node: str
) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("slow", annotations={"demo.kuredtui.io/stop-seconds": "20"})
    run = drain_of(cluster, node, evict_uncontrolled=False)
    async with running(run) as task:
        await says(run, "is evicted")
        await cluster.create_pod("bare", node=node)
        with pytest.raises(DrainFailed, match="/bare has no controller"):
            await asyncio.wait_for(task, 20)


async def test_a_pod_that_is_being_deleted_is_waited_for(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("slow", node=node, annotations={"demo.kuredtui.io/stop-seconds": "20"})
    await eventually(lambda: runs(cluster, "slow"))
    await cluster.client.delete(PODS, "slow", namespace=cluster.namespace)
    run = drain_of(cluster, node)
    await asyncio.wait_for(run.drain.run(), 20)
    assert run.count("is being deleted already") == 1
    assert not run.count("is evicted")
    assert not await pods_on(cluster, node)


async def test_a_drain_can_be_cancelled(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", budget={"maxUnavailable": 0})
    run = drain_of(cluster, node)
    async with running(run) as task:
        await eventually(lambda: run.drain.state.blocked_seconds is not None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_pod_whose_namespace_goes_is_waited_for(cluster: TestCluster, node: str) -> None:
    name = f"{cluster.namespace}-going"
    await cluster.client.create(
        NAMESPACES,
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
    )
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "held", "finalizers": ["test.kuredtui.io/never"]},
        "spec": {**cluster.pod_spec(), "nodeName": node, "terminationGracePeriodSeconds": 0},
    }

    async def created() -> bool:
        try:
            await cluster.client.create(PODS, body, namespace=name)
        except Forbidden:  # a real server wants the namespace's service account first
            return False
        return True

    await eventually(created)
    await cluster.client.delete(NAMESPACES, name)
    run = drain_of(cluster, node)
    async with running(run) as task:
        await eventually(lambda: run.drain.state.left)
        await cluster.client.patch(PODS, "held", {"metadata": {"finalizers": None}}, namespace=name)
        await asyncio.wait_for(task, 20)
    assert run.drain.state.gone == 1


async def test_replacements_are_what_a_slow_budget_waits_for(
    cluster: TestCluster, node: str
) -> None:
    """A budget of all replicas but one, and a replica that is not well yet."""
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"minAvailable": 1})
    run = drain_of(cluster, node)
    await run.drain.run()
    found = await cluster.client.get(DEPLOYMENTS, "web", namespace=cluster.namespace)
    assert found.status.available_replicas >= 1
    assert run.count("is evicted") == 2
