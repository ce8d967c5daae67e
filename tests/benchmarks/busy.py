"""A large cluster whose nodes report at a given rate: the load for the benchmarks.

As a module this is the process that serves (`python -m tests.benchmarks.busy KUBECONFIG KURED`): it takes
orders from its standard input and answers each with one line. `busy_server` starts it and gives the
orders. The nodes change inside the server, without requests, so that what is measured shares the
machine with as little as possible.

Moments are of the monotonic clock, which is the same in every process of a machine.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import cast

import msgspec

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.scenario import KuredFlavour, make_scenario
from kuredtui.kube.json import JsonObject
from tests.benchmarks.harness import NODES

# Seconds between two bursts of events.
_TICK = 0.01
# One event in so many changes what the table shows; the others are heartbeats.
_VISIBLE_EVERY = 10
_START_SECONDS = 60


class Order(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the process is told.

    Attributes:
        rate: node events a second from now on.
        burst: so many node events more, now and at once.
        mark: text to put into the first node's kernel, now.
        relist: put this text into every node's kernel behind the watchers' backs, and cut them off
            with their version forgotten, so that they have to list everything again.
    """

    rate: int | None = None
    burst: int = 0
    mark: str = ""
    relist: str = ""


class Answer(msgspec.Struct, kw_only=True):
    """What it says: when the order was carried out, and how many node events there were so far."""

    at: float
    events: int


class BusyServer:
    """The process, from outside. Made by `busy_server`."""

    def __init__(self, kubeconfig: Path, process: asyncio.subprocess.Process) -> None:
        self.kubeconfig = kubeconfig
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def set_rate(self, events: int) -> Answer:
        """From now on, so many node events a second."""
        return await self._tell(Order(rate=events))

    async def burst(self, events: int) -> Answer:
        """At once, so many node events."""
        return await self._tell(Order(burst=events))

    async def mark(self, text: str) -> Answer:
        """Put a text where the first row shows the kernel."""
        return await self._tell(Order(mark=text))

    async def relist(self, text: str) -> Answer:
        """Make every watcher list again; all rows then show the text as their kernel."""
        return await self._tell(Order(relist=text))

    async def _tell(self, order: Order) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        return msgspec.json.decode(await self._process.stdout.readline(), type=Answer)


@asynccontextmanager
async def busy_server(kured: KuredFlavour = "helm") -> AsyncIterator[BusyServer]:
    """A cluster of NODES nodes that stand still until they are told a rate, with this kured."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.busy", str(kubeconfig), kured),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                if not await process.stdout.readline():
                    raise RuntimeError("the server did not start")
            yield BusyServer(kubeconfig, process)
        finally:
            process.stdin.close()
            await process.wait()


class _Load:
    """Inside the process: the nodes and what is done to them."""

    def __init__(self, cluster: DemoCluster, nodes: list[JsonObject]) -> None:
        self._server = cluster.server
        self._faults = cluster.faults
        self._nodes = nodes
        self._turn = cycle(range(1, len(nodes)))  # the first node is the one that is marked
        self._rate = 0
        self._events = 0

    async def obey(self, order: Order) -> Answer:
        if order.rate is not None:
            self._rate = order.rate
        if order.burst:
            self._server.seed(self._reports(order.burst))
        if order.mark:
            self._mark(self._nodes[:1], order.mark)
        if order.relist:
            await self._force_relist(order.relist)
        return Answer(at=time.monotonic(), events=self._events)

    async def run(self) -> None:
        """Report at the rate that was asked for, for ever."""
        due, before = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(_TICK)
            now = time.monotonic()
            # What was missed by more than a tenth of a second stays missed: no bursts.
            due += self._rate * min(now - before, 0.1)
            before = now
            count = int(due)
            due -= count
            self._server.seed(self._reports(count))

    def _reports(self, count: int) -> Iterable[JsonObject]:
        moment = stamp(time.time())
        for _ in range(count):
            node = self._nodes[next(self._turn)]
            _beat(node, moment)
            if self._events % _VISIBLE_EVERY == 0:
                node["spec"]["unschedulable"] = not node["spec"].get("unschedulable", False)
            self._events += 1
            yield node

    def _mark(self, nodes: Iterable[JsonObject], text: str) -> None:
        for node in nodes:
            node["status"]["nodeInfo"]["kernelVersion"] = text
            self._server.seed([node])

    async def _force_relist(self, text: str) -> None:
        self._faults.disturb("silence", verb="watch", times=None)
        await asyncio.sleep(_TICK)  # the open watches fall silent
        self._mark(self._nodes, text)
        self._faults.heal()
        self._faults.restart(keep_history=False)


def _beat(node: JsonObject, moment: str) -> None:
    for condition in node["status"]["conditions"]:
        condition["lastHeartbeatTime"] = moment


async def _serve(kubeconfig: Path, kured: KuredFlavour) -> None:
    cluster = DemoCluster(nodes=NODES, kured=kured, kubelets=False, kubeconfig=kubeconfig)
    async with cluster:
        objects = make_scenario("aks", nodes=NODES, seed=1, now=Pace(1.0).now()).objects
        nodes = sorted(
            (item for item in objects if item["kind"] == "Node"),
            key=lambda item: item["metadata"]["name"],
        )
        load = _Load(cluster, nodes)
        running = asyncio.create_task(load.run())
        loop = asyncio.get_running_loop()
        orders = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
        print("ready", flush=True)
        while line := await orders.readline():
            answer = await load.obey(msgspec.json.decode(line, type=Order))
            print(msgspec.json.encode(answer).decode(), flush=True)
        running.cancel()
        await asyncio.wait([running])


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), cast(KuredFlavour, sys.argv[2])))
