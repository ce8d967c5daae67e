"""Memory of the console once a large cluster is on the screen, and after it was busy for a while.

python -m tests.benchmarks.memory
"""

from __future__ import annotations

import asyncio

from tests.benchmarks.busy import busy_server
from tests.benchmarks.harness import NODES, Figure, complete, console, report, resident_mib

BUSY_SECONDS = 20.0
RATE = 1000


async def measure() -> list[Figure]:
    """The resident memory with the complete table, and after some 20,000 node events."""
    async with busy_server() as server, console(server.kubeconfig) as terminal:
        await complete(terminal)
        at_first = resident_mib(terminal.pid)
        await server.set_rate(RATE)
        await asyncio.sleep(BUSY_SECONDS)
        await server.set_rate(0)
        later = resident_mib(terminal.pid)
    return [
        Figure(
            what=f"resident memory with {NODES:,} nodes on the screen",
            value=f"{at_first:.0f} MiB",
            goal="< 160 MiB",
        ),
        Figure(
            what=f"the same after {BUSY_SECONDS * RATE:,.0f} node events",
            value=f"{later:.0f} MiB",
            goal="< 160 MiB",
        ),
    ]


if __name__ == "__main__":
    report(asyncio.run(measure()))
