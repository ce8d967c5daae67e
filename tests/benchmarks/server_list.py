"""Time to list a large cluster's nodes: to a client that only reads, and to kubectl.

    python -m tests.benchmarks.server_list [NODES] [RUNS]

Beside the wall clock stands the server's own processor time, which other work on the machine does
not lengthen.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.benchmarks.complete_table import kubectl
from tests.benchmarks.harness import cpu_seconds, report, served
from tests.benchmarks.plain_client import plain_client

Work = Callable[[Path], Awaitable[object]]


async def whole(kubeconfig: Path) -> None:
    """All nodes in one answer."""
    async with plain_client(kubeconfig) as client, client.get("/api/v1/nodes") as answer:
        async for _ in answer.content.iter_any():
            pass


async def in_pages(kubeconfig: Path) -> None:
    """All nodes, 500 at a time, as kubectl asks for them."""
    parameters = {"limit": "500"}
    async with plain_client(kubeconfig) as client:
        while True:
            async with client.get("/api/v1/nodes", params=parameters) as answer:
                page = await answer.json()
            if not (token := page["metadata"].get("continue")):
                return
            parameters["continue"] = token


async def measured(pid: int, work: Work, kubeconfig: Path, runs: int) -> str:
    """Medians of `runs`, after one that warms the caches."""
    wall, cpu = [], []
    for _ in range(runs + 1):
        spent, start = cpu_seconds(pid), time.perf_counter()
        await work(kubeconfig)
        wall.append(time.perf_counter() - start)
        cpu.append(cpu_seconds(pid) - spent)
    return (
        f"{statistics.median(wall[1:]):.2f} s, of the server {statistics.median(cpu[1:]):.2f} s"
        f" (the first time {wall[0]:.2f} s)"
    )


async def main(nodes: int, runs: int) -> None:
    """Print the medians."""
    rows = []
    async with served(nodes=nodes) as server:
        for name, work in (
            ("plain client", whole),
            ("plain client, 500 a page, decoded", in_pages),
            ("kubectl get nodes -o wide", kubectl),
        ):
            rows.append((name, await measured(server.pid, work, server.kubeconfig, runs)))
    report(f"listing {nodes:,} nodes, median of {runs}", rows)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(arguments + [5000, 5][len(arguments) :])))
