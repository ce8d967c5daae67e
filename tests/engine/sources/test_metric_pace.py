"""How often kureds are asked: seldom when they are many, and soon after their node has booted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from aiohttp import web

from kuredtui.cluster.store import NodeStore
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.sources.metric_polling import Address, MetricPolling, PollSettings
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.listwatch import Change
from kuredtui.kube.types import Condition, Node, NodeInfo, NodeStatus, ObjectMeta
from tests.kube.little_server import little_server
from tests.support.eventually import eventually

NODES = 4
# Looked at twenty times a second, asked again after NODES / 0.001 seconds: never in a test.
SELDOM = PollSettings(interval=0.05, settled_per_second=0.001)


def a_node(index: int, *, boot: str = "first") -> Node:
    return Node(
        metadata=ObjectMeta(name=f"node-{index}", uid=f"{index}", resource_version=boot),
        status=NodeStatus(
            conditions=[Condition(type="Ready", status="True")],
            node_info=NodeInfo(boot_id=boot, operating_system="linux"),
        ),
    )


@dataclass
class Polled:
    """The store, and how often each kured was asked."""

    store: NodeStore
    asked: Counter[str]


@asynccontextmanager
async def polled(folder: Path, settings: PollSettings) -> AsyncIterator[Polled]:
    """NODES kureds, asked by these settings; the first answer of each is yes, the others are no."""
    asked: Counter[str] = Counter()

    async def answer(request: web.BaseRequest) -> web.Response:
        node = request.path.split("/pods/")[1].partition(":")[0]
        asked[node] += 1
        return web.Response(
            text=f'kured_reboot_required{{node="{node}"}} {int(asked[node] == 1)}\n'
        )

    store = NodeStore()
    store.load(a_node(index) for index in range(NODES))
    reports = Reports(NodeFeed(store), tell=lambda _before, _after: None, changed=lambda: None)
    async with little_server(answer) as url:
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(
            yaml.safe_dump(
                {
                    "current-context": "x",
                    "clusters": [{"name": "x", "cluster": {"server": url}}],
                    "users": [{"name": "x", "user": {}}],
                    "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
                }
            )
        )
        async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
            polling = MetricPolling(client, reports=reports, say=print, settings=settings)
            for index in range(NODES):
                name = f"node-{index}"
                polling.put(name, Address(namespace="kured", pod=name, port=8080))
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(polling.run())
                yield Polled(store, asked)
                asking.cancel()


async def test_who_has_booted_is_asked_again_and_the_others_are_not(tmp_path: Path) -> None:
    async with polled(tmp_path, SELDOM) as at:
        await eventually(lambda: at.store.counts.pending == NODES, what="all have answered")
        at.store.apply([Change(a_node(0, boot="second"), deleted=False)])
        await eventually(lambda: at.asked["node-0"] == 2)
        assert at.asked == {"node-0": 2, "node-1": 1, "node-2": 1, "node-3": 1}


async def test_few_are_asked_once_in_each_interval(tmp_path: Path) -> None:
    async with polled(tmp_path, PollSettings(interval=0.05, settled_per_second=1000.0)) as at:
        # The second answer has come by then, since nobody is asked twice at a time.
        await eventually(lambda: len(at.asked) == NODES and min(at.asked.values()) >= 3)
        assert at.store.counts.pending == 0
