"""Memory of the console once a large cluster is on the screen.

python -m tests.benchmarks.memory [NODES]
"""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks.harness import console, demo_server, report, resident_mib


async def main(nodes: int) -> None:
    """Print the resident memory with the complete table."""
    async with demo_server(nodes=nodes) as kubeconfig, console(kubeconfig) as terminal:
        await terminal.wait_for(
            lambda: terminal.line_with(f"{nodes} nodes") and terminal.line_with("● live"),
            what="the complete table",
            timeout=60,
        )
        report(
            "memory", [(f"resident at {nodes:,} nodes", f"{resident_mib(terminal.pid):.0f} MiB")]
        )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
