"""The node lifecycle controller: judges silent nodes, taints, and evicts by taints.

Follows kubernetes/pkg/controller/nodelifecycle and tainteviction. Its times are kube-controller-
manager's defaults, scaled by the speed.
"""

from __future__ import annotations

import asyncio

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import is_ready
from kuredtui.demo.controllers.scheduling import UNSCHEDULABLE
from kuredtui.demo.controllers.taint_eviction import TaintEviction
from kuredtui.demo.controllers.wire import MANAGED_PODS
from kuredtui.demo.kubelet.heartbeat import heartbeat
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.reading import read_as
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import NODES, Resource
from kuredtui.kube.types import Condition, Lease, Node

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
_RAW_NODES: Resource[JsonObject] = read_as(NODES, dict)
_EFFECTS = ("NoSchedule", "NoExecute")
_MANAGED = {
    *((key, effect) for key in (NOT_READY, UNREACHABLE) for effect in _EFFECTS),
    (UNSCHEDULABLE, "NoSchedule"),
}
"""The taints that are this controller's to set and to take away."""
_GRACE_SECONDS = 40.0
_MONITOR_SECONDS = 5.0
_LEAST_GRACE = 2.0
"""Real seconds: however fast the simulation, a busy machine must not look like a silent node."""
_OVERSLEPT = 0.25
"""Real seconds by which this controller may come too late without asking itself why."""
_JUDGED = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
_STOPPED = {
    "reason": "NodeStatusUnknown",
    "message": "Kubelet stopped posting node status.",
}
_NEVER_SAID = {
    "reason": "NodeStatusNeverUpdated",
    "message": "Kubelet never posted node status.",
}
_WORKERS = 4


class NodeLifecycle:
    """Watches over heartbeats and keeps the taints that follow from a node's state."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._heard: dict[str, float] = {}  # node -> when it last gave a sign of life
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        self._evictions = TaintEviction(client, caches, pace)
        caches.nodes.listeners.append(self._changed)
        caches.leases.listeners.append(self._lease_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._queue.run())
            group.create_task(self._evictions.run())
            group.create_task(self._monitor())

    def _changed(self, before: Node | None, after: Node | None) -> None:
        if after is None:
            if before is not None:
                self._heard.pop(before.metadata.name, None)
            return
        name = after.metadata.name
        if before is None or _heartbeat_of(before) != _heartbeat_of(after):
            self._heard[name] = self._pace.now()
        if before is None or _state(before) != _state(after):
            self._queue.add(name)

    def _lease_changed(self, _before: Lease | None, after: Lease | None) -> None:
        if after is not None and after.metadata.name in self._heard:
            self._heard[after.metadata.name] = self._pace.now()

    async def _monitor(self) -> None:
        period = self._pace.real(_MONITOR_SECONDS)
        while True:
            began = self._pace.now()
            await asyncio.sleep(period)
            now = self._pace.now()
            if (overslept := now - began - period) > _OVERSLEPT:
                # What we have not heard meanwhile may have been said: simulated kubelets are in the
                # same process as a rule, and were held up, too.
                self._heard = {n: min(now, at + overslept) for n, at in self._heard.items()}
            limit = now - self._grace()
            for name, heard in self._heard.items():
                if heard < limit:
                    self._queue.add(name)

    def _grace(self) -> float:
        renew = heartbeat(len(self._heard), self._pace).renew
        return max(self._pace.real(_GRACE_SECONDS), 4 * renew, _LEAST_GRACE)

    async def _look_after(self, name: str) -> None:
        node = self._caches.nodes.items.get(name)
        if node is None:
            return
        if self._heard.get(name, 0.0) < self._pace.now() - self._grace():
            node = await self._judge_silent(node)
        await self._taint(node)
        if _ready(node) not in ("True", ""):
            await self._mark_pods(node)

    async def _judge_silent(self, node: Node) -> Node:
        now = stamp(self._pace.now())
        said = {condition.type: condition.status for condition in node.status.conditions}
        conditions = [
            {
                "type": name,
                "status": "Unknown",
                "lastTransitionTime": now,
                **(_STOPPED if name in said else _NEVER_SAID),
            }
            for name in _JUDGED
            if said.get(name) != "Unknown"
        ]
        if not conditions:
            return node
        patched = await self._client.patch(
            NODES,
            node.metadata.name,
            {"metadata": {"uid": node.metadata.uid}, "status": {"conditions": conditions}},
            subresource="status",
            kind="strategic",
        )
        self._caches.nodes.learn(patched)
        return patched

    async def _taint(self, node: Node) -> None:
        wanted = _wanted_taints(node)
        if {(taint.key, taint.effect) for taint in node.spec.taints} & _MANAGED == wanted:
            return
        # The list is replaced as a whole, since two taints may share a key; the version keeps
        # somebody else's change from being lost.
        raw = await self._client.get(_RAW_NODES, node.metadata.name)
        taints: list[JsonObject] = raw["spec"].get("taints") or []
        kept = [t for t in taints if _pair(t) in wanted or _pair(t) not in _MANAGED]
        new = wanted - set(map(_pair, kept))
        now = stamp(self._pace.now())
        kept += [{"key": key, "effect": effect, "timeAdded": now} for key, effect in sorted(new)]
        version = raw["metadata"]["resourceVersion"]
        patch = {"metadata": {"resourceVersion": version}, "spec": {"taints": kept or None}}
        self._caches.nodes.learn(await self._client.patch(NODES, node.metadata.name, patch))

    async def _mark_pods(self, node: Node) -> None:
        """Pods of a node that is not ready are not ready either (MarkPodsNotReady)."""
        for pod in self._caches.index.on_node(node.metadata.name):
            if not is_ready(pod):
                continue
            condition = {
                "type": "Ready",
                "status": "False",
                "lastProbeTime": None,
                "lastTransitionTime": stamp(self._pace.now()),
            }
            metadata = pod.metadata
            try:
                patched = await self._client.patch(
                    MANAGED_PODS,
                    metadata.name,
                    {"metadata": {"uid": metadata.uid}, "status": {"conditions": [condition]}},
                    namespace=metadata.namespace,
                    subresource="status",
                    kind="strategic",
                )
            except NotFound:
                continue
            self._caches.pods.learn(patched)


def _wanted_taints(node: Node) -> set[tuple[str, str]]:
    wanted = {(UNSCHEDULABLE, "NoSchedule")} if node.spec.unschedulable else set()
    match _ready(node):
        case "False":
            wanted |= {(NOT_READY, "NoSchedule"), (NOT_READY, "NoExecute")}
        case "Unknown":
            wanted |= {(UNREACHABLE, "NoSchedule"), (UNREACHABLE, "NoExecute")}
    return wanted


def _ready(node: Node) -> str:
    """True, False or Unknown; "" before anything was said, which is no judgement."""
    return next((c.status for c in node.status.conditions if c.type == "Ready"), "")


def _heartbeat_of(node: Node) -> object:
    ready: Condition | None = next((c for c in node.status.conditions if c.type == "Ready"), None)
    return ready and ready.last_heartbeat_time


def _state(node: Node) -> object:
    """What taints follow from."""
    return _ready(node), node.spec


def _pair(taint: JsonObject) -> tuple[str, str]:
    return taint["key"], taint["effect"]
