"""All benchmarks, one after the other, and the table of the README.

python -m tests.benchmarks
"""

from __future__ import annotations

import asyncio
import sys
import traceback

from tests.benchmarks import (
    complete_table,
    drain,
    first_paint,
    key_to_paint,
    memory,
    metric_polling,
    node_events,
    patch_night,
    rollout,
    server_list,
    server_start,
    server_watch,
)
from tests.benchmarks.harness import Figure, report

BENCHMARKS = (
    first_paint,
    complete_table,
    key_to_paint,
    node_events,
    patch_night,
    memory,
    metric_polling,
    server_start,
    server_list,
    server_watch,
    drain,
    rollout,
)


async def _main() -> int:
    """Run all; what fails is told and does not keep the others from being measured."""
    figures: list[Figure] = []
    failed = 0
    for benchmark in BENCHMARKS:
        name = benchmark.__name__.rpartition(".")[2]
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            measured = await benchmark.measure()
        except Exception:  # noqa: BLE001 - the top of the program: shown, and told by its status
            traceback.print_exc()
            failed += 1
            continue
        for figure in measured:
            print(f"  {figure.what}: {figure.value}", file=sys.stderr, flush=True)
        figures += measured
    report(figures)
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
