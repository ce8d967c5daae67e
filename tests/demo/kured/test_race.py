"""Five kureds race for the lock, watched from outside."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from kuredtui.demo.scenario.kured import LOCK_ANNOTATION, MANIFEST
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.resources import DAEMONSETS, NODES
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Fault, Referee, Rules, judge
from tests.support.referee.rules import Actor

TIMEOUT = 120.0


@pytest.fixture
def cluster_nodes() -> int:
    return 5


@pytest.fixture
def cluster_speed() -> float:
    return 100.0


def racing(concurrency: int) -> object:
    setup = replace(MANIFEST, period="1m", concurrency=concurrency, more={"drain-timeout": "10m"})
    return pytest.param(setup, concurrency, id=str(concurrency))


@pytest.mark.parametrize(("cluster_kured", "concurrency"), [racing(1), racing(3)])
async def test_kureds_alone_never_have_more_owners_than_allowed(
    cluster: TestCluster, concurrency: int
) -> None:
    cordoned, *others = cluster.node_names
    await cluster.client.patch(NODES, cordoned, {"spec": {"unschedulable": True}})
    await cluster.create_workload("web", replicas=8, budget={"maxUnavailable": 4})
    rules = Rules(
        nodes=frozenset(cluster.node_names),
        allowed=concurrency,
        cordoned=frozenset({cordoned}),
    )
    async with (
        await connect(resolve(kubeconfig=str(cluster.kubeconfig))) as client,
        Referee(client, namespace=cluster.kured_namespace, name=cluster.kured_name) as referee,
    ):
        kernels = (f"6.8.0-{number}-azure" for number in itertools.count(1000))
        for name in cluster.node_names:
            await cluster.faults.set_boot(name, 10)
            await cluster.faults.patch_node(name, next(kernels))
        for _ in range(concurrency):  # each in turn once more, as soon as it is back
            for name in others:
                await rebooted_with_patch(cluster, name)
                await cluster.faults.patch_node(name, next(kernels))
        for name in cluster.node_names:
            await rebooted_with_patch(cluster, name)
        await eventually(lambda: is_quiet(cluster, cordoned), timeout=TIMEOUT)
        verdict = judge(await referee.catch_up(), rules)

    # kured lists its node's pods once: the scheduler may bind one that it never sees.
    known = {Fault.REBOOTED_WITH_LATE_PODS}
    assert not [found for found in verdict.findings if found.fault not in known], verdict.told()
    assert verdict.by(Actor.KURED) == len(cluster.node_names) + concurrency * len(others)
    assert verdict.by(Actor.KURED) == len(verdict.reboots)
    assert verdict.most_owners >= min(2, concurrency)


async def rebooted_with_patch(cluster: TestCluster, name: str) -> None:
    """Return when the kernel that waited for the node's next boot runs."""

    async def runs() -> bool:
        node = await cluster.client.get(NODES, name)
        return "demo.kuredtui.io/patch" not in node.metadata.annotations

    await eventually(runs, timeout=TIMEOUT)


async def is_quiet(cluster: TestCluster, cordoned: str) -> bool:
    """Whether no node is locked or cordoned any more, but for the one an operator has cordoned."""
    nodes = (await cluster.client.list(NODES)).items
    held = {node.metadata.name for node in nodes if node.spec.unschedulable}
    held &= {*cluster.node_names}
    holder = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    lock = holder.metadata.annotations.get(LOCK_ANNOTATION, "")
    return held == {cordoned} and '"nodeID"' not in lock
