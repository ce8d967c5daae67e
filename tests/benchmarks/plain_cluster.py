"""A plain cluster that lives in a process of its own: nodes that are all alike, and nothing else on them.

    python -m tests.benchmarks.plain_cluster NODES KUBECONFIG SPEED CONCURRENCY

It says `ready` when it serves, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.scenario.kured import MANIFEST

_START_SECONDS = 60


@asynccontextmanager
async def plain_cluster(
    *, nodes: int, speed: float = 1.0, concurrency: int = 1
) -> AsyncIterator[Path]:
    """Such a cluster; yields its kubeconfig file.

    Args:
        nodes: how many.
        speed: how many times faster than real it lives.
        concurrency: how many nodes at a time its kured allows in the lock.
    """
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.plain_cluster"),
            *(str(nodes), str(kubeconfig), str(speed), str(concurrency)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                if not await process.stdout.readline():
                    raise RuntimeError("the cluster did not start")
            yield kubeconfig
        finally:
            process.stdin.close()
            await process.wait()


async def _serve(nodes: int, kubeconfig: Path, speed: float, concurrency: int) -> None:
    kured = dataclasses.replace(MANIFEST, concurrency=concurrency)
    async with DemoCluster(
        nodes=nodes, speed=speed, scenario="plain", kured=kured, kubeconfig=kubeconfig
    ):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
