"""The deployment controller: a ReplicaSet for each template, and rolling from one to the next."""

from __future__ import annotations

import hashlib

import msgspec

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import controller_of, owner_reference
from kuredtui.demo.controllers.scaling import scaled_value
from kuredtui.demo.controllers.wire import MANAGED_DEPLOYMENTS, MANAGED_REPLICASETS, Workload
from kuredtui.demo.informer import key_of
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject

HASH_LABEL = "pod-template-hash"
_REVISION = "deployment.kubernetes.io/revision"
_WORKERS = 2


class Deployments:
    """Scales the ReplicaSets of Deployments."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.deployments.listeners.append(self._changed)
        caches.replica_sets.listeners.append(self._replica_set_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _changed(self, _before: Workload | None, after: Workload | None) -> None:
        if after is not None:
            self._queue.add(key_of(after))

    def _replica_set_changed(self, before: Workload | None, after: Workload | None) -> None:
        known = after or before
        assert known is not None
        owner = controller_of(known.metadata)
        if owner is not None and owner.kind == "Deployment":
            self._queue.add(f"{known.metadata.namespace}/{owner.name}")

    async def _look_after(self, key: str) -> None:
        deployment = self._caches.deployments.items.get(key)
        if deployment is None or deployment.metadata.deletion_timestamp is not None:
            return
        owned = self._owned(deployment)
        new = next((r for r in owned if _has_template(r, deployment)), None)
        old = [r for r in owned if r is not new]
        if not deployment.spec.paused:
            if new is None:
                new = await self._create(deployment, revision=len(old) + 1)
            await self._roll(deployment, new, old)
        await self._say(deployment)

    def _owned(self, deployment: Workload) -> list[Workload]:
        found = []
        for replica_set in self._caches.replica_sets.items.values():
            owner = controller_of(replica_set.metadata)
            if owner is not None and owner.uid == deployment.metadata.uid:
                found.append(replica_set)
        return found

    async def _create(self, deployment: Workload, *, revision: int) -> Workload:
        body = replica_set_body(deployment, revision=revision)
        created = await self._client.create(
            MANAGED_REPLICASETS, body, namespace=deployment.metadata.namespace
        )
        self._caches.replica_sets.learn(created)
        return created

    async def _roll(self, deployment: Workload, new: Workload, old: list[Workload]) -> None:
        """One step from the old templates to the new one, within surge and unavailability."""
        wanted = deployment.spec.replicas
        running = [r for r in old if r.spec.replicas]
        if not running:
            await self._scale(new, wanted)
            return
        if deployment.spec.strategy.get("type") == "Recreate":
            for replica_set in running:
                await self._scale(replica_set, 0)
            return
        surge, unavailable = rolling_limits(deployment)
        total = new.spec.replicas + sum(r.spec.replicas for r in running)
        if new.spec.replicas < wanted:
            room = wanted + surge - total
            await self._scale(new, min(wanted, new.spec.replicas + max(0, room)))
        spare = sum(_available(r) for r in [new, *running]) - (wanted - unavailable)
        for replica_set in running:
            broken = replica_set.spec.replicas - _available(replica_set)
            fewer = min(replica_set.spec.replicas, broken + max(0, spare))
            spare -= max(0, fewer - broken)
            await self._scale(replica_set, replica_set.spec.replicas - fewer)

    async def _scale(self, replica_set: Workload, replicas: int) -> None:
        if replica_set.spec.replicas == replicas:
            return
        metadata = replica_set.metadata
        self._caches.replica_sets.learn(
            await self._client.patch(
                MANAGED_REPLICASETS,
                metadata.name,
                {"metadata": {"uid": metadata.uid}, "spec": {"replicas": replicas}},
                namespace=metadata.namespace,
            )
        )

    async def _say(self, deployment: Workload) -> None:
        owned = self._owned(deployment)
        new = [r for r in owned if _has_template(r, deployment)]
        available = sum(_count(r, "availableReplicas") for r in owned)
        wanted = deployment.spec.replicas
        status: JsonObject = {
            "observedGeneration": deployment.metadata.generation,
            "replicas": sum(_count(r, "replicas") for r in owned),
            "updatedReplicas": sum(_count(r, "replicas") for r in new),
            "readyReplicas": sum(_count(r, "readyReplicas") for r in owned),
            "availableReplicas": available,
            "unavailableReplicas": max(0, wanted - available),
        }
        enough = available >= wanted - rolling_limits(deployment)[1]
        complete = status["updatedReplicas"] == wanted == available == status["replicas"]
        status["conditions"] = self._conditions(deployment, enough=enough, complete=complete)
        if deployment.has_status(status):
            return
        metadata = deployment.metadata
        self._caches.deployments.learn(
            await self._client.patch(
                MANAGED_DEPLOYMENTS,
                metadata.name,
                {"metadata": {"uid": metadata.uid}, "status": status},
                namespace=metadata.namespace,
                subresource="status",
            )
        )

    def _conditions(
        self, deployment: Workload, *, enough: bool, complete: bool
    ) -> list[JsonObject]:
        known = {c["type"]: c for c in deployment.status.get("conditions") or []}
        wanted = (
            ("Available", enough, "MinimumReplicas" + ("Available" if enough else "Unavailable")),
            ("Progressing", True, "NewReplicaSetAvailable" if complete else "ReplicaSetUpdated"),
        )
        conditions = []
        for type_, holds, reason in wanted:
            status = "True" if holds else "False"
            before = known.get(type_, {})
            if (before.get("status"), before.get("reason")) == (status, reason):
                conditions.append(before)
                continue
            now = stamp(self._pace.now())
            conditions.append(
                {
                    "type": type_,
                    "status": status,
                    "lastUpdateTime": now,
                    "lastTransitionTime": now,
                    "reason": reason,
                    "message": "",
                }
            )
        return conditions


def template_hash(template: JsonObject) -> str:
    """A short name for a pod template, the same for equal ones; the letters of real hashes."""
    digest = hashlib.sha256(msgspec.json.encode(template, order="deterministic")).digest()
    letters = "bcdfghjklmnpqrstvwxz2456789"
    return "".join(letters[byte % len(letters)] for byte in digest[:10])


def replica_set_body(deployment: Workload, *, revision: int, replicas: int = 0) -> JsonObject:
    """The ReplicaSet of a Deployment for its present template."""
    template = deployment.spec.template
    hash_ = template_hash(template)
    metadata = template.get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), HASH_LABEL: hash_}
    selector = msgspec.to_builtins(deployment.spec.selector)
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH_LABEL: hash_}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment.metadata.name}-{hash_}",
            "namespace": deployment.metadata.namespace,
            "labels": labels,
            "annotations": {_REVISION: str(revision)},
            "ownerReferences": [owner_reference(deployment.metadata, kind="Deployment")],
        },
        "spec": {
            "replicas": replicas,
            "selector": selector,
            "template": {**template, "metadata": {**metadata, "labels": labels}},
        },
    }


def _has_template(replica_set: Workload, deployment: Workload) -> bool:
    """Whether a ReplicaSet is of the Deployment's present template (EqualIgnoreHash)."""
    template = replica_set.spec.template
    metadata = template.get("metadata") or {}
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": labels}} == deployment.spec.template


def rolling_limits(deployment: Workload) -> tuple[int, int]:
    """How many pods more than wanted, and how many fewer, a roll-out may have for a while.

    As upstream rounds: the surge up, the unavailability down, and not both zero.
    """
    rolling = deployment.spec.strategy.get("rollingUpdate") or {}
    wanted = deployment.spec.replicas
    surge = scaled_value(rolling.get("maxSurge", 0), wanted, up=True)
    unavailable = scaled_value(rolling.get("maxUnavailable", 0), wanted, up=False)
    return surge, unavailable if surge or unavailable else 1


def _available(replica_set: Workload) -> int:
    """How many of its pods are available and will stay: its status lags behind its spec."""
    return min(_count(replica_set, "availableReplicas"), replica_set.spec.replicas)


def _count(replica_set: Workload, field: str) -> int:
    value = replica_set.status.get(field, 0)
    return value if isinstance(value, int) else 0
