"""Node updates a second to several watchers: how far behind the last one is.

    python -m tests.benchmarks.server_watch

One process posts nodes' statuses as kubelets do, at a steady rate, each with the time of its
sending in it; each watcher is a process of its own that reads all events and looks how old they
are. The server's processor time for each update is printed, too: it is what the server could do on
a machine of its own, where the rate cannot be kept up on a busy one.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from tests.benchmarks.harness import Figure, cpu_seconds, demo_server, percentile, report
from tests.benchmarks.plain_client import plain_client

RATE = 1000
COUNT = 10 * RATE
WATCHERS = 3
_CONNECTIONS = 16
_SENT = re.compile(rb"ready status, sent at (\d+)")
_LAST = b"sent at 0"  # the update that tells the watchers that it was the last one
_STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}


async def watch(kubeconfig: Path) -> None:
    """The process of a watcher: says `ready`, and in the end the ages of all events in seconds."""
    ages: list[float] = []
    rest = b""
    async with plain_client(kubeconfig) as client:
        page = await (await client.get("/api/v1/nodes", params={"limit": "1"})).json()
        version = page["metadata"]["resourceVersion"]
        parameters = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "3600"}
        async with client.get("/api/v1/nodes", params=parameters) as answer:
            print("ready", flush=True)
            while _LAST not in rest:
                chunk = await answer.content.readany()
                if not chunk:
                    raise ConnectionError("the server let go of a watcher that fell behind")
                lines, _, rest = (rest + chunk).rpartition(b"\n")
                now = time.monotonic_ns()
                ages += [(now - int(sent)) / 1e9 for sent in _SENT.findall(lines) if sent != b"0"]
                if _LAST in lines:
                    break
    print(json.dumps(ages))


async def start_watcher(kubeconfig: Path) -> asyncio.subprocess.Process:
    """A watcher that follows the server."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.server_watch", "watch", str(kubeconfig)),
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert process.stdout is not None
    if await process.stdout.readline() != b"ready\n":
        raise RuntimeError("a watcher did not start")
    return process


async def post(client: aiohttp.ClientSession, name: str, sent: int) -> None:
    """What a kubelet reports of a node that is well."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    message = f"kubelet is posting ready status, sent at {sent}"
    ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": now, "message": message}
    body = json.dumps({"status": {"conditions": [ready]}})
    path = f"/api/v1/nodes/{name}/status"
    async with client.patch(path, data=body, headers=_STRATEGIC) as answer:
        await answer.read()


async def update(client: aiohttp.ClientSession, names: list[str], count: int) -> float:
    """Post so many updates at the rate, or as fast as it goes; the seconds it took."""
    begin = time.perf_counter()
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            early = begin + number / RATE - time.perf_counter()
            if early > 0:
                await asyncio.sleep(early)
            await post(client, names[number % len(names)], time.monotonic_ns())

    async with asyncio.TaskGroup() as group:
        for _ in range(_CONNECTIONS):
            group.create_task(some())
    return time.perf_counter() - begin


async def measure() -> list[Figure]:
    """The lag, and what the server needed."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(demo_server())
        client = await stack.enter_async_context(plain_client(server.kubeconfig))
        page = await (await client.get("/api/v1/nodes")).json()
        names = [node["metadata"]["name"] for node in page["items"]]
        processes = [await start_watcher(server.kubeconfig) for _ in range(WATCHERS)]
        spent = cpu_seconds(server.pid)
        took = await update(client, names, COUNT)
        cpu = cpu_seconds(server.pid) - spent
        await post(client, names[0], 0)
        outputs = [await process.communicate() for process in processes]
    ages = [json.loads(out) for out, _ in outputs]
    missed = WATCHERS * COUNT - sum(map(len, ages))
    together = [age for each in ages for age in each]
    p50, p99 = (percentile(together, percent) * 1000 for percent in (50, 99))
    return [
        Figure(
            what=f"the server takes node updates for {WATCHERS} watchers",
            value=f"{COUNT / took:,.0f} a second ({cpu / took:.0%} of one core), {missed} missed",
            goal=f"{RATE:,}",
        ),
        Figure(what="their lag", value=f"p50 {p50:.0f} ms, p99 {p99:.0f} ms"),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["watch"]:
        asyncio.run(watch(Path(sys.argv[2])))
    else:
        report(asyncio.run(measure()))
