"""The hooks that ask the API server, on a cluster."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.policy import overrides
from kuredtui.engine.policy.blocking_pods import BlockingPodsHook
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.other_hands import OtherHandsHook
from kuredtui.engine.policy.policy import build_policy, holding
from kuredtui.kube.label_selector import SelectorError
from kuredtui.kube.resources import EVENTS, NODES, PODS
from tests.engine.conftest import OWNER
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually


async def node_of(cluster: TestCluster, name: str = "") -> NodeRecord:
    """A node as it is now."""
    return record(await cluster.client.get(NODES, name or cluster.node_names[0]))


async def running_on(cluster: TestCluster, name: str) -> NodeRecord:
    """The node of a pod that runs."""
    pod = await eventually(lambda: _running(cluster, name))
    return await node_of(cluster, pod)


async def _running(cluster: TestCluster, name: str) -> str:
    pod = await cluster.client.get(PODS, name, namespace=cluster.namespace)
    return pod.spec.node_name if pod.status.phase == "Running" else ""


async def test_a_running_pod_that_matches_blocks(cluster: TestCluster) -> None:
    await cluster.create_pod("job", labels={"critical": "yes", "run": cluster.namespace})
    node = await running_on(cluster, "job")
    hook = BlockingPodsHook(cluster.client, ["app=none", f"critical,run={cluster.namespace}"])

    answer = await hook.ask(node)

    assert answer.hook is HookName.BLOCKING_PODS
    assert answer.reason == (
        f"Pods of the node block reboots (critical,run={cluster.namespace}): "
        f"{cluster.namespace}/job."
    )


async def test_a_pod_elsewhere_does_not(cluster: TestCluster) -> None:
    await cluster.create_pod("job", labels={"run": cluster.namespace})
    node = await running_on(cluster, "job")
    hook = BlockingPodsHook(cluster.client, [f"run={cluster.namespace}"])
    for name in cluster.node_names:
        answer = await hook.ask(await node_of(cluster, name))
        assert answer.go is (name != node.name)


async def test_a_finished_pod_does_not(cluster: TestCluster) -> None:
    node = await node_of(cluster)
    container = {"name": "main", "image": "registry.k8s.io/pause:3.10", "command": ["true"]}
    await cluster.create_pod(
        "done",
        node=node.name,
        labels={"run": cluster.namespace},
        containers=[container],
        restartPolicy="Never",
    )
    hook = BlockingPodsHook(cluster.client, [f"run={cluster.namespace}"])
    await eventually(lambda: _goes(hook, node))


async def _goes(hook: BlockingPodsHook, node: NodeRecord) -> bool:
    return (await hook.ask(node)).go


@pytest.mark.embedded
@pytest.mark.parametrize("status", [403, 500])
async def test_pods_that_cannot_be_listed_block(cluster: TestCluster, status: int) -> None:
    node = await node_of(cluster)
    cluster.faults.answer(status, verb="list", path="*/pods", times=None)
    answer = await BlockingPodsHook(cluster.client, ["app=web"]).ask(node)
    assert answer.reason.startswith("Whether a pod blocks the reboot cannot be seen: ")


async def test_what_is_no_selector_is_refused_at_once(cluster: TestCluster) -> None:
    with pytest.raises(SelectorError):
        BlockingPodsHook(cluster.client, ["app in (web"])


async def aks_node(cluster: TestCluster) -> NodeRecord:
    """One of the nodes as AKS labels them."""
    name = cluster.node_names[0]
    labels = {"kubernetes.azure.com/agentpool": cluster.namespace}
    await cluster.client.patch(NODES, name, {"metadata": {"labels": labels}})
    return await node_of(cluster, name)


async def report_drain(cluster: TestCluster, node: NodeRecord, component: str) -> str:
    """An event as AKS's upgrader writes it; returns its name."""
    created = await cluster.client.create(
        EVENTS,
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{node.name}."},
            "involvedObject": {"kind": "Node", "name": node.name, "uid": node.name},
            "reason": "Drain",
            "message": f"Draining node: {node.name}",
            "source": {"component": component},
            "type": "Normal",
            "firstTimestamp": "2026-11-24T22:00:00Z",
            "lastTimestamp": "2026-11-24T22:00:00Z",
        },
        namespace="default",
    )
    return created.metadata.name


