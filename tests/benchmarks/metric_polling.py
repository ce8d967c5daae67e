"""What it takes to ask 5,000 kureds for their metric: processor time, requests, and time to full knowledge.

    python -m tests.benchmarks.metric_polling

The pages come from a process of its own, which answers for every kured with a page as long as a real one's
(a Go program's metrics, some 8 KB); this process does nothing but ask, and keep the answers in the store.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml
from aiohttp import web

from kuredtui.cluster.store import NodeStore
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.sources.metric_polling import Address, MetricPolling, PollSettings
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.types import Condition, Node, NodeInfo, NodeStatus, ObjectMeta
from tests.benchmarks.harness import NODES, Figure, cpu_seconds, report
from tests.kube.little_server import little_server
from tests.support.eventually import eventually

# Seconds for which the steady state is looked at, after every kured has answered once.
_STRETCH = 30.0
# Until every kured must have answered.
_MOST = 300.0
_PATH = re.compile(r"/pods/kured-(\d+):8080/proxy/metrics$")
_OTHERS = "".join(f'go_metric_{index}{{quantile="0.5"}} 0.000123\n' for index in range(200))


class Pages:
    """All kureds' pages.

    Attributes:
        served: how many so far.
        most: the most that were being answered at a time.
    """

    def __init__(self) -> None:
        self.served = self.most = self._now = 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """One page; `/count` is for the benchmark itself."""
        if request.path == "/count":
            return web.Response(text=f"{self.served} {self.most}")
        found = _PATH.search(request.path)
        if found is None:
            return web.Response(status=404)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0.01)  # through a kubelet's network and back
        self._now -= 1
        self.served += 1
        gauge = f'kured_reboot_required{{node="node-{found[1]}"}} {int(found[1]) % 2}\n'
        return web.Response(text=_OTHERS + gauge)


@asynccontextmanager
async def kureds() -> AsyncIterator[str]:
    """The process that answers; yields its URL."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.metric_polling", "serve"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


def nodes() -> list[Node]:
    """Ready nodes, and nothing else to know of them."""
    return [
        Node(
            metadata=ObjectMeta(name=f"node-{index}", uid=f"{index}", resource_version="1"),
            status=NodeStatus(
                conditions=[Condition(type="Ready", status="True")],
                node_info=NodeInfo(boot_id=f"boot-{index}", operating_system="linux"),
            ),
        )
        for index in range(NODES)
    ]


async def measure() -> list[Figure]:
    """The figures."""
    store = NodeStore()
    store.load(nodes())
    reports = Reports(NodeFeed(store), tell=lambda _before, _after: None, changed=lambda: None)
    with tempfile.TemporaryDirectory() as folder:
        async with kureds() as url:
            kubeconfig = Path(folder) / "kubeconfig"
            kubeconfig.write_text(yaml.safe_dump(_kubeconfig(url)))
            async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
                polling = MetricPolling(client, reports=reports, say=print)
                start, cpu = time.monotonic(), cpu_seconds(os.getpid())
                for index in range(NODES):
                    address = Address(namespace="kured", pod=f"kured-{index}", port=8080)
                    polling.put(f"node-{index}", address)
                async with asyncio.TaskGroup() as group:
                    asking = group.create_task(polling.run())
                    await eventually(lambda: not store.counts.unknown, timeout=_MOST)
                    full = time.monotonic() - start
                    first_share = (cpu_seconds(os.getpid()) - cpu) / full
                    _let_time_pass(polling)
                    before, _ = await _count(client)
                    start, cpu = time.monotonic(), cpu_seconds(os.getpid())
                    await asyncio.sleep(_STRETCH)
                    after, most = await _count(client)
                    seconds = time.monotonic() - start
                    share = (cpu_seconds(os.getpid()) - cpu) / seconds
                    asking.cancel()
    if store.counts.pending != NODES // 2:
        raise RuntimeError(f"{store.counts.pending} nodes wait for a reboot, not {NODES // 2}")
    return [
        Figure(
            what=f"kured's metric of {NODES} nodes: time to full knowledge", value=f"{full:.0f} s"
        ),
        Figure(what="... of a core meanwhile", value=f"{first_share:.0%}"),
        Figure(what="... requests a second later on", value=f"{(after - before) / seconds:.0f}"),
        Figure(what="... of a core later on", value=f"{share:.1%}", goal="1 %"),
        Figure(what="... requests at a time, at most", value=f"{most}", goal="8"),
    ]


def _let_time_pass(polling: MetricPolling) -> None:
    """As if the answers had come one after the other since the last time that each was asked."""
    settled = NODES / PollSettings().settled_per_second
    for name, target in polling._targets.items():
        polling._schedule(name, target, random.uniform(0, settled))


async def _count(client: Client) -> tuple[int, int]:
    served, most = (await client.text("/count", most_bytes=100)).split()
    return int(served), int(most)


def _kubeconfig(url: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "bench",
        "clusters": [{"name": "bench", "cluster": {"server": url}}],
        "users": [{"name": "bench", "user": {}}],
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
    }


async def _serve() -> None:
    """Until standard input ends."""
    async with little_server(Pages().answer) as url:
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(_serve())
    else:
        report(asyncio.run(measure()))
