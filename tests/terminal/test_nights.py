"""Nights at the installed program in a real terminal: a rollout, a budget that says no, and a crash."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.demo.kubelet import controls
from kuredtui.demo.scenario.kured import MANIFEST, KuredSetup
from kuredtui.kube.resources import NODES, POD_DISRUPTION_BUDGETS
from tests.support.clusters import TestCluster
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

# What simulated nodes need for a reboot, on a machine that is busy with other tests.
NIGHT_SECONDS = 150
NEW_KERNEL = "6.8.0-1031-azure"
ESCAPE, ENTER, CTRL_O = "\x1b", "\r", "\x0f"


@pytest.fixture
def cluster_nodes() -> int:
    return 4


@pytest.fixture
def cluster_speed() -> float:
    """Slow enough for a terminal to see the phases."""
    return 20.0


def console_on(cluster: TestCluster, command: Sequence[str] = ()) -> Terminal:
    """The console on the test's cluster."""
    arguments = [
        *("--kubeconfig", str(cluster.kubeconfig)),
        *("--ds-namespace", cluster.kured_namespace, "--evict-uncontrolled"),
    ]
    return Terminal([*(command or [program()]), *arguments], columns=160, rows=45)


async def ours_alone(terminal: Terminal, cluster: TestCluster) -> None:
    """Show only this test's nodes."""
    await terminal.see("● live")
    terminal.send(f"/-l {controls.INSTANCE}={cluster.instance}")
    await terminal.see(f"{len(cluster.node_names)} of ")
    terminal.send(ENTER)
    await terminal.see("r Reboot")


async def only(terminal: Terminal, node: str) -> None:
    """Select a node."""
    await terminal.see("● live")
    terminal.send(f"/{node}")
    await terminal.see("/ " + node, "1 of ")
    terminal.send(ENTER)
    await terminal.see("r Reboot")


async def leave(terminal: Terminal) -> None:
    """`q`, and the program is gone, with no complaint."""
    terminal.send("q")
    assert await terminal.exit(timeout=20), terminal.text
    assert terminal.process.exitstatus == 0


async def as_before(cluster: TestCluster, node: str) -> bool:
    """Whether a node has neither a cordon nor a journal."""
    found = await cluster.client.get(NODES, node)
    return not found.spec.unschedulable and OPERATION_ANNOTATION not in found.metadata.annotations


class TestRollout:
    """Three nodes, two at a time."""

    @pytest.fixture
    def cluster_kured(self) -> KuredSetup:
        return KuredSetup(
            form=MANIFEST.form, name=MANIFEST.name, namespace=MANIFEST.namespace, concurrency=2
        )

    async def test_three_marked_nodes_go_two_at_a_time_and_the_log_is_kept(
        self, cluster: TestCluster, tmp_path: Path
    ) -> None:
        for node in cluster.node_names:
            await cluster.faults.patch_node(node, NEW_KERNEL)
        file = tmp_path / "night.log"
        async with console_on(cluster) as terminal:
            await ours_alone(terminal, cluster)
            terminal.send(" j j ")
            await terminal.see("3 marked")
            terminal.send("p")
            await terminal.see("Plan of the drains of 3 nodes", "as of")
            terminal.send(ESCAPE)
            await terminal.see("NAME")
            terminal.send("R")
            await terminal.see("Reboot 3 nodes in a rollout?")
            terminal.send(CTRL_O)
            await terminal.see("How the rollout goes")
            terminal.send("2")
            await terminal.see("at a time", "default 1")
            terminal.send(ENTER)
            await terminal.see("2 at a time, as far as the lock allows")
            terminal.send("3" + ENTER)
            await terminal.see("Rollout of 3 nodes", "2 at a time")
            await terminal.see("2 at work", timeout=60)
            await terminal.see("OVER", timeout=NIGHT_SECONDS)
            await terminal.see("3 of 3 over: 3 done")
            terminal.send(ESCAPE)
            await terminal.see("The rollout is over: 3 done.")
            terminal.send("\t")
            await terminal.see("e Export")
            terminal.send("e")
            await terminal.see("Export the log")
            terminal.send(str(file))
            await terminal.see(file.name)
            terminal.send(ENTER)
            await terminal.see("exported to")
            await leave(terminal)
        assert "The rollout is over: 3 done." in file.read_text()
        kernels = [
            (await cluster.client.get(NODES, node)).status.node_info.kernel_version
            for node in cluster.node_names
        ]
        assert kernels.count(NEW_KERNEL) == 3


async def test_a_drain_that_a_budget_blocks_says_why_and_is_cancelled(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    node = pods[0].spec.node_name
    async with console_on(cluster) as terminal:
        await only(terminal, node)
        terminal.send("d")
        await terminal.see(f"Drain {node}?")
        await terminal.see("will never pass a budget")
        terminal.send("y")
        await terminal.see(node, "draining", timeout=60)
        await terminal.see("has to wait", timeout=60)
        terminal.send("p")
        await terminal.see("NEVER", "held for good by the budget web")
        terminal.send(ESCAPE)
        await terminal.see("NAME")
        terminal.send("x")
        await terminal.see(f"Cancel the operation of {node}?")
        terminal.send("y")
        await terminal.see(node, "cancelled", timeout=60)
        await leave(terminal)
    assert await as_before(cluster, node)


async def test_what_a_killed_program_left_is_resumed_by_the_next(cluster: TestCluster) -> None:
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    node = pods[0].spec.node_name
    await cluster.faults.patch_node(node, NEW_KERNEL)
    async with console_on(cluster) as terminal:
        await only(terminal, node)
        terminal.send("r")
        await terminal.see(f"Reboot {node}?")
        terminal.send("y")
        await terminal.see(node, "draining", timeout=60)
        terminal.process.kill(signal.SIGKILL)
        assert await terminal.exit(timeout=20)
    assert not await as_before(cluster, node)
    await cluster.client.delete(POD_DISRUPTION_BUDGETS, "web", namespace=cluster.namespace)
    async with console_on(cluster, [sys.executable, "-m", "tests.terminal.hasty"]) as terminal:
        await only(terminal, node)
        await terminal.see(node, "and nobody runs it any more", timeout=60)
        terminal.send("o")
        await terminal.see("Operations that nobody runs any more")
        terminal.send("r")
        await terminal.see(f"Resume the reboot of {node}?")
        terminal.send("y")
        await terminal.see(node, "Done in", timeout=NIGHT_SECONDS)
        await leave(terminal)
    assert await as_before(cluster, node)
