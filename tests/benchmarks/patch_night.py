"""Key to paint in the worst hour: a large cluster, bursts of events, and a rollout of many nodes under way.

    python -m tests.benchmarks.patch_night

The nodes of the rollout live, in a process of simulated kubelets; all others report at a rate, and now and
then all of them at once. Then, on a console where nothing happens, the share of a processor that it takes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuredtui.demo.commands import KUBELETS_INSTANCE
from kuredtui.demo.kubelet import controls
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import NODES as NODE
from kuredtui.kube.resources import PODS
from tests.benchmarks.busy import BusyServer, busy_server
from tests.benchmarks.harness import (
    KUREDTUI,
    NODES,
    Figure,
    complete,
    console,
    cpu_seconds,
    percentile,
    report,
)
from tests.benchmarks.key_to_paint import presses
from tests.support.eventually import eventually
from tests.terminal.emulator import Terminal

PRESSES = 480
RATE, BURST, BURST_EVERY = 200, NODES, 5.0
ROLLOUT, AT_A_TIME = 20, 5
IDLE_SECONDS = 60.0
_PODS_PER_NODE = 5
_STOP_SECONDS = 10.0
_ENTER, _ESCAPE = "\r", "\x1b"


@asynccontextmanager
async def live_nodes(kubeconfig: Path) -> AsyncIterator[None]:
    """ROLLOUT nodes more, which live and have pods."""
    process = await asyncio.create_subprocess_exec(
        *(*KUREDTUI, "demo", "kubelets", "--kubeconfig", str(kubeconfig)),
        *("--nodes", str(ROLLOUT), "--exit-at-eof"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
            await eventually(lambda: _are_ready(client), timeout=60)
            for node in await _names(client):
                for number in range(_PODS_PER_NODE):
                    await client.create(PODS, _pod(node, number), namespace="default")
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def _names(client: Client) -> list[str]:
    found = await client.list(NODE, label_selector=f"{controls.INSTANCE}={KUBELETS_INSTANCE}")
    return [node.metadata.name for node in found.items]


async def _are_ready(client: Client) -> bool:
    found = await client.list(NODE, label_selector=f"{controls.INSTANCE}={KUBELETS_INSTANCE}")
    ready = [
        node
        for node in found.items
        if any(one.type == "Ready" and one.status == "True" for one in node.status.conditions)
    ]
    return len(ready) == ROLLOUT


def _pod(node: str, number: int) -> JsonObject:
    """A pod as a ReplicaSet would have made it; nobody makes another when it goes."""
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "web"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{node}-web-{number}",
            "annotations": {controls.STOP_SECONDS: str(_STOP_SECONDS)},
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": {
            "nodeName": node,
            "containers": [{"name": "main", "image": "registry.k8s.io/pause:3.10"}],
        },
    }


async def roll_out(terminal: Terminal) -> None:
    """Begin the rollout as a person does, and go back to the table of all nodes."""
    terminal.send(f"/-l {controls.INSTANCE}={KUBELETS_INSTANCE}{_ENTER}")
    await terminal.see(f"{ROLLOUT} of ")
    terminal.send("i")
    await terminal.see(f"{ROLLOUT} marked")
    terminal.send("R")
    await terminal.see("in a rollout?")
    await terminal.see("type the number")
    terminal.send(f"{ROLLOUT}{_ENTER}")
    await terminal.see(f"Rollout of {ROLLOUT} nodes")
    terminal.send(_ESCAPE)
    await terminal.see("NAME")
    terminal.send(f"\\{_ESCAPE}")
    await terminal.wait_for(
        lambda: not terminal.line_with(f"{ROLLOUT} of "), what="all nodes to be shown"
    )


async def bursts(server: BusyServer) -> None:
    """All nodes report at once, again and again."""
    while True:
        await asyncio.sleep(BURST_EVERY)
        await server.burst(BURST)


async def worst_hour() -> Figure:
    """Key to paint with all of it at once."""
    async with busy_server("none") as server, live_nodes(server.kubeconfig):
        options = ("--kubeconfig", str(server.kubeconfig), "--concurrency", str(AT_A_TIME))
        async with Terminal([*KUREDTUI, *options], columns=120, rows=40) as terminal:
            await terminal.see(f"{NODES + ROLLOUT} nodes", timeout=60)
            await terminal.see("● live", timeout=60)
            await roll_out(terminal)
            await server.set_rate(RATE)
            bursting = asyncio.create_task(bursts(server))
            times = await presses(terminal, PRESSES)
            bursting.cancel()
            await server.set_rate(0)
            state = re.search(r"rollout (\d+)/", terminal.text)
            if state is None or int(state[1]) == ROLLOUT:
                raise RuntimeError(f"the rollout did not last:\n{terminal.text}")
    middle, most = percentile(times, 50) * 1000, percentile(times, 99) * 1000
    return Figure(
        what=f"key press to painted line, {NODES + ROLLOUT:,} rows, {RATE} node events a second, bursts of "
        f"{BURST:,} every {BURST_EVERY:.0f} s, a rollout of {ROLLOUT} under way, {len(times)} presses",
        value=f"p50 {middle:.0f} ms, p99 {most:.0f} ms",
        goal="p99 < 30 ms",
    )


async def quiet() -> Figure:
    """What the console takes while nothing happens; what kureds are asked, `metric_polling` measures."""
    async with busy_server("none") as server, console(server.kubeconfig) as terminal:
        await complete(terminal)
        await asyncio.sleep(10)  # what comes after the rows
        before = cpu_seconds(terminal.pid)
        await asyncio.sleep(IDLE_SECONDS)
        share = (cpu_seconds(terminal.pid) - before) / IDLE_SECONDS
    return Figure(
        what=f"share of a processor with {NODES:,} rows while nothing happens, {IDLE_SECONDS:.0f} s",
        value=f"{share:.1%}",
        goal="1 %",
    )


async def measure() -> list[Figure]:
    """Both figures."""
    return [await worst_hour(), await quiet()]


if __name__ == "__main__":
    report(asyncio.run(measure()))
