"""A terminal that takes nothing for a while, as over a stuck connection: the work goes on without it."""

from __future__ import annotations

from tests.engine.facts import node_of
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

# The log small, large, hidden: pictures enough to fill the terminal's buffer and every queue before it.
_LAYOUTS = 3 * 60


async def test_the_work_goes_on_and_the_screen_is_right_again_afterwards(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    async with Terminal([program(), "--kubeconfig", str(cluster.kubeconfig)]) as terminal:
        await terminal.see("● live")
        terminal.send(f"/{name}\r")
        await terminal.see("1 of ")
        terminal.stall()
        for _ in range(_LAYOUTS):
            terminal.send("l")
        terminal.send("c")

        async def cordoned() -> bool:
            terminal.send("y")  # what comes before the question is there is no answer to it
            return bool((await node_of(cluster, name)).spec.unschedulable)

        await eventually(cordoned, timeout=30)
        terminal.go_on()
        await terminal.see(name, "cordoned")
