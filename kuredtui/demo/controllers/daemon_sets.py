"""The DaemonSet controller: one pod on every node that may have it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.deployments import template_hash
from kuredtui.demo.controllers.pods import controller_of, is_finished, is_ready, owned_pod
from kuredtui.demo.controllers.scheduling import UNSCHEDULABLE, matches_node, tolerates
from kuredtui.demo.controllers.wire import (
    MANAGED_DAEMONSETS,
    MANAGED_PODS,
    ManagedPod,
    Workload,
)
from kuredtui.demo.informer import key_of
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject
from kuredtui.kube.types import Node, Toleration

HASH_LABEL = "controller-revision-hash"
_WORKERS = 2
_ALWAYS_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    (UNSCHEDULABLE, "NoSchedule"),
)
"""Added to the pods of DaemonSets (AddOrUpdateDaemonPodTolerations)."""


class DaemonSets:
    """Creates and deletes pods of DaemonSets."""

    def __init__(self, client: Client, caches: Caches) -> None:
        self._client = client
        self._caches = caches
        self._deleted: set[str] = set()  # UIDs, until the watch knows
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.daemon_sets.listeners.append(self._changed)
        caches.pods.listeners.append(self._pod_changed)
        caches.nodes.listeners.append(self._node_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _changed(self, _before: Workload | None, after: Workload | None) -> None:
        if after is not None:
            self._queue.add(key_of(after))

    def _pod_changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        pod = after or before
        assert pod is not None
        if after is None:
            self._deleted.discard(pod.metadata.uid)
        owner = controller_of(pod.metadata)
        if owner is not None and owner.kind == "DaemonSet":
            self._queue.add(f"{pod.metadata.namespace}/{owner.name}")

    def _node_changed(self, before: Node | None, after: Node | None) -> None:
        if before and after and _place(before) == _place(after):
            return
        for key in self._caches.daemon_sets.items:
            self._queue.add(key)

    async def _look_after(self, key: str) -> None:
        owner = self._caches.daemon_sets.items.get(key)
        if owner is None or owner.metadata.deletion_timestamp is not None:
            return
        present = template_hash(owner.spec.template)
        wanted = {n.metadata.name for n in self._caches.nodes.items.values() if _runs_on(owner, n)}
        by_node: dict[str, list[ManagedPod]] = {}
        for pod in self._caches.index.of_controller(owner.metadata.uid):
            by_node.setdefault(_node_of(pod), []).append(pod)
        await self._delete(_surplus(wanted, by_node, present, self._deleted))
        for name in sorted(wanted - by_node.keys()):
            body = daemon_pod(owner, name, hash_=present)
            self._caches.pods.learn(
                await self._client.create(MANAGED_PODS, body, namespace=owner.metadata.namespace)
            )
        await self._say(owner, wanted, present)

    async def _delete(self, pods: Iterable[ManagedPod]) -> None:
        for pod in pods:
            if pod.metadata.deletion_timestamp is None and pod.metadata.uid not in self._deleted:
                self._deleted.add(pod.metadata.uid)
                await self._client.delete(
                    MANAGED_PODS,
                    pod.metadata.name,
                    namespace=pod.metadata.namespace,
                    uid=pod.metadata.uid,
                )

    async def _say(self, owner: Workload, wanted: set[str], present: str) -> None:
        pods = self._caches.index.of_controller(owner.metadata.uid)
        placed = [pod for pod in pods if _node_of(pod) in wanted]
        ready = sum(map(is_ready, placed))
        status = {
            "currentNumberScheduled": len({_node_of(pod) for pod in placed}),
            "numberMisscheduled": len(pods) - len(placed),
            "desiredNumberScheduled": len(wanted),
            "numberReady": ready,
            "observedGeneration": owner.metadata.generation,
            "updatedNumberScheduled": sum(_is_present(pod, present) for pod in placed),
            "numberAvailable": ready,
            "numberUnavailable": len(wanted) - ready,
        }
        if owner.has_status(status):
            return
        metadata = owner.metadata
        self._caches.daemon_sets.learn(
            await self._client.patch(
                MANAGED_DAEMONSETS,
                metadata.name,
                {"metadata": {"uid": metadata.uid}, "status": status},
                namespace=metadata.namespace,
                subresource="status",
            )
        )


def daemon_pod(owner: Workload, node: str, *, hash_: str) -> JsonObject:
    """The pod of a DaemonSet for a node, which the scheduler will bind to it."""
    body = owned_pod(owner, kind="DaemonSet", labels={HASH_LABEL: hash_})
    spec: JsonObject = body["spec"]
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    spec["affinity"] = {
        **(spec.get("affinity") or {}),
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}
        },
    }
    spec["tolerations"] = [
        *(spec.get("tolerations") or []),
        *(
            {"key": key, "operator": "Exists", "effect": effect}
            for key, effect in _ALWAYS_TOLERATED
        ),
    ]
    return body


def _runs_on(owner: Workload, node: Node) -> bool:
    spec = owner.spec.template.get("spec") or {}
    if not matches_node(spec.get("nodeSelector") or {}, spec.get("affinity") or {}, node):
        return False
    tolerations = msgspec.convert(spec.get("tolerations") or [], list[Toleration])
    tolerations += [
        Toleration(key=key, operator="Exists", effect=effect) for key, effect in _ALWAYS_TOLERATED
    ]
    return all(
        tolerates(tolerations, taint)
        for taint in node.spec.taints
        if taint.effect in ("NoSchedule", "NoExecute")
        and taint.key not in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
    )


def _node_of(pod: ManagedPod) -> str:
    """The node a pod is on, or is meant for."""
    if pod.spec.node_name:
        return pod.spec.node_name
    affinity = pod.spec.affinity.get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or []:
        for field in term.get("matchFields") or []:
            return str(field["values"][0])
    return ""


def _surplus(
    wanted: set[str], by_node: dict[str, list[ManagedPod]], present: str, deleted: set[str]
) -> list[ManagedPod]:
    """Pods where none should be, finished ones, doubles, and one at a time of an older template.

    One at a time (maxUnavailable, 1 by default): not while any node has none that serves.
    """
    surplus = []
    outdated = []
    serving = 0
    for node, pods in by_node.items():
        keep = pods[0] if node in wanted and not is_finished(pods[0]) else None
        surplus += [pod for pod in pods if pod is not keep]
        if keep is not None:
            going = keep.metadata.deletion_timestamp is not None or keep.metadata.uid in deleted
            serving += is_ready(keep) and not going
            if not _is_present(keep, present):
                outdated.append(keep)
    return surplus + outdated[: 1 if serving == len(wanted) else 0]


def _is_present(pod: ManagedPod, hash_: str) -> bool:
    return pod.metadata.labels.get(HASH_LABEL) == hash_


def _place(node: Node) -> object:
    return node.metadata.labels, node.spec.taints
