"""The disruption controller: keeps the status of budgets, which evictions are held against."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from kuredtui.demo.controllers.budget import EVICTION_SECONDS, Count, count, still_disrupted
from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.pods import controller_of, selects
from kuredtui.demo.controllers.wire import ManagedPod
from kuredtui.demo.informer import key_of
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.reading import read_as
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import POD_DISRUPTION_BUDGETS
from kuredtui.kube.types import (
    ObjectMeta,
    OwnerReference,
    PodDisruptionBudget,
    PodDisruptionBudgetSpec,
    Wire,
)


class _Budget(Wire, frozen=True):
    """A budget with its status as it stands."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodDisruptionBudgetSpec = field(default_factory=PodDisruptionBudgetSpec)
    status: JsonObject = field(default_factory=dict)


_BUDGETS = read_as(POD_DISRUPTION_BUDGETS, _Budget)
_WORKERS = 2


class Disruption:
    """Writes the status of budgets."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.budgets.listeners.append(self._changed)
        caches.pods.listeners.append(self._pod_changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _changed(
        self, _before: PodDisruptionBudget | None, after: PodDisruptionBudget | None
    ) -> None:
        if after is not None:
            self._queue.add(key_of(after))

    def _pod_changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        for pod in (before, after):
            if pod is None:
                continue
            for key, budget in self._caches.budgets.items.items():
                if budget.metadata.namespace == pod.metadata.namespace and selects(
                    budget.spec.selector, pod.metadata.labels
                ):
                    self._queue.add(key)
                    break  # upstream, too, counts only one of several over a pod, whichever it finds first

    async def _look_after(self, key: str) -> float | None:
        if key not in self._caches.budgets.items:
            return None
        # Evictions count a budget down in its status, so it is read afresh: an old copy would give
        # back what was just taken, or run into a conflict.
        namespace, _, name = key.partition("/")
        budget = await self._client.get(_BUDGETS, name, namespace=namespace)
        pods = [
            pod
            for pod in self._caches.index.in_namespace(namespace)
            if selects(budget.spec.selector, pod.metadata.labels)
        ]
        now = self._pace.now()
        stamps = budget.status.get("disruptedPods") or {}
        times = {name: datetime.fromisoformat(text).timestamp() for name, text in stamps.items()}
        try:
            counted = count(
                budget.spec, pods, scale=lambda: self._scale(pods), disrupted=times, now=now
            )
        except ValueError as error:
            await self._write(budget, _failed_status(budget, str(error), now))
            return None
        kept = {name: stamps[name] for name in still_disrupted(pods, times, now)}
        await self._write(budget, _status(budget, counted, kept, now))
        return EVICTION_SECONDS if kept else None

    def _scale(self, pods: list[ManagedPod]) -> int:
        """How many pods the controllers of these pods want, together."""
        totals: dict[str, int] = {}
        asked: set[str] = set()
        for pod in pods:
            owner = controller_of(pod.metadata)
            # A pod without one is counted by nobody; upstream only complains in an event.
            if owner is not None and owner.uid not in asked:
                asked.add(owner.uid)
                uid, wanted = self._wanted(pod, owner)
                totals[uid] = wanted
        return sum(totals.values())

    def _wanted(self, pod: ManagedPod, owner: OwnerReference) -> tuple[str, int]:
        namespace = pod.metadata.namespace
        replica_set = self._caches.replica_sets.items.get(f"{namespace}/{owner.name}")
        if owner.kind != "ReplicaSet" or replica_set is None:
            raise ValueError(f'found no controllers for pod "{pod.metadata.name}"')
        above = controller_of(replica_set.metadata)
        if above is not None and above.kind == "Deployment":
            deployment = self._caches.deployments.items.get(f"{namespace}/{above.name}")
            if deployment is not None:
                return deployment.metadata.uid, deployment.spec.replicas
        return owner.uid, replica_set.spec.replicas

    async def _write(self, budget: _Budget, status: JsonObject) -> None:
        former = {"disruptedPods": {}, **budget.status}
        if status == former:
            return
        metadata = budget.metadata
        gone = former["disruptedPods"].keys() - status["disruptedPods"].keys()
        patch = {**status, "disruptedPods": {**status["disruptedPods"], **dict.fromkeys(gone)}}
        await self._client.patch(
            _BUDGETS,
            metadata.name,
            {"metadata": {"resourceVersion": metadata.resource_version}, "status": patch},
            namespace=metadata.namespace,
            subresource="status",
        )


def _status(budget: _Budget, counted: Count, kept: JsonObject, now: float) -> JsonObject:
    enough = counted.allowed > 0
    reason = "SufficientPods" if enough else "InsufficientPods"
    condition = _condition(
        budget,
        holds=enough,
        reason=reason,
        message="",
        now=now,
        observed=budget.metadata.generation,
    )
    status: JsonObject = {
        "disruptionsAllowed": counted.allowed,
        "currentHealthy": counted.healthy,
        "desiredHealthy": counted.desired,
        "expectedPods": counted.expected,
        "observedGeneration": budget.metadata.generation,
        "conditions": [condition],
    }
    status["disruptedPods"] = kept
    return status


def _failed_status(budget: _Budget, message: str, now: float) -> JsonObject:
    """What upstream leaves where it cannot count (failSafe): nothing may be disrupted.

    It has not observed a generation by this; one that it never could count is still being processed.
    """
    observed = budget.status.get("observedGeneration", 0)
    condition = _condition(
        budget, holds=False, reason="SyncFailed", message=message, now=now, observed=observed
    )
    return {
        "disruptionsAllowed": 0,
        "currentHealthy": budget.status.get("currentHealthy", 0),
        "desiredHealthy": budget.status.get("desiredHealthy", 0),
        "expectedPods": budget.status.get("expectedPods", 0),
        **({"observedGeneration": observed} if observed else {}),
        "conditions": [condition],
        "disruptedPods": budget.status.get("disruptedPods") or {},
    }


def _condition(
    budget: _Budget, *, holds: bool, reason: str, message: str, now: float, observed: int
) -> JsonObject:
    status = "True" if holds else "False"
    known = budget.status.get("conditions") or []
    before: JsonObject = next((c for c in known if c["type"] == "DisruptionAllowed"), {})
    since = before.get("lastTransitionTime") if before.get("status") == status else None
    return {
        "type": "DisruptionAllowed",
        "status": status,
        **({"observedGeneration": observed} if observed else {}),
        "lastTransitionTime": since or stamp(now),
        "reason": reason,
        "message": message,
    }
