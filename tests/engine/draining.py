"""What the tests of drains share: pods put on one node, and a drain with its records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kuredtui.engine.drain import Drain
from kuredtui.engine.eviction import EvictionPauses
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Progress
from kuredtui.engine.recorder import Recorder
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES, PODS
from kuredtui.kube.types import Pod
from tests.engine.conftest import options_for
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

# No test waits as long as a drain in earnest would.
QUICK = EvictionPauses(
    refusal=0.2,
    least=0.05,
    errors=BackoffRange(first=0.05, most=0.2),
    patience=1.0,
    denials=4,
)


@dataclass
class DrainRun:
    """A drain and what it has said.

    Attributes:
        drain: the drain.
        records: all that it published.
    """

    drain: Drain
    recorder: Recorder
    records: list[Progress] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """The messages."""
        return [record.message for record in self.records]

    def count(self, words: str) -> int:
        """How many messages hold these words."""
        return sum(words in message for message in self.said)


def drain_of(
    cluster: TestCluster,
    node: str,
    *,
    client: Client | None = None,
    nodes: NodeFeed | None = None,
    pauses: EvictionPauses = QUICK,
    **options: object,
) -> DrainRun:
    """A drain of the node that is yet to be run."""
    records: list[Progress] = []
    recorder = Recorder(node=node, operation="test", publish=records.append)
    recorder.phase = Phase.DRAINING
    drain = Drain(
        client or cluster.client,
        node=node,
        options=options_for(cluster, **{"volume_detach_timeout": 0.0, **options}),
        recorder=recorder,
        nodes=nodes,
        pauses=pauses,
    )
    return DrainRun(drain=drain, recorder=recorder, records=records)


@asynccontextmanager
async def running(run: DrainRun) -> AsyncIterator[asyncio.Task[None]]:
    """The drain under way; it is cancelled in the end if it has not ended."""
    task = asyncio.create_task(run.drain.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def cordon(cluster: TestCluster, *names: str, away: bool = True) -> None:
    """Make nodes unschedulable, or schedulable again."""
    for name in names:
        await cluster.client.patch(NODES, name, {"spec": {"unschedulable": away}})


@asynccontextmanager
async def only_on(cluster: TestCluster, node: str) -> AsyncIterator[None]:
    """Pods that are scheduled meanwhile come to this node; afterwards it is cordoned and no other."""
    others = [name for name in cluster.node_names if name != node]
    await cordon(cluster, *others)
    yield
    await cordon(cluster, node)
    await cordon(cluster, *others, away=False)


async def pods_on(cluster: TestCluster, node: str) -> list[Pod]:
    """The pods of this test's namespace on the node, but for those of DaemonSets."""
    return [
        pod
        for pod in await cluster.pods()
        if pod.spec.node_name == node
        and not any(owner.kind == "DaemonSet" for owner in pod.metadata.owner_references)
    ]


def names(pods: list[Pod]) -> set[str]:
    return {pod.metadata.name for pod in pods}


def uids(pods: list[Pod]) -> set[str]:
    return {pod.metadata.uid for pod in pods}


async def says(run: DrainRun, words: str, *, timeout: float = 10) -> None:
    """Return when a message holds these words."""
    await eventually(
        lambda: run.count(words) > 0, timeout=timeout, what=f"{words!r} among {run.said}"
    )


async def runs(cluster: TestCluster, name: str) -> bool:
    """Whether a pod of this test's namespace has started."""
    pod = await cluster.client.get(PODS, name, namespace=cluster.namespace)
    return pod.status.phase == "Running"


async def kured_on(cluster: TestCluster, node: str) -> Pod:
    """The pod of kured's DaemonSet on the node, as soon as it is there."""

    async def found() -> Pod | None:
        page = await cluster.client.list(
            PODS, namespace=cluster.kured_namespace, field_selector=f"spec.nodeName={node}"
        )
        owned = (
            pod
            for pod in page.items
            if any(owner.name == "kured" for owner in pod.metadata.owner_references)
        )
        return next(owned, None)

    pod = await eventually(found, what=f"kured on {node}")
    assert pod is not None
    return pod
