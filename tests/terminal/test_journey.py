"""The installed program in a real terminal: a person's first reboot, from start to quit.

On the embedded cluster it is `kuredtui --demo`, as in the README. With --cluster-kubeconfig the same
journey runs against that API server: only the nodes are simulated, its scheduler and controllers are
its own.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.clusters import TestCluster
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

# From the key press to "done", at the demo's speed, on a machine that is busy with other tests.
JOURNEY_SECONDS = 120
PHASES = (
    "queued",
    "waiting",
    "locking",
    "cordoning",
    "draining",
    "rebooting",
    "returning",
    "uncordoning",
    "releasing",
    "done",
)
NEW_KERNEL = "6.8.0-1031-azure"


@pytest.fixture
def cluster_speed() -> float:
    """Slow enough for a person, and for a terminal, to see the phases."""
    return 10.0


@asynccontextmanager
async def demo() -> AsyncIterator[tuple[Terminal, str]]:
    """`kuredtui --demo` with its table on the screen, and the name of a node that waits."""
    async with Terminal([program(), "--demo"]) as terminal:
        await terminal.see("● live")
        row = await terminal.see("Ready", "yes")
        yield terminal, node_of(row)


@asynccontextmanager
async def given(cluster: TestCluster) -> AsyncIterator[tuple[Terminal, str]]:
    """The console on the test's cluster, and the name of a node that was patched."""
    node = cluster.node_names[0]
    await cluster.create_workload("web", replicas=3)
    await cluster.faults.patch_node(node, NEW_KERNEL)
    arguments = ["--kubeconfig", str(cluster.kubeconfig), "--ds-namespace", cluster.kured_namespace]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("● live")
        yield terminal, node


def node_of(row: str) -> str:
    """The node's name in a row of the table."""
    found = re.search(r"[a-z0-9][a-z0-9.-]{5,}", row)
    assert found, row
    return found[0]


async def reboot(terminal: Terminal, node: str) -> None:
    """Filter for the node, press `r`, confirm, and see it through to its new kernel."""
    terminal.send(f"/{node}")
    await terminal.see("/ " + node, "1 of ")
    terminal.send("\r")
    await terminal.see("r Reboot")
    before = cell(terminal, node, "KERNEL")
    assert re.match(r"\d+\.\d+\.\d+-\d+-azure", before), terminal.text

    terminal.send("r")
    await terminal.see(f"Reboot {node}?")
    terminal.send("y")

    seen: list[str] = []

    def through() -> bool:
        phase = cell(terminal, node, "OPERATION").partition(" ")[0].rstrip(":")
        if phase and phase not in seen:
            seen.append(phase)
        return phase in ("done", "failed", "cancelled")

    await terminal.wait_for(through, what="the end of the operation", timeout=JOURNEY_SECONDS)
    assert seen[-1] == "done", f"{seen}\n{terminal.text}"
    # Of a drain that is over at once the next picture tells nothing any more; a reboot takes its time.
    assert "returning" in seen, seen
    assert seen == [phase for phase in PHASES if phase in seen], "in the order of the phases"
    assert cell(terminal, node, "KERNEL") != before
    assert cell(terminal, node, "STATUS") == "Ready"


def cell(terminal: Terminal, node: str, column: str) -> str:
    """What the node's row says under a heading; "" while the row is not to be seen."""
    heading = terminal.line_with("NAME", "STATUS")
    row = next((line for line in terminal.lines if line[2:].startswith(node)), "")
    if heading is None:
        return ""
    start = heading.index(column)
    wide = re.match(r"\S+\s*", heading[start:])
    end = None if column == "OPERATION" or wide is None else start + wide.end()
    return row[start:end].strip()


async def leave(terminal: Terminal) -> None:
    """`q`, and the program is gone, with no complaint."""
    terminal.send("q")
    assert await terminal.exit(timeout=10)
    assert terminal.process.exitstatus == 0


@pytest.mark.embedded
async def test_the_demo_lets_a_person_reboot_a_waiting_node() -> None:
    async with demo() as (terminal, node):
        await reboot(terminal, node)
        await leave(terminal)


async def test_a_node_of_any_cluster_is_rebooted_from_the_console(cluster: TestCluster) -> None:
    async with given(cluster) as (terminal, node):
        await reboot(terminal, node)
        await leave(terminal)
