"""The scheduler: binds pods that have no node yet."""

from __future__ import annotations

from collections import Counter

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import controller_of, is_active
from kuredtui.demo.controllers.scheduling import choose, named_nodes
from kuredtui.demo.controllers.wire import MANAGED_PODS, ManagedPod
from kuredtui.demo.informer import key_of
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.reading import read_as
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import PODS, Resource
from kuredtui.kube.types import Node

_NAME = "default-scheduler"
_RAW_PODS: Resource[JsonObject] = read_as(PODS, dict)


class Scheduler:
    """Binds pods to nodes, one at a time, as the real one does."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._waiting: set[str] = set()  # pods that no node would take
        self._bound: dict[str, str] = {}  # UIDs of pods just bound -> node, until the watch knows
        self._queue = WorkQueue(self._schedule, workers=1)
        caches.pods.listeners.append(self._pod_changed)
        caches.nodes.listeners.append(self._node_changed)

    async def run(self) -> None:
        """Schedule until cancelled."""
        await self._queue.run()

    def _pod_changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        if after is None or after.spec.node_name or not is_active(after):
            gone = after or before
            assert gone is not None
            self._waiting.discard(key_of(gone))
            self._bound.pop(gone.metadata.uid, None)
        elif before is None or before.metadata.uid != after.metadata.uid:
            self._queue.add(key_of(after))

    def _node_changed(self, before: Node | None, after: Node | None) -> None:
        if before is None or after is None or _differs(before, after):
            for key in self._waiting:
                self._queue.add(key)

    async def _schedule(self, key: str) -> None:
        pod = self._caches.pods.items.get(key)
        if pod is None or pod.spec.node_name or not is_active(pod):
            return
        if pod.metadata.uid in self._bound:
            return
        node, why = self._choose(pod)
        metadata = pod.metadata
        if not node:
            self._waiting.add(key)
            await self._say_unschedulable(pod, why)
            return
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": metadata.name, "namespace": metadata.namespace},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        await self._client.create(
            _RAW_PODS,
            binding,
            namespace=metadata.namespace,
            name=metadata.name,
            subresource="binding",
        )
        self._bound[metadata.uid] = node

    def _choose(self, pod: ManagedPod) -> tuple[str, str]:
        nodes = self._caches.nodes.items
        names = named_nodes(pod)
        candidates = nodes.values() if names is None else [nodes[n] for n in names if n in nodes]
        same: Counter[str] = Counter()
        if owner := controller_of(pod.metadata):
            for sibling in self._caches.index.of_controller(owner.uid):
                place = sibling.spec.node_name or self._bound.get(sibling.metadata.uid, "")
                if is_active(sibling):
                    same[place] += 1
        recent = Counter(self._bound.values())
        index = self._caches.index
        return choose(pod, candidates, same=same, load=lambda n: index.count_on_node(n) + recent[n])

    async def _say_unschedulable(self, pod: ManagedPod, why: str) -> None:
        known = next((c for c in pod.status.conditions if c.type == "PodScheduled"), None)
        if known is not None and known.message == why:
            return
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "lastProbeTime": None,
            "lastTransitionTime": stamp(self._pace.now()),
            "reason": "Unschedulable",
            "message": why,
        }
        body = {"metadata": {"uid": pod.metadata.uid}, "status": {"conditions": [condition]}}
        await self._client.patch(
            MANAGED_PODS,
            pod.metadata.name,
            body,
            namespace=pod.metadata.namespace,
            subresource="status",
            kind="strategic",
        )


def _differs(before: Node, after: Node) -> bool:
    """Whether a change of a node may let more pods in."""
    return (before.spec, before.metadata.labels) != (after.spec, after.metadata.labels)
