"""The eviction subresource: a delete that asks the pod's budget first.

Follows kubernetes/pkg/registry/core/pod/storage/eviction.go. Budgets' statuses come from the
disruption controller; here they are only checked and counted down.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kuredtui.demo.apiserver.deletion import check_preconditions, delete_entry
from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.history import Entry
from kuredtui.demo.apiserver.objects import now
from kuredtui.demo.apiserver.resources import BUDGETS, PODS
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.apiserver.write_options import DeleteOptions
from kuredtui.kube.json import JsonObject
from kuredtui.kube.label_selector import Labels

_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
_UNPROCESSED_RETRY_SECONDS = 10
_UNGUARDED_PHASES = ("Succeeded", "Failed", "Pending")
"""Pods in these phases, and pods being deleted, are evicted whatever their budget says."""


def evict(store: Store, entry: Entry, options: DeleteOptions, *, dry_run: bool) -> None:
    """Delete the pod if its budget allows it; otherwise raise the `Failure` that says why."""
    pod = entry.decode()
    budget = None
    if not _unguarded(pod):
        budget = _budget_of(store, pod)
        if budget is not None and not _unhealthy_may_go(pod, budget.body):
            budget.allow_one(store, pod["metadata"]["name"], dry_run=dry_run)
    check_preconditions(PODS, pod["metadata"], options)
    if not dry_run:
        entry = _mark_disrupted(store, entry, pod)
    # They held; the mark is a new version of the pod.
    options = msgspec.structs.replace(options, preconditions=None)
    delete_entry(store, store.collection(PODS), entry, options, dry_run=dry_run)


@dataclass(slots=True)
class _Budget:
    entry: Entry
    body: JsonObject

    def allow_one(self, store: Store, pod: str, *, dry_run: bool) -> None:
        """Take one disruption off the budget, or refuse."""
        metadata, status = self.body["metadata"], self.body["status"]
        name = metadata["name"]
        if status.get("observedGeneration", 0) < metadata.get("generation", 0):
            raise _refused(
                f"The disruption budget {name} is still being processed by the server.",
                retry_after=_UNPROCESSED_RETRY_SECONDS,
            )
        if status["disruptionsAllowed"] <= 0:
            raise _refused(_why_nobody_may_go(name, status))
        if dry_run:
            return
        status["disruptionsAllowed"] -= 1
        status.setdefault("disruptedPods", {})[pod] = now()
        if not status["disruptionsAllowed"]:
            _say_exhausted(self.body)
        store.commit(store.collection(BUDGETS), self.entry.key, self.body, self.entry)


def _why_nobody_may_go(budget: str, status: JsonObject) -> str:
    allowed = _condition(status, "DisruptionAllowed")
    if allowed.get("reason") == "SyncFailed":
        return (
            f"The disruption budget {budget} does not allow evicting pods currently because it "
            f"failed sync: {allowed['message']}"
        )
    return (
        f"The disruption budget {budget} needs {status['desiredHealthy']} healthy pods and has "
        f"{status['currentHealthy']} currently"
    )


def _unguarded(pod: JsonObject) -> bool:
    return (
        bool(pod["metadata"].get("deletionTimestamp"))
        or (pod.get("status") or {}).get("phase") in _UNGUARDED_PHASES
    )


def _budget_of(store: Store, pod: JsonObject) -> _Budget | None:
    metadata = pod["metadata"]
    labels = metadata.get("labels") or {}
    found = []
    for entry in store.collection(BUDGETS).in_namespace(metadata["namespace"]):
        body = entry.decode()
        if _selects(body["spec"].get("selector"), labels):
            found.append(_Budget(entry, body))
    if len(found) > 1:
        raise Failure(
            500,
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does "
            "not support.",
            reason="",
        )
    return found[0] if found else None


def _selects(selector: JsonObject | None, labels: Labels) -> bool:
    """A LabelSelector of policy/v1: none selects nothing, an empty one everything."""
    if selector is None:
        return False
    if any(labels.get(n) != v for n, v in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression_holds(e, labels) for e in selector.get("matchExpressions") or [])


def _expression_holds(expression: JsonObject, labels: Labels) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def _unhealthy_may_go(pod: JsonObject, budget: JsonObject) -> bool:
    """A pod that is not ready: always with AlwaysAllow, else while the budget itself is met."""
    if _condition(pod["status"], "Ready").get("status") == "True":
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget["status"]
    return bool(0 < status["desiredHealthy"] <= status["currentHealthy"])


def _refused(cause: str, *, retry_after: int | None = None) -> Failure:
    found = {"causes": [{"reason": "DisruptionBudget", "message": cause}]}
    return Failure(429, _REFUSED, details=found, retry_after=retry_after)


def _say_exhausted(budget: JsonObject) -> None:
    condition = {
        "type": "DisruptionAllowed",
        "status": "False",
        "observedGeneration": budget["status"].get("observedGeneration", 0),
        "lastTransitionTime": now(),
        "reason": "InsufficientPods",
        "message": "",
    }
    _set_condition(budget["status"], condition)


def _mark_disrupted(store: Store, entry: Entry, pod: JsonObject) -> Entry:
    if _condition(pod["status"], "DisruptionTarget").get("status") == "True":
        return entry
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": now(),
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    _set_condition(pod["status"], condition)
    return store.commit(store.collection(PODS), entry.key, pod, entry)


def _condition(status: JsonObject, name: str) -> JsonObject:
    """The condition of this type, {} without one."""
    return next((c for c in status.get("conditions") or [] if c["type"] == name), {})


def _set_condition(status: JsonObject, condition: JsonObject) -> None:
    others = [c for c in status.get("conditions") or [] if c["type"] != condition["type"]]
    status["conditions"] = [*others, condition]
