"""After the pods: their volumes, which others cannot mount before they are detached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import pytest

from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import PERSISTENT_VOLUME_CLAIMS, VOLUME_ATTACHMENTS
from tests.engine.draining import drain_of, running, says
from tests.support.clusters import TestCluster, unique_name
from tests.support.eventually import eventually
from tests.support.users import somebody

Attach = Callable[[str, str], Awaitable[str]]


@pytest.fixture
def node(cluster: TestCluster) -> str:
    """The node that is drained."""
    return cluster.node_names[0]


@pytest.fixture
async def attach(cluster: TestCluster) -> AsyncIterator[Attach]:
    """Attaches a volume to a node: (PersistentVolume, node) -> name of the VolumeAttachment."""
    async with AsyncExitStack() as stack:

        async def attached(volume: str, node: str) -> str:
            name = unique_name()
            body = {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "VolumeAttachment",
                "metadata": {"name": name},
                "spec": {
                    "attacher": "test.kuredtui.io",
                    "nodeName": node,
                    "source": {"persistentVolumeName": volume},
                },
            }
            await cluster.client.create(VOLUME_ATTACHMENTS, body)
            stack.push_async_callback(detach, cluster, name)
            status = {"status": {"attached": True}}
            await cluster.client.patch(VOLUME_ATTACHMENTS, name, status, subresource="status")
            return name

        yield attached


async def detach(cluster: TestCluster, name: str) -> None:
    with suppress(NotFound):
        await cluster.client.delete(VOLUME_ATTACHMENTS, name)


async def claim(cluster: TestCluster, name: str, *, volume: str) -> None:
    """A claim that is bound to a volume."""
    body = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "",
            "volumeName": volume,
        },
    }
    await cluster.client.create(PERSISTENT_VOLUME_CLAIMS, body, namespace=cluster.namespace)


def using(*claims: str) -> list[dict[str, object]]:
    """The volumes of a pod that uses these claims."""
    return [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]


async def test_a_drain_ends_when_the_volumes_are_detached(
    cluster: TestCluster, node: str, attach: Attach
) -> None:
    volume = unique_name()
    await claim(cluster, "data", volume=volume)
    await cluster.create_pod("db", node=node, volumes=using("data"))
    attachment = await attach(volume, node)
    await attach(volume, cluster.node_names[1])
    await attach(unique_name(), node)

    run = drain_of(cluster, node, volume_detach_timeout=60.0)
    async with running(run) as task:
        await says(run, "1/1 pods gone")
        done, _ = await asyncio.wait([task], timeout=0.3)
        assert not done
        await detach(cluster, attachment)
        await asyncio.wait_for(task, 10)
    assert not run.count("attached")


async def test_a_volume_that_does_not_detach_is_named_and_waited_for_no_longer(
    cluster: TestCluster, node: str, attach: Attach
) -> None:
    volume = unique_name()
    await claim(cluster, "data", volume=volume)
    await cluster.create_pod("db", node=node, volumes=using("data"))
    await attach(volume, node)
    run = drain_of(cluster, node, volume_detach_timeout=0.5)
    await asyncio.wait_for(run.drain.run(), 20)
    assert run.count(f"Still attached to the node after 0.5 s: {volume}") == 1
    assert run.records[-1].level == "warning"


async def test_a_volume_that_counts_as_detached_is_not_waited_for(
    cluster: TestCluster, node: str, attach: Attach
) -> None:
    volume = unique_name()
    await claim(cluster, "data", volume=volume)
    await cluster.create_pod("db", node=node, volumes=using("data"))
    attachment = await attach(volume, node)
    run = drain_of(cluster, node, volume_detach_timeout=60.0)
    async with running(run) as task:
        await says(run, "1/1 pods gone")
        status = {"status": {"attached": False}}
        await cluster.client.patch(VOLUME_ATTACHMENTS, attachment, status, subresource="status")
        await asyncio.wait_for(task, 10)


async def test_the_volume_of_a_pod_that_stays_is_not_waited_for(
    cluster: TestCluster, node: str, attach: Attach
) -> None:
    volume = unique_name()
    await claim(cluster, "data", volume=volume)
    await cluster.create_pod("db", node=node, volumes=using("data"), labels={"app": "db"})
    await cluster.create_pod("too", node=node, volumes=using("data"))
    await attach(volume, node)
    run = drain_of(cluster, node, drain_pod_selector="app=db", volume_detach_timeout=60.0)
    await asyncio.wait_for(run.drain.run(), 20)


async def test_the_claim_of_an_ephemeral_volume_is_known_by_its_pod(
    cluster: TestCluster, node: str, attach: Attach
) -> None:
    volume = unique_name()
    await claim(cluster, "db-scratch", volume=volume)
    template = {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        }
    }
    ephemeral = {"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}
    await cluster.create_pod("db", node=node, volumes=[ephemeral])
    await attach(volume, node)
    run = drain_of(cluster, node, volume_detach_timeout=0.5)
    await asyncio.wait_for(run.drain.run(), 20)
    assert run.count(volume) == 1


@pytest.mark.embedded
@pytest.mark.parametrize("denied", ["get persistentvolumeclaims", "list volumeattachments"])
async def test_what_may_not_be_read_is_said_and_not_waited_for(
    cluster: TestCluster, node: str, attach: Attach, denied: str
) -> None:
    volume = unique_name()
    await claim(cluster, "data", volume=volume)
    await cluster.create_pod("db", node=node, volumes=using("data"))
    await attach(volume, node)
    async with somebody(cluster, denied=[denied]) as client:
        run = drain_of(cluster, node, client=client, volume_detach_timeout=60.0)
        await asyncio.wait_for(run.drain.run(), 20)
    assert run.count("is not known: we may not") == 1


async def test_a_claim_that_is_missing_is_no_matter(cluster: TestCluster, node: str) -> None:
    await cluster.create_pod("db", node=node, volumes=using("never-made"))
    await eventually(lambda: cluster.pods())
    run = drain_of(cluster, node, volume_detach_timeout=60.0)
    await asyncio.wait_for(run.drain.run(), 20)
