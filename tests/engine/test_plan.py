"""The plan: what a drain would do, seen without doing it."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from kuredtui.cluster.forecast import Outlook
from kuredtui.engine.plan import Action, Plan
from kuredtui.engine.planner import plan_drain
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.session import Session
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import NODES
from tests.engine.conftest import options_for, running_session
from tests.engine.draining import kured_on, only_on, pods_on, runs, uids
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody


@pytest.fixture
def node(cluster: TestCluster) -> str:
    """The node that is looked at."""
    return cluster.node_names[0]


async def plan_of(cluster: TestCluster, node: str, **options: object) -> Plan:
    return await plan_drain(
        cluster.client, node=node, options=options_for(cluster, **options), pace=RequestPace(50)
    )


async def test_it_says_what_becomes_of_each_pod_and_why(cluster: TestCluster, node: str) -> None:
    kured = await kured_on(cluster, node)
    async with only_on(cluster, node):
        web = await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 1})
        (db,) = await cluster.create_workload(
            "db",
            budget={"minAvailable": 1},
            spec={"volumes": [{"name": "cache", "emptyDir": {}}]},
        )
        bare = await cluster.create_pod("bare", node=node)
        await eventually(lambda: runs(cluster, "bare"))

    plan = await plan_of(cluster, node)

    pods = {pod.uid: pod for pod in plan.pods}
    assert pods[kured.metadata.uid].action is Action.KEEP
    assert "DaemonSet kured" in pods[kured.metadata.uid].reason
    assert sorted(pods[pod.metadata.uid].outlook or "" for pod in web) == ["now", "slow", "slow"]
    assert {pods[pod.metadata.uid].budget for pod in web} == {"web"}
    assert all(pods[pod.metadata.uid].controller.startswith("ReplicaSet web") for pod in web)
    found = pods[db.metadata.uid]
    assert (found.action, found.loses, found.outlook) == (Action.EVICT, ["cache"], Outlook.NEVER)
    assert "needs 1 healthy pod and has 1" in found.budget_reason
    assert plan.stranded == [found]
    assert plan.losing == [found]
    assert [pod.uid for pod in plan.uncontrolled] == [bare.metadata.uid]
    assert {pod.uid for pod in plan.to_go} == uids([*web, db, bare])


async def test_it_names_the_budgets_that_are_asked(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 1})
        await cluster.create_workload("free")
    plan = await plan_of(cluster, node)
    assert [
        (budget.name, budget.limit, budget.pods, budget.healthy, budget.needed, budget.allowed)
        for budget in plan.budgets
        if budget.namespace == cluster.namespace
    ] == [("web", "maxUnavailable 1", 3, 3, 2, 1)]


async def test_nothing_is_touched(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 1})
    pods = await pods_on(cluster, node)
    before = await cluster.client.get(NODES, node)
    reader = cluster.viewer or cluster.client
    plan = await plan_drain(reader, node=node, options=options_for(cluster), pace=RequestPace(50))
    assert len(plan.to_go) == 2
    assert await pods_on(cluster, node) == pods
    assert (await cluster.client.get(NODES, node)).spec == before.spec


async def test_what_forbids_the_drain_is_in_it(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("bare", node=node)
    plan = await plan_of(cluster, node, evict_uncontrolled=False)
    assert [(pod.name, pod.action) for pod in plan.refused] == [("bare", Action.REFUSE)]
    assert "evict-uncontrolled" in plan.refused[0].reason
    assert plan.refused[0].outlook is None


async def test_delete_mode_is_told(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", budget={"maxUnavailable": 0})
    plan = await plan_of(cluster, node, disable_eviction=True, drain_grace_period=0)
    assert [pod.action for pod in plan.to_go] == [Action.DELETE]
    assert not plan.stranded
    assert any("no budget protects them" in warning for warning in plan.warnings)
    assert any("containers may still run" in warning for warning in plan.warnings)


async def test_only_selected_pods_are_in_it(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("a", node=node, labels={"app": "a"})
    await cluster.create_pod("b", node=node, labels={"app": "b"})
    plan = await plan_of(cluster, node, drain_pod_selector="app=a")
    assert [pod.name for pod in plan.pods] == ["a"]
    assert plan.pod_selector == "app=a"


@pytest.mark.embedded
async def test_budgets_that_may_not_be_read_are_unknown(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web")
    async with somebody(cluster, denied=["list poddisruptionbudgets"]) as client:
        plan = await plan_drain(
            client, node=node, options=options_for(cluster), pace=RequestPace(50)
        )
    assert [pod.outlook for pod in plan.to_go] == [Outlook.UNKNOWN]
    assert "may not read" in plan.to_go[0].budget_reason


async def test_a_session_makes_plans(cluster: TestCluster, node: str, session: Session) -> None:
    bare = await cluster.create_pod("bare", node=node)
    plan = await session.plan(node)
    assert bare.metadata.uid in {pod.uid for pod in plan.pods}


async def test_an_unknown_node_is_told(cluster: TestCluster) -> None:
    with pytest.raises(NotFound):
        await plan_of(cluster, "no-such-node")


async def test_it_can_be_written_down(cluster: TestCluster, node: str) -> None:
    async with only_on(cluster, node):
        await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 1})
    plan = await plan_of(cluster, node)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


async def test_plans_share_the_sessions_cap_on_requests(cluster: TestCluster) -> None:
    async with running_session(cluster, drain_requests_per_second=0.01) as session:
        with pytest.raises(
            TimeoutError
        ):  # the first request has its turn, the second one waits for it
            async with asyncio.timeout(1.0):
                await session.plan(cluster.node_names[0])
        with pytest.raises(TimeoutError):  # and no request of the next plan goes before
            async with asyncio.timeout(1.0):
                await session.plan("no-such-node")
