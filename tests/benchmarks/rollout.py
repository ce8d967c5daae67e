"""Wall time of a rollout of many nodes, against the sum of the waits that nobody can avoid.

    python -m tests.benchmarks.rollout [NODES] [CONCURRENCY] [SPEED]

Unavoidable is what the cluster takes by itself: on each node the end of its pods, which all take equally
long, and the time from the creation of the reboot pod until the node is Ready in its new boot. With so many
nodes at a time, their sum divided by the concurrency is the least that a rollout can take. The cluster is a
process of its own, and lives faster than a real one so that this ends; what is ours takes as long as ever,
so the share of it is larger here than on a real cluster by as much.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kuredtui.demo.kubelet import controls
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Progress
from kuredtui.engine.rollout_entry import EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.session import Session
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DEPLOYMENTS
from tests.benchmarks.harness import Figure, report
from tests.benchmarks.plain_cluster import plain_cluster
from tests.support.eventually import eventually

_PODS_PER_NODE = 3
_STOP_SECONDS = 2.0
_PATIENCE = 1800.0


async def measure(nodes: int = 100, concurrency: int = 5, speed: float = 10.0) -> list[Figure]:
    """The rollout's time, and what of it is ours."""
    async with (
        plain_cluster(nodes=nodes, speed=speed, concurrency=concurrency) as kubeconfig,
        await connect(resolve(kubeconfig=str(kubeconfig))) as client,
        _session(client) as session,
    ):
        await client.create(DEPLOYMENTS, _workload(nodes), namespace="default")
        await eventually(lambda: _settled(client, session, nodes), timeout=_PATIENCE)
        names = [node.name for node in session.store.records()]
        began = time.perf_counter()
        options = RolloutOptions(concurrency=concurrency)
        rollout = session.start_rollout(names, options=options)
        await eventually(lambda: rollout.finished, timeout=_PATIENCE)
        took = time.perf_counter() - began
        if any(entry.state is not EntryState.DONE for entry in rollout.entries.values()):
            raise RuntimeError(rollout.stopped or "not every node is done")
        waits = _returning_seconds(session.progress.records()) + nodes * _STOP_SECONDS / speed
    least = waits / concurrency
    return [
        Figure(
            what=f"rollout of {nodes} nodes, {concurrency} at a time, above its unavoidable waits",
            value=f"{took:.0f} s, {100 * (took / least - 1):.1f} % above {least:.0f} s",
            goal="5 %",
        )
    ]


@asynccontextmanager
async def _session(client: Client) -> AsyncIterator[Session]:
    session = Session(client, options=EngineOptions(), owner="benchmark@here")
    task = asyncio.create_task(session.run())
    try:
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])


def _workload(nodes: int) -> JsonObject:
    labels = {"app": "web"}
    annotations = {controls.STOP_SECONDS: str(_STOP_SECONDS)}
    containers = [{"name": "main", "image": "registry.k8s.io/pause:3.10"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": nodes * _PODS_PER_NODE,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, "annotations": annotations},
                "spec": {"containers": containers},
            },
        },
    }


async def _settled(client: Client, session: Session, nodes: int) -> bool:
    found = await client.get(DEPLOYMENTS, "web", namespace="default")
    ready = sum(node.status == "Ready" for node in session.store.records())
    return found.status.available_replicas == nodes * _PODS_PER_NODE and ready == nodes


def _returning_seconds(records: list[Progress]) -> float:
    """How long all nodes together took from the reboot pod to Ready in the new boot."""
    began: dict[str, float] = {}
    total = 0.0
    for record in records:
        at = record.time.timestamp()
        if record.phase == Phase.RETURNING:
            began.setdefault(record.operation, at)
        elif record.phase == Phase.UNCORDONING and record.operation in began:
            total += at - began.pop(record.operation)
    return total


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    nodes, concurrency, speed = [*given, *(100, 5, 10)[len(given) :]]
    report(asyncio.run(measure(int(nodes), int(concurrency), speed)))
