"""Time from start to the first rows and to the complete table, beside kubectl on the same server.

    python -m tests.benchmarks.complete_table

The two run in turn, so that both meet the same machine. kubectl's output goes nowhere; the console
draws in a terminal and is complete when its header counts every node and says that it is live.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from tests.benchmarks.harness import NODES, Figure, complete, console, demo_server, report

RUNS = 15


async def table(kubeconfig: Path) -> tuple[float, float]:
    """Seconds from exec to the first row of a node, and to the complete table."""
    async with console(kubeconfig) as terminal:
        await terminal.wait_for(
            lambda: terminal.line_with("aks-", "Ready"), what="the first rows", timeout=60
        )
        first = time.perf_counter() - terminal.started_at
        await complete(terminal)
        return first, time.perf_counter() - terminal.started_at


async def kubectl(kubeconfig: Path) -> float:
    """Seconds that `kubectl get nodes -o wide` takes."""
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *("kubectl", "--kubeconfig", str(kubeconfig), "get", "nodes", "-o", "wide"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await process.wait() != 0:
        raise RuntimeError("kubectl failed")
    return time.perf_counter() - start


async def measure() -> list[Figure]:
    """The medians of pairs of runs, after one pair that warms the caches."""
    first, whole, beside = [], [], []
    async with demo_server() as server:
        for _ in range(RUNS + 1):
            beside.append(await kubectl(server.kubeconfig))
            rows, end = await table(server.kubeconfig)
            first.append(rows)
            whole.append(end)
    theirs = statistics.median(beside[1:])
    return [
        Figure(
            what=f"start to first rows at {NODES:,} nodes, median of {RUNS} alternating runs",
            value=f"{statistics.median(first[1:]):.2f} s",
            goal=f"half of kubectl's, {theirs / 2:.2f} s",
        ),
        Figure(
            what="start to the complete table, the same runs",
            value=f"{statistics.median(whole[1:]):.2f} s",
            goal="no later than kubectl ends",
        ),
        Figure(
            what="`kubectl get nodes -o wide` beside it",
            value=f"{theirs:.2f} s",
        ),
    ]


if __name__ == "__main__":
    report(asyncio.run(measure()))
