"""The ReplicaSet controller: as many active pods as were asked for."""

from __future__ import annotations

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import controller_of, is_active, is_ready, owned_pod
from kuredtui.demo.controllers.wire import (
    MANAGED_PODS,
    MANAGED_REPLICASETS,
    ManagedPod,
    Workload,
)
from kuredtui.demo.informer import key_of
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client

_WORKERS = 3


class ReplicaSets:
    """Creates and deletes pods of ReplicaSets."""

    def __init__(self, client: Client, caches: Caches) -> None:
        self._client = client
        self._caches = caches
        self._deleted: set[str] = set()  # UIDs, until the watch knows
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.replica_sets.listeners.append(self._changed)
        caches.pods.listeners.append(self._pod_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _changed(self, _before: Workload | None, after: Workload | None) -> None:
        if after is not None:
            self._queue.add(key_of(after))

    def _pod_changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        pod = after or before
        assert pod is not None
        if after is None or after.metadata.deletion_timestamp is not None:
            self._deleted.discard(pod.metadata.uid)
        owner = controller_of(pod.metadata)
        if owner is not None and owner.kind == "ReplicaSet":
            self._queue.add(f"{pod.metadata.namespace}/{owner.name}")

    async def _look_after(self, key: str) -> None:
        owner = self._caches.replica_sets.items.get(key)
        if owner is None or owner.metadata.deletion_timestamp is not None:
            return
        pods = [
            pod
            for pod in self._caches.index.of_controller(owner.metadata.uid)
            if is_active(pod) and pod.metadata.uid not in self._deleted
        ]
        missing = owner.spec.replicas - len(pods)
        namespace = owner.metadata.namespace
        for _ in range(missing):
            body = owned_pod(owner, kind="ReplicaSet")
            self._caches.pods.learn(
                await self._client.create(MANAGED_PODS, body, namespace=namespace)
            )
        for pod in sorted(pods, key=_worth)[: max(0, -missing)]:
            self._deleted.add(pod.metadata.uid)
            await self._client.delete(
                MANAGED_PODS, pod.metadata.name, namespace=namespace, uid=pod.metadata.uid
            )
        await self._say(owner)

    async def _say(self, owner: Workload) -> None:
        pods = [
            pod for pod in self._caches.index.of_controller(owner.metadata.uid) if is_active(pod)
        ]
        ready = sum(map(is_ready, pods))
        status = {
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "observedGeneration": owner.metadata.generation,
        }
        if owner.has_status(status):
            return
        metadata = owner.metadata
        self._caches.replica_sets.learn(
            await self._client.patch(
                MANAGED_REPLICASETS,
                metadata.name,
                {"metadata": {"uid": metadata.uid}, "status": status},
                namespace=metadata.namespace,
                subresource="status",
            )
        )


def _worth(pod: ManagedPod) -> tuple[bool, bool, float]:
    """Which pod is given up first: an unbound one, one that is not ready, the youngest."""
    created = pod.metadata.creation_timestamp
    return bool(pod.spec.node_name), is_ready(pod), -created.timestamp() if created else 0.0
