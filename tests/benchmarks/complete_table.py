"""Time from start to the first rows and to the complete table, beside kubectl on the same server.

    python -m tests.benchmarks.complete_table [NODES] [RUNS]

The two run in turn, so that both meet the same machine. kubectl writes to a file; the console draws in
a terminal and is complete when its header counts every node and says that it is live.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

from tests.benchmarks.harness import console, demo_server, report


async def table(kubeconfig: Path, nodes: int) -> tuple[float, float]:
    """Seconds from exec to the first row of a node, and to the complete table."""
    async with console(kubeconfig) as terminal:
        await terminal.wait_for(
            lambda: terminal.line_with("aks-", "Ready"), what="the first rows", timeout=60
        )
        first = time.perf_counter() - terminal.started_at
        await terminal.wait_for(
            lambda: terminal.line_with(f"{nodes} nodes") and terminal.line_with("● live"),
            what="the complete table",
            timeout=60,
        )
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


async def main(nodes: int, runs: int) -> None:
    """Print the medians of `runs` pairs, after one that warms the caches."""
    first, complete, beside = [], [], []
    async with demo_server(nodes=nodes) as kubeconfig:
        for _ in range(runs + 1):
            beside.append(await kubectl(kubeconfig))
            rows, whole = await table(kubeconfig, nodes)
            first.append(rows)
            complete.append(whole)
    report(
        f"start to table at {nodes:,} nodes, median of {runs} alternating runs",
        [
            ("first rows", f"{statistics.median(first[1:]):.2f} s"),
            ("complete table", f"{statistics.median(complete[1:]):.2f} s"),
            ("kubectl get nodes -o wide", f"{statistics.median(beside[1:]):.2f} s"),
        ],
    )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(arguments + [5000, 7][len(arguments) :])))
