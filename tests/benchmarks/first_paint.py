"""Time from the start of the program to its first paint, with no cluster answering.

python -m tests.benchmarks.first_paint
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.harness import Figure, console, report

RUNS = 15
# The discard port of this machine: nothing answers.
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: nobody, user: {token: none}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
"""


async def first_paint(kubeconfig: Path) -> float:
    """Seconds from exec to the first frame that names the cluster."""
    async with console(kubeconfig) as terminal:
        await terminal.wait_for(lambda: "nowhere" in terminal.text, what="the first paint")
        return time.perf_counter() - terminal.started_at


async def measure() -> list[Figure]:
    """The median of some starts, after one that warms the caches."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        kubeconfig.write_text(KUBECONFIG)
        await first_paint(kubeconfig)
        times = [await first_paint(kubeconfig) for _ in range(RUNS)]
    return [
        Figure(
            what=f"start to first paint, median of {RUNS}",
            value=f"{statistics.median(times):.2f} s",
            goal="< 0.5 s",
        )
    ]


if __name__ == "__main__":
    report(asyncio.run(measure()))
