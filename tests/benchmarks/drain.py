"""Wall time of our drain beside `kubectl drain` of an equal node.

    python -m tests.benchmarks.drain [RUNS] [BUDGET_PODS ...]

The cluster is a process of its own that lives as fast as a real one; replacements come up on other nodes
and are ready a third of a second after they were made. Both drain in turn, each with the cordon: kubectl
from its start to its end, ours as a session that is already connected does it. With a budget of one, each
pod can only go when the replacement of the last is ready; kubectl takes minutes for that, so it is
measured with few pods (18 and 30, or as named) and one pair of runs.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kuredtui.demo.kubelet import controls
from kuredtui.engine.drain import Drain
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.progress import Progress
from kuredtui.engine.recorder import Recorder
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DEPLOYMENTS, NODES, POD_DISRUPTION_BUDGETS, PODS
from tests.benchmarks.harness import Figure, report
from tests.benchmarks.plain_cluster import plain_cluster
from tests.support.eventually import eventually

NODE = "node-0"
OTHERS = ("node-1", "node-2", "node-3")
LABELS = {"app": "web"}
_PATIENCE = 120.0


@dataclass(frozen=True)
class Case:
    """What is on the node: so many pods, how long each takes to end, and whether one budget lets only
    one of them be unavailable.
    """

    pods: int
    stop_seconds: float
    budget: bool = False

    def __str__(self) -> str:
        ends = f"{self.stop_seconds:g} s to end" if self.stop_seconds else "end at once"
        return f"{self.pods} pods, {ends}{', budget of one' if self.budget else ''}"


async def fill(client: Client, case: Case) -> None:
    """All pods of the case on the node, ready, and their budget known to the disruption controller."""
    await _cordon(client, *OTHERS)
    await _cordon(client, NODE, away=False)
    if case.budget:
        await client.create(POD_DISRUPTION_BUDGETS, _budget(), namespace="default")
    await client.create(DEPLOYMENTS, _deployment(case), namespace="default")
    await eventually(lambda: _ready(client, case), timeout=_PATIENCE)
    await _cordon(client, *OTHERS, away=False)


async def clear(client: Client) -> None:
    """Nothing of the case is left."""
    await client.delete(DEPLOYMENTS, "web", namespace="default")
    for budget in (await client.list(POD_DISRUPTION_BUDGETS, namespace="default")).items:
        await client.delete(POD_DISRUPTION_BUDGETS, budget.metadata.name, namespace="default")
    await eventually(lambda: _emptied(client), timeout=_PATIENCE)


async def ours(client: Client) -> float:
    """Seconds of our drain."""
    records: list[Progress] = []
    recorder = Recorder(node=NODE, operation="benchmark", publish=records.append)
    start = time.perf_counter()
    await _cordon(client, NODE)
    await Drain(client, node=NODE, options=EngineOptions(), recorder=recorder).run()
    return time.perf_counter() - start


async def kubectl(kubeconfig: Path, home: str) -> float:
    """Seconds of kubectl's."""
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *("kubectl", "--kubeconfig", str(kubeconfig), "drain", NODE, "--ignore-daemonsets"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home},
    )
    if await process.wait() != 0:
        raise RuntimeError("kubectl failed")
    return time.perf_counter() - start


async def measure(runs: int = 5, budget_pods: Sequence[int] = (18, 30)) -> list[Figure]:
    """The medians of each case."""
    cases = [Case(pods, stop) for pods in (18, 30, 110) for stop in (0.0, 2.0)]
    cases += [Case(pods, 0.0, budget=True) for pods in budget_pods]
    cap = EngineOptions().drain_requests_per_second
    figures = []
    async with plain_cluster(nodes=1 + len(OTHERS)) as kubeconfig:
        target = resolve(kubeconfig=str(kubeconfig))
        with tempfile.TemporaryDirectory() as home:
            async with await connect(target) as client:
                for case in cases:
                    pairs = await _measure(
                        case, client, kubeconfig, home, 1 if case.budget else runs
                    )
                    what = f"drain, at most {cap:g} requests a second: {case}"
                    figures.append(Figure(what=what, value=pairs, goal="0.4 of its time"))
    return figures


async def _measure(case: Case, client: Client, kubeconfig: Path, home: str, runs: int) -> str:
    our_times, their_times = [], []
    for _ in range(runs):
        await fill(client, case)
        their_times.append(await kubectl(kubeconfig, home))
        await clear(client)
        await fill(client, case)
        our_times.append(await ours(client))
        await clear(client)
    mine, theirs = statistics.median(our_times), statistics.median(their_times)
    return f"{mine:.2f} s, kubectl {theirs:.2f} s: {mine / theirs:.2f} of its time"


async def _cordon(client: Client, *names: str, away: bool = True) -> None:
    for name in names:
        await client.patch(NODES, name, {"spec": {"unschedulable": away}})


def _deployment(case: Case) -> JsonObject:
    annotations = {
        controls.START_SECONDS: "0.1",
        controls.READY_SECONDS: "0.2",
        controls.STOP_SECONDS: str(case.stop_seconds),
    }
    containers = [{"name": "main", "image": "registry.k8s.io/pause:3.10"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": case.pods,
            "selector": {"matchLabels": LABELS},
            "template": {
                "metadata": {"labels": LABELS, "annotations": annotations},
                "spec": {"containers": containers},
            },
        },
    }


def _budget() -> JsonObject:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": LABELS}},
    }


async def _ready(client: Client, case: Case) -> bool:
    pods = (await client.list(PODS, namespace="default")).items
    here = [pod for pod in pods if pod.spec.node_name == NODE]
    found = await client.get(DEPLOYMENTS, "web", namespace="default")
    if len(here) != case.pods or found.status.available_replicas != case.pods:
        return False
    budgets = (await client.list(POD_DISRUPTION_BUDGETS, namespace="default")).items
    return all(budget.status.current_healthy == case.pods for budget in budgets)


async def _emptied(client: Client) -> bool:
    pods = (await client.list(PODS, namespace="default")).items
    for pod in pods:
        with suppress(NotFound):
            await client.delete(PODS, pod.metadata.name, namespace="default", grace_seconds=0)
    return not pods


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    report(asyncio.run(measure(*(numbers[:1] or [5]), numbers[1:] or [18, 30])))
