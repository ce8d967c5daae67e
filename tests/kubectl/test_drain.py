"""`kubectl drain`: what it refuses, what it evicts, and what makes it wait."""

from __future__ import annotations

import asyncio

from kuredtui.demo.kubelet import controls
from kuredtui.kube.resources import NODES, POD_DISRUPTION_BUDGETS, PODS
from kuredtui.kube.types import Pod
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl

ALL = ("--ignore-daemonsets", "--delete-emptydir-data", "--force")
EMPTY_DIR = {"volumes": [{"name": "scratch", "emptyDir": {}}]}


async def pods_on(cluster: TestCluster, node: str) -> dict[str, Pod]:
    """The pods of the test's namespace that are on a node, by UID."""
    return {pod.metadata.uid: pod for pod in await cluster.pods() if pod.spec.node_name == node}


async def kured_on(cluster: TestCluster, node: str) -> str:
    """The name of kured's pod on a node, once it is there."""

    async def found() -> str:
        page = await cluster.client.list(
            PODS, namespace=cluster.kured_namespace, field_selector=f"spec.nodeName={node}"
        )
        return next((p.metadata.name for p in page.items if "kured" in p.metadata.name), "")

    return await eventually(found, timeout=20)


async def test_a_drain_without_flags_is_refused_and_evicts_nothing(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    node = cluster.node_names[0]
    daemon = await kured_on(cluster, node)
    await cluster.create_pod("bare", node=node)
    await cluster.create_pod("scratch", node=node, **EMPTY_DIR)
    before = await pods_on(cluster, node)
    done = await kubectl.run("drain", node)
    assert done.code == 1
    assert f"node/{node} cordoned" in done.out
    daemons = done.err.partition("--ignore-daemonsets to ignore): ")[
        2
    ]  # a given cluster has others
    assert f"{cluster.kured_namespace}/{daemon}" in daemons
    assert f"--delete-emptydir-data to override): {cluster.namespace}/scratch" in done.err
    assert f"{cluster.namespace}/bare" in done.err.partition("no controller")[2]
    after = await pods_on(cluster, node)
    assert set(after) == set(before)
    assert not any(pod.metadata.deletion_timestamp for pod in after.values())
    assert (await cluster.client.get(NODES, node)).spec.unschedulable


async def test_a_drain_evicts_all_but_daemons_and_waits_until_they_are_gone(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    node = cluster.node_names[0]
    daemon = await kured_on(cluster, node)
    await cluster.create_workload("web", replicas=3, spec=EMPTY_DIR)
    await cluster.create_pod("bare", node=node)
    before = await pods_on(cluster, node)
    assert len(before) == 2
    done = await kubectl.run("drain", node, *ALL)
    assert done.code == 0, done.err
    ignored = done.err.partition("ignoring DaemonSet-managed Pods: ")[2]
    assert f"{cluster.kured_namespace}/{daemon}" in ignored
    for pod in before.values():
        assert f"pod/{pod.metadata.name} evicted" in done.out
    assert done.lines[-1] == f"node/{node} drained"
    assert not await pods_on(cluster, node)
    assert await kured_on(cluster, node) == daemon


async def test_drained_pods_come_back_elsewhere_and_the_node_takes_pods_again_when_uncordoned(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    node, *others = cluster.node_names
    await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 1})
    await kubectl("drain", node, *ALL)
    await kubectl("rollout", "status", "deployment/web", "-n", cluster.namespace)
    assert {pod.spec.node_name for pod in await cluster.pods("app=web")} == set(others)
    await kubectl("uncordon", node)
    await eventually(lambda: _is_untainted(cluster, node))
    await cluster.create_workload("more", replicas=2)
    assert await pods_on(cluster, node)


async def test_a_budget_delays_a_drain_until_the_replacement_is_ready(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    node = cluster.node_names[0]
    for other in cluster.node_names[1:]:
        await kubectl("cordon", other)
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 1})
    assert {pod.spec.node_name for pod in pods} == {node}
    for other in cluster.node_names[1:]:
        await kubectl("uncordon", other)
    done = await kubectl.run("drain", node, *ALL)
    assert done.code == 0, done.err
    delayed = [
        pod.metadata.name
        for pod in pods
        if f'error when evicting pods/"{pod.metadata.name}" -n "{cluster.namespace}" '
        "(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget."
        in done.err
    ]
    assert len(delayed) == 1
    assert not await pods_on(cluster, node)


