"""The reboot of a node from beginning to end."""

from __future__ import annotations

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.phases import Phase
from kuredtui.engine.session import Session
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.engine.conftest import finished, messages
from tests.support.clusters import TestCluster

LOCK = "weave.works/kured-node-lock"


async def lock_of(cluster: TestCluster) -> str | None:
    """The lock's annotation as it stands."""
    kured = await cluster.client.get(DAEMONSETS, "kured", namespace=cluster.kured_namespace)
    return kured.metadata.annotations.get(LOCK)


async def test_a_node_is_rebooted_and_given_back(cluster: TestCluster, session: Session) -> None:
    pods = await cluster.create_workload("web", replicas=3)
    name = pods[0].spec.node_name
    before = await cluster.client.get(NODES, name)

    operation = session.start_reboot(name)
    assert await finished(operation) is Phase.DONE, operation.error

    after = await cluster.client.get(NODES, name)
    assert after.status.node_info.boot_id != before.status.node_info.boot_id
    assert not after.spec.unschedulable
    assert OPERATION_ANNOTATION not in after.metadata.annotations
    assert await lock_of(cluster) is None
    left = {pod.metadata.uid for pod in await cluster.pods("app=web")}
    evicted = {pod.metadata.uid for pod in pods if pod.spec.node_name == name}
    assert not left & evicted
    kured = await cluster.client.list(PODS, namespace=cluster.kured_namespace)
    assert not [pod for pod in kured.items if pod.metadata.name.startswith("kuredtui-reboot")]
    assert any("new boot" in message for message in messages(session))


async def test_a_node_that_was_cordoned_stays_cordoned(
    cluster: TestCluster, session: Session
) -> None:
    name = cluster.node_names[0]
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})

    operation = session.start_reboot(name)
    assert await finished(operation) is Phase.DONE, operation.error

    assert (await cluster.client.get(NODES, name)).spec.unschedulable
    assert await lock_of(cluster) is None
