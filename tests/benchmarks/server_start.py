"""Time until the embedded server serves a large cluster, and what it needs for that.

    python -m tests.benchmarks.server_start

The cluster has pods, leases and workloads in proportion.
"""

from __future__ import annotations

import asyncio

from tests.benchmarks.harness import (
    NODES,
    Figure,
    cpu_seconds,
    demo_server,
    report,
    resident_mib,
)


async def measure() -> list[Figure]:
    """One start."""
    async with demo_server() as server:
        return [
            Figure(
                what=f"`demo serve --nodes {NODES} --no-kubelets`, start to serving",
                value=f"{server.start_seconds:.1f} s ({cpu_seconds(server.pid):.1f} s of one core)",
            ),
            Figure(
                what="resident memory of that server",
                value=f"{resident_mib(server.pid):.0f} MiB",
            ),
        ]


if __name__ == "__main__":
    report(asyncio.run(measure()))
