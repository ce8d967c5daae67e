"""Time until the embedded server serves a large cluster, and what it needs for that.

    python -m tests.benchmarks.server_start [NODES]

The cluster has pods, leases and workloads in proportion.
"""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks.harness import cpu_seconds, report, resident_mib, served


async def main(nodes: int) -> None:
    """Print one start."""
    async with served(nodes=nodes) as server:
        report(
            f"demo serve --nodes {nodes} --no-kubelets",
            [
                ("start to serving", f"{server.ready_at - server.started_at:.2f} s"),
                ("processor time", f"{cpu_seconds(server.pid):.2f} s"),
                ("resident", f"{resident_mib(server.pid):.0f} MiB"),
            ],
        )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
