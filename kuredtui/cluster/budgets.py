"""PodDisruptionBudgets as the eviction subresource reads them: which one covers a pod, and what it lets pass.

The rules are those of kubernetes/pkg/registry/core/pod/storage/eviction.go: a budget guards pods that
run; a pod under two budgets is never evicted; a pod that is not ready passes a budget that is met
(`IfHealthyBudget`, the default) or always (`AlwaysAllow`); each ready one takes one of
`status.disruptionsAllowed`, which the disruption controller refills.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuredtui.cluster.pods import is_finished, is_going, is_ready
from kuredtui.kube.label_selector import LabelTest, SelectorError, parse_selector
from kuredtui.kube.types import LabelSelector, LabelSelectorRequirement, Pod, PodDisruptionBudget

_SET_WORDS = {"In": "in", "NotIn": "notin"}
_KEY_SIGNS = {"Exists": "", "DoesNotExist": "!"}
# What the disruption controller says of a budget that it cannot compute (policy/v1).
_FAILED = "SyncFailed"


class Budgets:
    """Some budgets, and which of them cover a pod.

    Args:
        items: all budgets of the namespaces that are asked about.
    """

    def __init__(self, items: Iterable[PodDisruptionBudget]) -> None:
        self._by_namespace: dict[str, list[tuple[LabelTest | None, PodDisruptionBudget]]] = {}
        for budget in items:
            try:
                test = parse_selector(selector_text(budget.spec.selector))
            except SelectorError:
                continue  # as on the server: a selector that is not valid matches nothing
            self._by_namespace.setdefault(budget.metadata.namespace, []).append((test, budget))

    def covering(self, pod: Pod) -> list[PodDisruptionBudget]:
        """The budgets whose selector matches the pod, guarded by them or not."""
        labels = pod.metadata.labels
        return [
            budget
            for test, budget in self._by_namespace.get(pod.metadata.namespace, ())
            if test is None or test(labels)
        ]


def is_unguarded(pod: Pod) -> bool:
    """Whether the API server asks no budget before it evicts the pod."""
    return is_finished(pod) or is_going(pod) or pod.status.phase == "Pending"


def passes_unready(budget: PodDisruptionBudget, pod: Pod) -> bool:
    """Whether the pod is let through because it is not ready, at no cost to the budget."""
    if is_ready(pod):
        return False
    if budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow":
        return True
    return 0 < budget.status.desired_healthy <= budget.status.current_healthy


def disruptions_left(budget: PodDisruptionBudget) -> int:
    """How many ready pods may go now; none while the status is older than the spec."""
    return 0 if is_behind(budget) else max(0, budget.status.disruptions_allowed)


def is_behind(budget: PodDisruptionBudget) -> bool:
    """Whether the disruption controller has not seen the newest spec; evictions are refused then."""
    return budget.status.observed_generation < budget.metadata.generation


def failure_of(budget: PodDisruptionBudget) -> str:
    """Why the disruption controller cannot compute the budget; "" if it can."""
    for condition in budget.status.conditions:
        if (condition.type, condition.reason) == ("DisruptionAllowed", _FAILED):
            return condition.message or "no reason given"
    return ""


def limit_words(budget: PodDisruptionBudget) -> str:
    """What it asks for, as in its spec: `minAvailable 2` or `maxUnavailable 50%`."""
    if budget.spec.max_unavailable is not None:
        return f"maxUnavailable {budget.spec.max_unavailable}"
    if budget.spec.min_available is not None:
        return f"minAvailable {budget.spec.min_available}"
    return "no limit"


def numbers_words(budget: PodDisruptionBudget) -> str:
    """Its numbers in the API server's words: `needs 2 healthy pods and has 1`."""
    status = budget.status
    plural = "" if status.desired_healthy == 1 else "s"
    return f"needs {status.desired_healthy} healthy pod{plural} and has {status.current_healthy}"


def selector_text(selector: LabelSelector | None) -> str:
    """The selector as `kubectl get -l` takes it; "" for one that matches everything.

    Raises:
        SelectorError: it matches nothing: there is none, or it is not valid.
    """
    if selector is None:
        raise SelectorError("no selector")
    parts = [f"{key}={value}" for key, value in selector.match_labels.items()]
    return ",".join(parts + [_requirement_text(item) for item in selector.match_expressions])


def _requirement_text(requirement: LabelSelectorRequirement) -> str:
    """One expression; a set without values is not valid (meta/v1, LabelSelectorAsSelector)."""
    operator = requirement.operator
    if operator in _SET_WORDS and requirement.values:
        return f"{requirement.key} {_SET_WORDS[operator]} ({','.join(requirement.values)})"
    if operator in _KEY_SIGNS and not requirement.values:
        return f"{_KEY_SIGNS[operator]}{requirement.key}"
    raise SelectorError(f"{operator!r} is not a valid operator for {requirement.values}")