async def test_an_aks_upgrade_under_way_blocks(cluster: TestCluster) -> None:
    node = await aks_node(cluster)
    hook = OtherHandsHook(cluster.client, find=nobody)
    event = await report_drain(cluster, node, "upgrader")
    try:
        await cluster.client.patch(NODES, node.name, {"spec": {"unschedulable": True}})
        answer = await hook.ask(await node_of(cluster, node.name))
    finally:
        await cluster.client.delete(EVENTS, event, namespace="default")
    assert answer.reason == f"AKS is upgrading {node.name} (Draining node: {node.name})."


async def test_an_aks_upgrade_that_was_seen_is_known_of_all_nodes_of_the_pool(
    cluster: TestCluster,
) -> None:
    node = await aks_node(cluster)
    await cluster.client.patch(NODES, node.name, {"spec": {"unschedulable": True}})
    cordoned = await node_of(cluster, node.name)
    hook = OtherHandsHook(cluster.client, find=lambda name: cordoned if name == node.name else None)
    other = msgspec.structs.replace(node, name="another")
    assert hook.glance(other) is None
    event = await report_drain(cluster, node, "upgrader")
    try:
        await hook.look(other)
    finally:
        await cluster.client.delete(EVENTS, event, namespace="default")
    answer = hook.glance(other)
    assert answer is not None
    assert answer.reason.startswith(f"AKS is upgrading the pool {node.pool} (Draining node")


@pytest.mark.embedded
async def test_upgrades_that_cannot_be_seen_for_now_block(cluster: TestCluster) -> None:
    node = await aks_node(cluster)
    cluster.faults.answer(500, verb="list", path="*/events", times=None)
    answer = await OtherHandsHook(cluster.client, find=nobody).ask(node)
    assert answer.reason.startswith("Whether AKS is upgrading the node cannot be seen: ")


@pytest.mark.embedded
async def test_without_the_right_to_see_upgrades_they_do_not_block(cluster: TestCluster) -> None:
    node = await aks_node(cluster)
    cluster.faults.answer(403, verb="list", path="*/events", times=None)
    answer = await OtherHandsHook(cluster.client, find=nobody).ask(node)
    assert answer.go
    assert answer.facts["unseen"] == "AKS upgrades: events may not be read"


async def test_a_node_that_is_left_alone_may_go(cluster: TestCluster) -> None:
    node = await aks_node(cluster)
    assert (await OtherHandsHook(cluster.client, find=nobody).ask(node)).go


async def test_a_taint_of_the_autoscaler_blocks(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    taint = {"key": "ToBeDeletedByClusterAutoscaler", "value": "1764021600", "effect": "NoSchedule"}
    await cluster.client.patch(NODES, name, {"spec": {"taints": [taint]}})
    answer = await OtherHandsHook(cluster.client, find=nobody).ask(await node_of(cluster, name))
    assert answer.hook is HookName.OTHER_HANDS
    assert "autoscaler" in answer.reason


def nobody(_name: str) -> NodeRecord | None:
    return None


async def test_the_policy_asks_all_and_an_override_silences_one(cluster: TestCluster) -> None:
    node = await node_of(cluster)
    await cluster.create_pod("job", node=node.name, labels={"run": cluster.namespace})
    never = PolicyOptions(reboot_days=(), blocking_pod_selector=(f"run={cluster.namespace}",))
    policy = build_policy(never, client=cluster.client, find=nobody)

    answers = await policy.ask(node)

    given = overrides(["time-window"], by=OWNER, at=datetime.now(UTC))
    assert [item.hook for item in holding(answers, ())] == ["time-window", "blocking-pods"]
    assert [item.hook for item in holding(answers, given)] == ["blocking-pods"]
