"""The console on a real session and a cluster: from the first row to a rebooted node."""

from __future__ import annotations

import pytest

from kuredtui.kube.resources import NODES
from tests.support.clusters import TestCluster
from tests.ui.real import choose, console_on


async def test_a_node_is_rebooted_from_the_console(cluster: TestCluster) -> None:
    name = cluster.node_names[1]
    await cluster.faults.patch_node(name, "5.15.0-9999-azure")
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, name)
        await reader.press("r")
        await reader.see(f"Reboot {name}?")
        await reader.press("y")
        await reader.see("done", "Done in", timeout=60)
        assert "5.15.0-9999-azure" in reader.line_with(f" {name} ")
        assert "back and Ready in a new boot" in reader.text
    node = await cluster.client.get(NODES, name)
    assert not node.spec.unschedulable


async def test_a_reboot_that_a_budget_blocks_can_be_cancelled_and_leaves_no_trace(
    cluster: TestCluster,
) -> None:
    pods = await cluster.create_workload("web", replicas=3, budget={"maxUnavailable": 0})
    name = pods[0].spec.node_name
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, name)
        await reader.press("r", "y")
        await reader.see("draining", timeout=20)
        await reader.press("x")
        await reader.see("Cancel the operation of")
        await reader.press("y")
        await reader.see("cancelled", timeout=20)
    node = await cluster.client.get(NODES, name)
    assert not node.spec.unschedulable


async def test_two_marked_nodes_are_cordoned_and_uncordoned(cluster: TestCluster) -> None:
    names = cluster.node_names[:2]
    async with console_on(cluster, cluster.client) as reader:
        for name in names:
            await choose(reader, name)
            await reader.press("space", "escape")
        for word, cordoned in (("Cordon", True), ("Uncordon", False)):
            await reader.press("c")
            await reader.see(f"{word} 2 nodes?")
            await reader.press("2", "enter")
            await reader.see(f"2 nodes {word.lower()}ed.")
            for name in names:
                node = await cluster.client.get(NODES, name)
                assert node.spec.unschedulable is cordoned
            await reader.see(f"{2 if cordoned else 0} cordoned")


async def test_a_node_is_drained_from_the_console_and_stays_cordoned(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=3)
    name = pods[0].spec.node_name
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, name)
        await reader.press("d")
        await reader.see(f"Drain {name}?")
        await reader.press("y")
        await reader.see("drained", "the node stays cordoned", timeout=40)
    node = await cluster.client.get(NODES, name)
    assert node.spec.unschedulable
    left = await cluster.pods("app=web")
    assert name not in [
        pod.spec.node_name for pod in left if pod.metadata.deletion_timestamp is None
    ]


async def test_two_marked_nodes_are_rebooted_in_a_rollout(cluster: TestCluster) -> None:
    names = cluster.node_names[:2]
    for name in names:
        await cluster.faults.patch_node(name, "5.15.0-9999-azure")
    async with console_on(cluster, cluster.client) as reader:
        for name in names:
            await choose(reader, name)
            await reader.press("space", "escape")
        await reader.press("R")
        await reader.see("Reboot 2 nodes in a rollout?")
        await reader.press("2", "enter")
        await reader.see("Rollout of 2 nodes", "1 at a time")
        await reader.see("OVER", "2 of 2 over: 2 done", timeout=120)
        await reader.press("escape")
        await reader.see("The rollout is over: 2 done.")


async def test_somebody_who_may_only_read_is_told_so_and_refused(cluster: TestCluster) -> None:
    if cluster.viewer is None:
        pytest.skip("the kubeconfig has no context of somebody who may only read")
    async with console_on(cluster, cluster.viewer) as reader:
        await reader.see("READ-ONLY")
        await reader.press("r")
        await reader.see("Read-only, because user")


@pytest.mark.embedded
async def test_a_lost_api_server_is_seen_and_its_return_too(cluster: TestCluster) -> None:
    async with console_on(cluster, cluster.client) as reader:
        await reader.see("● live")
        cluster.faults.disturb("drop", path="*/nodes", times=None)
        await reader.see("○ lost")
        assert cluster.node_names[0] in reader.text
        cluster.faults.heal()
        await reader.see("● live", timeout=30)


async def test_a_node_that_goes_is_gone_from_the_screen(cluster: TestCluster) -> None:
    name = cluster.node_names[2]
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, name)
        await cluster.faults.remove_node(name)
        await reader.see("No node matches the filter.", timeout=10)
