"""Evicting pods by NoExecute taints: at once, or after as long as they tolerate them."""

from __future__ import annotations

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import is_finished
from kuredtui.demo.controllers.scheduling import tolerates
from kuredtui.demo.controllers.wire import MANAGED_PODS, ManagedPod
from kuredtui.demo.informer import key_of
from kuredtui.demo.pace import Pace
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.types import Node, Taint

_WORKERS = 2
_FOREVER = float("inf")


class TaintEviction:
    """Deletes pods from nodes whose NoExecute taints they do not tolerate (any more)."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._tainted: dict[tuple[str, str], float] = {}  # (node, taint key) -> since when
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.nodes.listeners.append(self._node_changed)
        caches.pods.listeners.append(self._pod_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _node_changed(self, before: Node | None, after: Node | None) -> None:
        was, present = _keys(before), _keys(after)
        if was == present:
            return
        node = after or before
        assert node is not None
        name = node.metadata.name
        for key in was - present:
            self._tainted.pop((name, key), None)
        for key in present - was:
            self._tainted[name, key] = self._pace.now()
        if present:
            for pod in self._caches.index.on_node(name):
                self._queue.add(key_of(pod))

    def _pod_changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        if after is None or not after.spec.node_name:
            return
        if before is None or not before.spec.node_name:
            self._queue.add(key_of(after))

    async def _look_after(self, key: str) -> float | None:
        pod = self._caches.pods.items.get(key)
        if pod is None or is_finished(pod) or pod.metadata.deletion_timestamp is not None:
            return None
        node = self._caches.nodes.items.get(pod.spec.node_name)
        if node is None:
            return None
        due = min((self._due(pod, node, taint) for taint in _no_execute(node)), default=_FOREVER)
        if due == _FOREVER:
            return None
        if (pause := due - self._pace.now()) > 0:
            return pause
        metadata = pod.metadata
        await self._client.delete(
            MANAGED_PODS, metadata.name, namespace=metadata.namespace, uid=metadata.uid
        )
        return None

    def _due(self, pod: ManagedPod, node: Node, taint: Taint) -> float:
        """When a pod has to go because of a taint, in Unix time."""
        used = [t for t in pod.spec.tolerations if tolerates([t], taint)]
        since = self._tainted.get((node.metadata.name, taint.key), self._pace.now())
        if not used:
            return since
        limits = [t.toleration_seconds for t in used if t.toleration_seconds is not None]
        return since + self._pace.real(max(0, min(limits))) if limits else _FOREVER


def _no_execute(node: Node) -> list[Taint]:
    return [taint for taint in node.spec.taints if taint.effect == "NoExecute"]


def _keys(node: Node | None) -> set[str]:
    return {taint.key for taint in _no_execute(node)} if node is not None else set()
