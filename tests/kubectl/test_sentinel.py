"""Our sentinel, applied by the real kubectl, on simulated machines: from the file to the screen's PENDING."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Outcome
from kuredtui.engine.session import Session
from kuredtui.kube.resources import DAEMONSETS
from kuredtui.manifests.sentinel import sentinel_manifest
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl

pytestmark = pytest.mark.embedded  # its pods run on simulated machines alone

KERNEL = "6.8.0-1099-azure"
SOURCE = "sentinel"
INTERVAL = 5.0


@asynccontextmanager
async def watched(cluster: TestCluster, kubectl: Kubectl) -> AsyncIterator[Session]:
    """A session in which every node's sentinel has reported, and no kured tells anything."""
    await cluster.client.delete(DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace)
    manifest = sentinel_manifest(namespace="kuredtui", interval=INTERVAL)
    await kubectl("apply", "-f", "-", stdin=manifest)
    session = Session(cluster.client, options=EngineOptions(), owner="tester@here")
    task = asyncio.create_task(session.run())
    try:
        await eventually(
            lambda: all(says(session, name, "no") for name in cluster.node_names),
            timeout=90,
            what="every sentinel has reported",
        )
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])


def says(session: Session, node: str, state: str) -> bool:
    record = session.store.get(node)
    reports = record.reports if record is not None else ()
    return any(item.source == SOURCE and item.state == state for item in reports)


@pytest.mark.parametrize("cluster_speed", [1.0])
async def test_a_sentinel_file_is_seen_within_the_interval_and_two_seconds(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    async with watched(cluster, kubectl) as session:
        name = cluster.node_names[0]
        await cluster.faults.patch_node(name, KERNEL)
        appeared = time.monotonic()
        await eventually(lambda: says(session, name, "yes"), timeout=30)
        took = time.monotonic() - appeared
        node = session.store.get(name)
        assert node is not None
        assert node.pending.packages == (f"linux-image-{KERNEL}", "linux-base")
        assert took <= INTERVAL + 2, f"{took:.1f} s"
        assert not any(says(session, other, "yes") for other in cluster.node_names[1:])


async def test_after_the_boot_it_tells_that_the_file_is_gone(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    async with watched(cluster, kubectl) as session:
        name = cluster.node_names[0]
        await cluster.faults.patch_node(name, KERNEL)
        await eventually(lambda: says(session, name, "yes"), timeout=30)
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
        await eventually(lambda: says(session, name, "no"), timeout=60)
        node = session.store.get(name)
        assert node is not None
        assert node.pending.state == "no"
