"""An hour of patching, simulated: a console and a kured on every node share one lock, and both work."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kuredtui.demo.scenario.kured import LOCK_ANNOTATION, MANIFEST, KuredSetup
from kuredtui.engine.phases import Outcome
from kuredtui.engine.session import Session
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.resources import DAEMONSETS, NODES
from tests.engine.conftest import running_session
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Fault, Referee, Rules, judge
from tests.support.referee.rules import Actor

pytestmark = pytest.mark.embedded  # an hour in half a minute
SPEED = 200.0
HOUR = 3600.0
PATIENCE = 120.0
TAKEN = "The node's kured has taken the lock."


@pytest.fixture
def cluster_nodes() -> int:
    return 6


@pytest.fixture
def cluster_speed() -> float:
    return SPEED


def kured(concurrency: int) -> object:
    setup = replace(MANIFEST, period="5m", concurrency=concurrency, more={"drain-timeout": "10m"})
    return pytest.param(setup, id=f"concurrency-{concurrency}")


@pytest.mark.parametrize("cluster_kured", [kured(2)])
async def test_a_console_and_kured_share_one_lock_for_an_hour_of_patching(
    cluster: TestCluster, cluster_kured: KuredSetup, tmp_path: Path
) -> None:
    cordoned = cluster.node_names[-1]
    await cluster.client.patch(NODES, cordoned, {"spec": {"unschedulable": True}})
    await cluster.create_workload("web", replicas=6, budget={"maxUnavailable": "50%"})
    for name in cluster.node_names:
        await cluster.faults.set_boot(name, 30)
    rules = Rules(
        nodes=frozenset(cluster.node_names),
        allowed=cluster_kured.concurrency,
        cordoned=frozenset({cordoned}),
    )
    log = tmp_path / "log.jsonl"
    async with (
        await connect(resolve(kubeconfig=str(cluster.kubeconfig))) as client,
        Referee(client, namespace=cluster.kured_namespace, name=cluster.kured_name) as referee,
        running_session(cluster, log_file=log, ds_name=cluster.kured_name) as session,
    ):
        await eventually(lambda: session.why_version, timeout=PATIENCE, what="the lock is watched")
        await patch_for_an_hour(cluster, session)
        await eventually(lambda: is_quiet(cluster, session, cordoned), timeout=PATIENCE)
        verdict = judge(await referee.catch_up(), rules)
        await eventually(lambda: len(taken(log)) >= verdict.by(Actor.KURED), timeout=PATIENCE)

    # kured lists its node's pods once: the scheduler may bind one that it never sees.
    known = {Fault.REBOOTED_WITH_LATE_PODS}
    assert not [found for found in verdict.findings if found.fault not in known], verdict.told()
    assert verdict.by(Actor.OURS) >= 1, verdict.reboots
    assert verdict.by(Actor.KURED) >= 1, verdict.reboots
    assert verdict.most_owners <= cluster_kured.concurrency
    who = who_did(log)
    assert sorted(who) == sorted((node, str(actor)) for node, actor in verdict.reboots)


async def patch_for_an_hour(cluster: TestCluster, session: Session) -> None:
    """Patches come; somebody at the console reboots what waits, when they feel like it.

    First a node that waits for nothing: of those that wait, kureds may be at work on each already.
    """
    chance = random.Random(1)
    session.start_reboot(cluster.node_names[0])
    end = time.monotonic() + HOUR / SPEED
    for number in itertools.count(1000):
        if time.monotonic() > end:
            return
        await cluster.faults.patch_node(chance.choice(cluster.node_names), f"6.8.0-{number}-azure")
        await asyncio.sleep(chance.uniform(100, 300) / SPEED)
        waiting = [
            node.name
            for node in session.store.records()
            if node.pending.state == "yes" and not session.refusal(node.name)
        ]
        if waiting and chance.random() < 0.5:
            session.start_reboot(chance.choice(sorted(waiting)))


async def is_quiet(cluster: TestCluster, session: Session, cordoned: str) -> bool:
    """Whether nobody is at work, and no node waits any more."""
    if any(not item.phase.finished for item in session.operations.values()):
        return False
    nodes = (await cluster.client.list(NODES)).items
    holder = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    waiting = [n for n in nodes if "demo.kuredtui.io/patch" in n.metadata.annotations]
    held = {node.metadata.name for node in nodes if node.spec.unschedulable}
    lock = holder.metadata.annotations.get(LOCK_ANNOTATION, "")
    return not waiting and held == {cordoned} and '"nodeID"' not in lock


def records(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_bytes().splitlines()]


def taken(log: Path) -> list[str]:
    """The nodes whose kureds have taken the lock, as the log tells it."""
    return [record["node"] for record in records(log) if record["message"] == TAKEN]


def who_did(log: Path) -> list[tuple[str, str]]:
    """Which node was rebooted by whom, by the log alone."""
    ours = [
        (record["node"], str(Actor.OURS))
        for record in records(log)
        if record["fields"].get("outcome") == Outcome.DONE
        and not any(
            other["operation"] == record["operation"] and "by another hand" in other["message"]
            for other in records(log)
        )
    ]
    return ours + [(node, str(Actor.KURED)) for node in taken(log)]
