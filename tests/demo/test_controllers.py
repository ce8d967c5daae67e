"""Scheduler and controllers, as those who run workloads and drain nodes see them.

On a given cluster these are its own: what is expected here is what real ones do.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from kuredtui.demo.informer import Informer
from kuredtui.demo.kubelet import NodeBlueprint, node_object
from kuredtui.demo.kubelet.node_agent import LEASE_NAMESPACE
from kuredtui.demo.pace import Pace
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    LEASES,
    NODES,
    POD_DISRUPTION_BUDGETS,
    PODS,
)
from kuredtui.kube.types import Node, Pod, PodDisruptionBudgetStatus
from tests.demo.observing import condition, followed, is_ready, running
from tests.demo.test_kubelets import BY_COMMAND, shell
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

PATIENCE = 120.0
"""Seconds. Real controllers take their time: a node is silent for 40 s before it is Unknown."""
UNREACHABLE = "node.kubernetes.io/unreachable"
HOSTNAME = "kubernetes.io/hostname"


async def cordon(cluster: TestCluster, name: str, *, on: bool = True) -> None:
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": on or None}})


async def scale(cluster: TestCluster, name: str, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    await cluster.client.patch(DEPLOYMENTS, name, body, namespace=cluster.namespace)


# The scheduler


async def test_a_pod_that_fits_nowhere_says_why_and_is_scheduled_when_it_fits(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await cordon(cluster, name)
    await cluster.create_pod("web", nodeSelector={HOSTNAME: name})

    async def is_refused() -> bool:
        (pod,) = await cluster.pods()
        scheduled = condition(pod, "PodScheduled")
        assert scheduled.status == "False"
        assert scheduled.reason == "Unschedulable"
        assert "were unschedulable" in scheduled.message
        return not pod.spec.node_name

    await eventually(is_refused, timeout=PATIENCE)
    await cordon(cluster, name, on=False)

    async def runs() -> bool:
        (pod,) = await cluster.pods()
        return pod.spec.node_name == name and is_ready(pod)

    await eventually(runs, timeout=PATIENCE)


async def test_a_workload_spreads_over_the_nodes(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=3)
    assert {pod.spec.node_name for pod in pods} == set(cluster.node_names)


# Deployments and ReplicaSets


async def test_a_deleted_pod_is_replaced(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=2)
    await cluster.client.delete(PODS, pods[0].metadata.name, namespace=cluster.namespace)

    async def replaced() -> bool:
        uids = {pod.metadata.uid for pod in await ready_pods(cluster)}
        return len(uids) == 2 and pods[0].metadata.uid not in uids

    await eventually(replaced, timeout=PATIENCE)


async def test_a_deployment_has_as_many_pods_as_it_is_scaled_to(cluster: TestCluster) -> None:
    await cluster.create_workload("web", replicas=1)
    for replicas in (4, 2, 0):
        await scale(cluster, "web", replicas)

        async def scaled(wanted: int = replicas) -> bool:
            return len(await cluster.pods()) == wanted == len(await ready_pods(cluster))

        await eventually(scaled, timeout=PATIENCE)


async def test_a_roll_out_stays_within_surge_and_unavailability(cluster: TestCluster) -> None:
    """25 % of 4 each way are the defaults: never fewer than 3 ready, never more than 5 at all."""
    before = {pod.metadata.uid for pod in await cluster.create_workload("web", replicas=4)}
    pods = Informer(cluster.client, PODS, namespace=cluster.namespace)
    available: list[int] = []
    present: list[int] = []

    def look(_before: Pod | None, _after: Pod | None) -> None:
        staying = [p for p in pods.items.values() if p.metadata.deletion_timestamp is None]
        available.append(sum(map(is_ready, staying)))
        present.append(len(staying))

    async with running(pods):
        pods.listeners.append(look)
        template = {"metadata": {"annotations": {"version": "2"}}}
        body = {"spec": {"template": template}}
        await cluster.client.patch(DEPLOYMENTS, "web", body, namespace=cluster.namespace)

        def rolled() -> bool:
            uids = {pod.metadata.uid for pod in pods.items.values() if is_ready(pod)}
            return len(uids) == 4 == len(pods.items) and not uids & before

        await eventually(rolled, timeout=PATIENCE)
    assert min(available) >= 3
    assert max(present) <= 5


async def test_an_evicted_pod_comes_back_on_another_node(cluster: TestCluster) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1, budget={"maxUnavailable": 1})
    node = pod.spec.node_name
    await cordon(cluster, node)
    await cluster.client.evict(
        namespace=cluster.namespace, name=pod.metadata.name, uid=pod.metadata.uid
    )

    async def elsewhere() -> bool:
        return {p.spec.node_name for p in await ready_pods(cluster)} not in (set(), {node})

    await eventually(elsewhere, timeout=PATIENCE)


# DaemonSets


async def daemon_pods(cluster: TestCluster) -> dict[str, Pod]:
    """kured's pods on this test's nodes, by node."""
    page = await cluster.client.list(PODS, namespace=cluster.kured_namespace)
    return {
        pod.spec.node_name: pod
        for pod in page.items
        if pod.spec.node_name
        and any(owner.kind == "DaemonSet" for owner in pod.metadata.owner_references)
    }


async def all_daemons_ready(cluster: TestCluster, nodes: list[str]) -> dict[str, Pod]:
    async def found() -> dict[str, Pod]:
        pods = await daemon_pods(cluster)
        assert set(nodes) == set(pods)
        assert all(map(is_ready, pods.values()))
        daemon_set = await cluster.client.get(
            DAEMONSETS, "kured", namespace=cluster.kured_namespace
        )
        assert daemon_set.status.number_ready == len(nodes)
        return pods

    return await eventually(found, timeout=PATIENCE)


async def test_a_daemon_comes_back_on_a_cordoned_node(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    before = await all_daemons_ready(cluster, cluster.node_names)
    await cordon(cluster, name)
    metadata = before[name].metadata
    await cluster.client.delete(PODS, metadata.name, namespace=metadata.namespace)

    async def is_back() -> bool:
        after = (await daemon_pods(cluster)).get(name)
        return after is not None and after.metadata.uid != metadata.uid and is_ready(after)

    await eventually(is_back, timeout=PATIENCE)


async def test_a_new_node_gets_a_daemon_and_one_that_goes_takes_it_along(
    cluster: TestCluster,
) -> None:
    name = f"{cluster.namespace}-new"
    blueprint = NodeBlueprint(name=name, index=901, instance=cluster.instance)
    now = Pace().now()
    await cluster.client.create(NODES, node_object(blueprint, created_at=now, now=now))
    await all_daemons_ready(cluster, [*cluster.node_names, name])
    await cluster.client.delete(NODES, name)
    await all_daemons_ready(cluster, cluster.node_names)


async def test_a_changed_template_rolls_the_daemons_one_node_after_the_other(
    cluster: TestCluster,
) -> None:
    before = await all_daemons_ready(cluster, cluster.node_names)
    pods = Informer(cluster.client, PODS, namespace=cluster.kured_namespace)
    ready: list[int] = []

    def look(_before: Pod | None, _after: Pod | None) -> None:
        daemons = [p for p in pods.items.values() if p.spec.node_name in before]
        ready.append(sum(is_ready(p) and not p.metadata.deletion_timestamp for p in daemons))

    async with running(pods):
        pods.listeners.append(look)
        body = {"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}}
        await cluster.client.patch(DAEMONSETS, "kured", body, namespace=cluster.kured_namespace)

        async def rolled() -> bool:
            after = await all_daemons_ready(cluster, cluster.node_names)
            return all(after[n].metadata.uid != before[n].metadata.uid for n in before)

        await eventually(rolled, timeout=PATIENCE)
    assert min(ready) >= len(before) - 1


# Budgets


async def budget_status(cluster: TestCluster, name: str = "web") -> PodDisruptionBudgetStatus:
    found = await cluster.client.get(POD_DISRUPTION_BUDGETS, name, namespace=cluster.namespace)
    return found.status


@pytest.mark.parametrize(
    ("limit", "desired", "allowed"),
    [({"minAvailable": 3}, 3, 1), ({"minAvailable": "50%"}, 2, 2), ({"maxUnavailable": 1}, 3, 1)],
)
async def test_a_budget_counts_its_pods(
    cluster: TestCluster, limit: dict[str, Any], desired: int, allowed: int
) -> None:
    await cluster.create_workload("web", replicas=4, budget=limit)
    status = await budget_status(cluster)
    assert (status.expected_pods, status.current_healthy) == (4, 4)
    assert (status.desired_healthy, status.disruptions_allowed) == (desired, allowed)


async def test_an_eviction_uses_the_budget_up_until_the_replacement_is_ready(
    cluster: TestCluster,
) -> None:
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 1})
    for name in cluster.node_names:
        await cordon(cluster, name)  # so that the replacement has to wait
    metadata = pods[0].metadata
    await cluster.client.evict(namespace=cluster.namespace, name=metadata.name, uid=metadata.uid)

    async def used_up() -> bool:
        status = await budget_status(cluster)
        return (status.current_healthy, status.disruptions_allowed) == (1, 0)

    await eventually(used_up, timeout=PATIENCE)
    await cordon(cluster, cluster.node_names[0], on=False)

    async def recovered() -> bool:
        status = await budget_status(cluster)
        return (status.current_healthy, status.disruptions_allowed) == (2, 1)

    await eventually(recovered, timeout=PATIENCE)


async def test_a_budget_follows_the_scale_of_its_workload(cluster: TestCluster) -> None:
    await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": "50%"})
    await scale(cluster, "web", 4)

    async def grown() -> bool:
        status = await budget_status(cluster)
        return (status.expected_pods, status.desired_healthy, status.disruptions_allowed) == (
            4,
            2,
            2,
        )

    await eventually(grown, timeout=PATIENCE)


# The life of nodes


async def go_silent(cluster: TestCluster, name: str) -> None:
    """The node goes down without a word and stays away."""
    await cluster.faults.set_boot(name, None)
    await cluster.faults.go_silently(name)
    await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND))


async def until_unknown(cluster: TestCluster, name: str) -> Node:
    async def unknown() -> Node | None:
        node = await cluster.client.get(NODES, name)
        return node if condition(node).status == "Unknown" else None

    found = await eventually(unknown, timeout=PATIENCE)
    assert found is not None
    return found


async def test_a_silent_node_is_unknown_and_tainted_and_its_pods_are_not_ready(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await cluster.create_pod("web", node=name)
    await eventually(lambda: named_pod_is_ready(cluster, "web"), timeout=PATIENCE)
    await go_silent(cluster, name)
    node = await until_unknown(cluster, name)
    assert condition(node).reason == "NodeStatusUnknown"
    assert condition(node).message == "Kubelet stopped posting node status."

    async def tainted() -> bool:
        taints = (await cluster.client.get(NODES, name)).spec.taints
        effects = {taint.effect for taint in taints if taint.key == UNREACHABLE}
        return effects == {"NoSchedule", "NoExecute"}

    await eventually(tainted, timeout=PATIENCE)

    async def marked() -> bool:
        return not await named_pod_is_ready(cluster, "web")

    await eventually(marked, timeout=PATIENCE)


async def test_a_node_that_never_said_anything_is_not_judged_at_once(
    cluster: TestCluster,
) -> None:
    name = f"{cluster.namespace}-mute"
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
    async with followed(cluster.client, NODES, name) as versions:
        await cluster.client.create(NODES, body)
        node = await until_unknown(cluster, name)
        assert condition(node).reason == "NodeStatusNeverUpdated"
        await eventually(lambda: any(map(is_unreachable, versions)), timeout=PATIENCE)
        await cluster.client.delete(NODES, name)
    judged = [condition(node).status for node in versions if is_unreachable(node)]
    assert set(judged) == {"Unknown"}


def is_unreachable(node: Node | None) -> bool:
    return node is not None and UNREACHABLE in {taint.key for taint in node.spec.taints}


async def test_a_node_that_is_heard_again_is_ready_and_untainted_and_so_are_its_pods(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await cluster.create_pod("web", node=name)
    await eventually(lambda: named_pod_is_ready(cluster, "web"), timeout=PATIENCE)
    await go_silent(cluster, name)
    await until_unknown(cluster, name)
    await cluster.faults.set_boot(name, 0)

    async def recovered() -> bool:
        node = await cluster.client.get(NODES, name)
        assert is_ready(node)
        assert UNREACHABLE not in {taint.key for taint in node.spec.taints}
        return await named_pod_is_ready(cluster, "web")

    await eventually(recovered, timeout=PATIENCE)


async def test_pods_of_a_silent_node_come_back_elsewhere_when_their_patience_is_over(
    cluster: TestCluster,
) -> None:
    impatient = {"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute"}
    (pod,) = await cluster.create_workload(
        "web", spec={"tolerations": [{**impatient, "tolerationSeconds": 5}]}
    )
    name = pod.spec.node_name
    await go_silent(cluster, name)

    async def elsewhere() -> bool:
        return any(p.spec.node_name != name for p in await ready_pods(cluster, "app=web"))

    await eventually(elsewhere, timeout=PATIENCE)
    left = {p.metadata.uid: p for p in await cluster.pods("app=web")}
    assert left[pod.metadata.uid].metadata.deletion_timestamp, "gone only with its kubelet's word"


async def test_a_reboot_that_is_quick_enough_is_never_unknown(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = (await cluster.client.get(NODES, name)).status.node_info.boot_id
    await cluster.faults.set_boot(name, 0.1)
    statuses = set()
    nodes = Informer(cluster.client, NODES, field_selector=f"metadata.name={name}")
    nodes.listeners.append(lambda _, node: statuses.add(node and condition(node).status))
    async with running(nodes):
        await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND))

        def booted() -> bool:
            node = nodes.items[name]
            return node.status.node_info.boot_id != old and is_ready(node)

        await eventually(booted, timeout=PATIENCE)
    assert statuses == {"True", "False"}


@pytest.mark.embedded  # where controllers and kubelets share a loop
async def test_a_busy_machine_is_no_silent_node(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    async with followed(cluster.client, NODES, name) as versions:
        for _ in range(2):
            time.sleep(2.5)  # noqa: ASYNC251 - nobody in this loop gets a turn meanwhile
            async with followed(
                cluster.client, LEASES, name, namespace=LEASE_NAMESPACE
            ) as renewals:
                await eventually(lambda seen=renewals: len(seen) >= 5, timeout=PATIENCE)
    assert {condition(node).status for node in versions if node} == {"True"}


async def ready_pods(cluster: TestCluster, selector: str = "") -> list[Pod]:
    return [pod for pod in await cluster.pods(selector) if is_ready(pod)]


async def named_pod_is_ready(cluster: TestCluster, name: str) -> bool:
    try:
        return is_ready(await cluster.client.get(PODS, name, namespace=cluster.namespace))
    except NotFound:
        return False
