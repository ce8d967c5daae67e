"""Twenty engines and five kureds on ten nodes, with bad connections, watched from outside."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.demo.kubelet import controls
from kuredtui.demo.scenario.kured import LOCK_ANNOTATION, MANIFEST, KuredSetup
from kuredtui.engine.phases import Outcome
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.engine.conftest import options_for
from tests.engine.race.engines import Engine, Tally
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Fault, Referee, Rules, judge
from tests.support.referee.rules import Actor, Finding
from tests.support.referee.story import story_of

ENGINES = 20
KUREDS = 5
LEAST_REBOOTS = 10
LEAST_REBOOTS_OF_KURED = 2
LABEL = "race.kuredtui.io/kured"
FAULT_RATE = 0.015
ORPHAN_AFTER = 3.0
PATIENCE = 300.0


@pytest.fixture
def cluster_nodes() -> int:
    return 10


@pytest.fixture
def cluster_speed() -> float:
    return 100.0


def race_of(concurrency: int, *, operations: int) -> object:
    """A kured of this concurrency on some nodes, and so many operations beside it."""
    kured = replace(
        MANIFEST,
        period="30s",
        concurrency=concurrency,
        node_selector={LABEL: "yes"},
        more={"drain-timeout": "10m"},
    )
    return pytest.param(kured, operations, id=f"concurrency-{concurrency}")


@pytest.mark.parametrize(
    ("cluster_kured", "operations"), [race_of(1, operations=80), race_of(3, operations=300)]
)
async def test_whoever_races_no_rule_is_ever_broken(
    cluster: TestCluster, cluster_kured: KuredSetup, operations: int
) -> None:
    await prepare(cluster)
    rules = Rules(
        nodes=frozenset(cluster.node_names),
        allowed=cluster_kured.concurrency,
        cordoned=frozenset({cluster.node_names[0], cluster.node_names[-1]}),
    )
    tally = Tally()
    async with refereed(cluster) as referee:
        async with asyncio.TaskGroup() as tasks:
            stop = asyncio.Event()
            for engine in engines(cluster, tally):
                tasks.create_task(engine.run(stop))
            patching = tasks.create_task(keep_patching(cluster))
            await eventually(lambda: tally.operations >= operations, timeout=PATIENCE)
            async with asyncio.timeout(PATIENCE):
                await everybody_ran(referee, rules, tally)
            stop.set()
            patching.cancel()
        await clear_up(cluster)
        await eventually(lambda: is_quiet(cluster, rules), timeout=PATIENCE)
        history = await referee.catch_up()
        verdict = judge(history, rules)

    wrong = [found for found in verdict.findings if not is_known(found)]
    stories = [story_of(node, history) for node in {found.node for found in wrong}]
    assert not wrong, "\n\n".join([verdict.told(), *stories])
    assert not tally.outcomes[Outcome.STRANDED], tally.errors


async def everybody_ran(referee: Referee, rules: Rules, tally: Tally) -> None:
    """Return when both sides have rebooted nodes: a race in which nobody ran proves nothing."""
    while True:
        verdict = judge(await referee.catch_up(), rules)
        ours, kureds = verdict.by(Actor.OURS), verdict.by(Actor.KURED)
        if ours >= LEAST_REBOOTS and kureds >= LEAST_REBOOTS_OF_KURED:
            return
        await tally.more()


def is_known(found: Finding) -> bool:
    """kured lists its node's pods once: the scheduler may bind one that it never sees."""
    return found.by is Actor.KURED and found.fault is Fault.REBOOTED_WITH_LATE_PODS


async def prepare(cluster: TestCluster) -> None:
    """Nodes that boot quickly, kureds on half of them, cordons on two, and pods that move about."""
    names = cluster.node_names
    for name in names:
        await cluster.faults.set_boot(name, 10)
    for name in names[:KUREDS]:
        await cluster.client.patch(NODES, name, {"metadata": {"labels": {LABEL: "yes"}}})
    for name in (names[0], names[-1]):
        await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    await cluster.create_workload("web", replicas=16, budget={"maxUnavailable": "40%"})


@asynccontextmanager
async def refereed(cluster: TestCluster) -> AsyncIterator[Referee]:
    async with (
        await connect(resolve(kubeconfig=str(cluster.kubeconfig))) as client,
        Referee(client, namespace=cluster.kured_namespace, name=cluster.kured_name) as referee,
    ):
        yield referee


def engines(cluster: TestCluster, tally: Tally) -> Iterator[Engine]:
    options = options_for(
        cluster, ds_name=cluster.kured_name, drain_timeout=30.0, orphan_after=ORPHAN_AFTER
    )
    for number in range(ENGINES):
        yield Engine(
            cluster.kubeconfig,
            name=f"operator-{number}@race",
            nodes=cluster.node_names,
            options=options,
            fault_rate=FAULT_RATE,
            seed=number,
            tally=tally,
        )


async def keep_patching(cluster: TestCluster) -> None:
    """Give the kureds work for as long as the race lasts."""
    chance = random.Random(0)
    for number in itertools.count(1000):
        await cluster.faults.patch_node(
            chance.choice(cluster.node_names[:KUREDS]), f"6.8.0-{number}-azure"
        )
        await asyncio.sleep(chance.uniform(0.5, 1.0))


async def clear_up(cluster: TestCluster) -> None:
    """Bring to an end what dead engines have left, by one that lives and has a good connection."""
    options = options_for(cluster, ds_name=cluster.kured_name, orphan_after=ORPHAN_AFTER)
    survivor = Engine(
        cluster.kubeconfig,
        name="survivor@race",
        nodes=cluster.node_names,
        options=options,
        fault_rate=0.0,
        seed=0,
        tally=Tally(),
    )
    async with survivor.session() as session:

        async def over() -> bool:
            for node in session.orphans():
                await session.resume(node).ended()
            return not await journals(cluster)

        await eventually(over, timeout=PATIENCE)


async def journals(cluster: TestCluster) -> list[str]:
    nodes = (await cluster.client.list(NODES)).items
    return [
        node.metadata.name for node in nodes if OPERATION_ANNOTATION in node.metadata.annotations
    ]


async def is_quiet(cluster: TestCluster, rules: Rules) -> bool:
    """Whether nobody is at work any more, kureds included."""
    nodes = [
        node
        for node in (await cluster.client.list(NODES)).items
        if node.metadata.name in rules.nodes
    ]
    holder = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    held = {node.metadata.name for node in nodes if node.spec.unschedulable}
    waiting = [node for node in nodes if controls.PATCH in node.metadata.annotations]
    pods = (await cluster.client.list(PODS, namespace=cluster.kured_namespace)).items
    ours = [pod for pod in pods if pod.metadata.name.startswith("kuredtui-reboot")]
    lock = holder.metadata.annotations.get(LOCK_ANNOTATION, "")
    return held == rules.cordoned and not waiting and not ours and '"nodeID"' not in lock