async def test_a_budget_that_never_allows_ends_a_drain_at_its_timeout(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1)
    node = pod.spec.node_name
    await cluster.faults.never_allow({"app": "web"}, namespace=cluster.namespace)
    await eventually(lambda: _is_counted(cluster, "never"))
    done = await kubectl.run("drain", node, *ALL, "--timeout=1s")
    assert done.code == 1
    assert f'error when evicting pods/"{pod.metadata.name}"' in done.err
    assert "global timeout reached: 1s" in done.err
    assert set(await pods_on(cluster, node)) == {pod.metadata.uid}


async def test_a_drain_waits_for_a_budget_until_somebody_lifts_it(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1)
    await cluster.faults.never_allow({"app": "web"}, namespace=cluster.namespace)
    await eventually(lambda: _is_counted(cluster, "never"))
    draining = asyncio.create_task(kubectl.run("drain", pod.spec.node_name, *ALL))
    await eventually(lambda: _is_cordoned(cluster, pod.spec.node_name))
    await kubectl("delete", "pdb", "never", "-n", cluster.namespace)
    done = await draining
    assert done.code == 0, done.err
    assert f"pod/{pod.metadata.name} evicted" in done.out


async def test_two_budgets_over_one_pod_are_an_error_that_no_retry_mends(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1)
    for name in ("one", "two"):
        await cluster.create_budget(name, selector={"app": "web"}, minAvailable=0)
        await eventually(lambda name=name: _is_counted(cluster, name))
    done = await kubectl.run("drain", pod.spec.node_name, *ALL)
    assert done.code == 1
    assert "This pod has more than one PodDisruptionBudget" in done.err


async def test_a_drain_that_only_asks_the_server_changes_nothing(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    (pod,) = await cluster.create_workload("web", replicas=1)
    node = pod.spec.node_name
    done = await kubectl.run("drain", node, *ALL, "--dry-run=server")
    assert done.code == 0, done.err
    assert f"pod {cluster.namespace}/{pod.metadata.name}" in done.out
    found = (await pods_on(cluster, node))[pod.metadata.uid]
    assert found.metadata.deletion_timestamp is None
    assert not (await cluster.client.get(NODES, node)).spec.unschedulable


async def test_a_slow_pod_is_waited_for(cluster: TestCluster, kubectl: Kubectl) -> None:
    """Evicted is not gone: the pod has its grace, and the drain says `evicted` only afterwards."""
    (pod,) = await cluster.create_workload(
        "web",
        annotations={controls.STOP_SECONDS: "3000"},
        spec={"terminationGracePeriodSeconds": 3600},
    )
    async with kubectl.following("drain", pod.spec.node_name, *ALL) as drain:
        await drain.until(lambda line: line.startswith("evicting pod"), what="the eviction")
        await eventually(lambda: _is_deleting(cluster, pod))
        assert not any(line.endswith(" evicted") for line in drain.lines)
        await cluster.faults.slow_pod(
            pod.metadata.name, namespace=cluster.namespace, stop_seconds=0
        )
        await drain.until(lambda line: line.endswith(" evicted\n"), what="the end of the pod")
        assert pod.metadata.uid not in await pods_on(cluster, pod.spec.node_name)


async def _is_counted(cluster: TestCluster, name: str) -> bool:
    """Whether the controller has seen the budget: before that, evictions are told to wait."""
    budget = await cluster.client.get(POD_DISRUPTION_BUDGETS, name, namespace=cluster.namespace)
    return budget.status.expected_pods > 0


async def _is_cordoned(cluster: TestCluster, node: str) -> bool:
    return (await cluster.client.get(NODES, node)).spec.unschedulable


async def _is_untainted(cluster: TestCluster, node: str) -> bool:
    """Whether the controller that marks cordoned nodes has heard of the uncordon."""
    return not (await cluster.client.get(NODES, node)).spec.taints


async def _is_deleting(cluster: TestCluster, pod: Pod) -> bool:
    found = (await pods_on(cluster, pod.spec.node_name)).get(pod.metadata.uid)
    return found is not None and found.metadata.deletion_timestamp is not None
