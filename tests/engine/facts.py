"""What stands in the cluster: journals, locks, pods that hold a drain up, and whether a node is as it was."""

from __future__ import annotations

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock import read
from kuredtui.engine.journal import Journal, read_journal
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Node, Pod
from tests.support.clusters import TestCluster

LOCK = "weave.works/kured-node-lock"
REBOOT_PODS = "app.kubernetes.io/name=kuredtui-reboot"
UNOBTAINABLE = "registry.invalid/reboot:1"


async def node_of(cluster: TestCluster, name: str) -> Node:
    """The node as it is."""
    return await cluster.client.get(NODES, name)


async def journal_of(cluster: TestCluster, name: str) -> Journal | None:
    """The journal on the node."""
    text = (await node_of(cluster, name)).metadata.annotations.get(OPERATION_ANNOTATION)
    return read_journal(text) if text is not None else None


async def lock_text(cluster: TestCluster) -> str | None:
    """The lock's annotation as it stands."""
    kured = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    return kured.metadata.annotations.get(LOCK)


async def holders(cluster: TestCluster) -> list[str]:
    """Who holds the lock."""
    return [entry.node_id for entry in read(await lock_text(cluster)).entries]


async def set_lock(cluster: TestCluster, text: str | None) -> None:
    """Write the lock by hand."""
    await cluster.client.patch(
        DAEMONSETS,
        cluster.kured_name,
        {"metadata": {"annotations": {LOCK: text}}},
        namespace=cluster.kured_namespace,
    )


async def reboot_pods(cluster: TestCluster) -> list[Pod]:
    """Our reboot pods that exist."""
    page = await cluster.client.list(
        PODS, namespace=cluster.kured_namespace, label_selector=REBOOT_PODS
    )
    return [pod for pod in page.items if pod.spec.node_name in cluster.node_names]


async def hold_up(cluster: TestCluster, name: str) -> Pod:
    """A pod on the node that no drain gets rid of."""
    labels = {"app": "held"}
    await cluster.faults.never_allow(labels, namespace=cluster.namespace)
    return await cluster.create_pod("held", node=name, labels=labels)


async def let_go(cluster: TestCluster) -> None:
    """Take that pod away, so that the drain goes on."""
    await cluster.client.delete(PODS, "held", namespace=cluster.namespace)


async def assert_as_found(cluster: TestCluster, name: str, *, cordoned: bool = False) -> None:
    """No lock, no journal, and the cordon of before."""
    node = await node_of(cluster, name)
    assert OPERATION_ANNOTATION not in node.metadata.annotations
    assert node.spec.unschedulable is cordoned
    assert await holders(cluster) == []
