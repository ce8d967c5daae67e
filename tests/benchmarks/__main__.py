"""All benchmarks, one after the other, and the table of the README.

python -m tests.benchmarks
"""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks import (
    complete_table,
    drain,
    first_paint,
    key_to_paint,
    memory,
    node_events,
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
    memory,
    server_start,
    server_list,
    server_watch,
    drain,
    rollout,
)


async def _main() -> None:
    figures: list[Figure] = []
    for benchmark in BENCHMARKS:
        print(f"{benchmark.__name__.rpartition('.')[2]} ...", file=sys.stderr, flush=True)
        figures += await benchmark.measure()
    report(figures)


if __name__ == "__main__":
    asyncio.run(_main())
