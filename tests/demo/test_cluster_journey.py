"""The embedded cluster (or simulated kubelets on a given one), through what a reboot needs of it."""

from __future__ import annotations

from typing import Any

from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Node
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

REBOOT: dict[str, Any] = {  # Any: a pod's spec in JSON
    "hostPID": True,
    "restartPolicy": "Never",
    "tolerations": [{"operator": "Exists"}],
    "containers": [
        {
            "name": "reboot",
            "image": "registry.k8s.io/pause:3.10",
            "command": [
                "/bin/sh",
                "-c",
                "exec /usr/bin/nsenter -m/proc/1/ns/mnt -- /bin/systemctl reboot",
            ],
        }
    ],
}


def ready(node: Node) -> bool:
    return any(c.type == "Ready" and c.status == "True" for c in node.status.conditions)


async def test_a_workload_becomes_ready_and_spreads_over_the_nodes(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=3, budget={"minAvailable": 2})
    assert {pod.spec.node_name for pod in pods} == set(cluster.node_names)


async def test_kured_has_a_ready_pod_on_each_node(cluster: TestCluster) -> None:
    async def all_ready() -> bool:
        found = await cluster.client.get(DAEMONSETS, "kured", namespace=cluster.kured_namespace)
        return found.status.number_ready == len(cluster.node_names)

    await eventually(all_ready, timeout=20)


async def test_a_reboot_brings_a_new_boot_id_and_the_patched_kernel(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, "6.8.0-9999-azure")
    before = await cluster.client.get(NODES, name)
    await cluster.create_pod("reboot", node=name, **REBOOT)

    async def back() -> bool:
        node = await cluster.client.get(NODES, name)
        return node.status.node_info.boot_id != before.status.node_info.boot_id and ready(node)

    await eventually(back, timeout=20)
    after = await cluster.client.get(NODES, name)
    assert after.status.node_info.kernel_version == "6.8.0-9999-azure"
    assert after.metadata.uid == before.metadata.uid


async def test_an_evicted_pod_comes_back_on_another_node(cluster: TestCluster) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1, budget={"maxUnavailable": 1})
    node = pod.spec.node_name
    await cluster.client.patch(NODES, node, {"spec": {"unschedulable": True}})
    await cluster.client.evict(
        namespace=cluster.namespace, name=pod.metadata.name, uid=pod.metadata.uid
    )

    async def elsewhere() -> bool:
        page = await cluster.client.list(
            PODS, namespace=cluster.namespace, label_selector="app=web"
        )
        return [p.spec.node_name for p in page.items if p.status.phase == "Running"] not in (
            [],
            [node],
        )

    await eventually(elsewhere, timeout=20)
