"""Time to list a large cluster's nodes from the embedded server, to a client that only reads.

    python -m tests.benchmarks.server_list

Beside the wall clock stands the server's own processor time, which other work on the machine does
not lengthen.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.benchmarks.harness import NODES, Figure, Server, cpu_seconds, demo_server, report
from tests.benchmarks.plain_client import plain_client

RUNS = 5

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


async def measured(server: Server, work: Work) -> str:
    """Medians, after one that warms the caches."""
    wall, cpu = [], []
    for _ in range(RUNS + 1):
        spent, start = cpu_seconds(server.pid), time.perf_counter()
        await work(server.kubeconfig)
        wall.append(time.perf_counter() - start)
        cpu.append(cpu_seconds(server.pid) - spent)
    return (
        f"{statistics.median(wall[1:]):.2f} s ({statistics.median(cpu[1:]):.2f} s of one core); "
        f"the first time {wall[0]:.2f} s"
    )


async def measure() -> list[Figure]:
    """The medians of some runs."""
    async with demo_server() as server:
        return [
            Figure(what=f"{what}, median of {RUNS}", value=await measured(server, work), goal=goal)
            for what, work, goal in (
                (f"the server lists {NODES:,} nodes", whole, "< 2 s"),
                ("the same, 500 a page, decoded by the client", in_pages, ""),
            )
        ]


if __name__ == "__main__":
    report(asyncio.run(measure()))
