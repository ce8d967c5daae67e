"""What budgets will do to the pods of one drain, evaluated together and without asking the server.

Two pods behind a budget of one are not both free to go: the first takes what is allowed and the second
waits. Whoever waits may wait for a moment or for ever, and an operator wants to know which before the
drain begins. A budget lets a pod pass when its healthy pods exceed what it needs; so the question is
whether they ever will, counting the pods that are there, those that their controllers still owe, and
those that will not become ready by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from kuredtui.cluster.budgets import (
    Budgets,
    disruptions_left,
    failure_of,
    is_behind,
    is_unguarded,
    limit_words,
    numbers_words,
    passes_unready,
)
from kuredtui.cluster.pods import controller_of, is_active, is_ready, pod_name, stuck_reason
from kuredtui.kube.types import Pod, PodDisruptionBudget

# Pods named in one reason before the rest is only counted.
_MOST_NAMED = 3


class Outlook(StrEnum):
    """Whether a pod's eviction will pass its budgets."""

    NOW = "now"
    """The API server would let it pass at this moment."""
    SLOW = "slow"
    """Later, as replacements become ready."""
    NEVER = "never"
    """Not as long as everything stays as it is."""
    UNKNOWN = "unknown"
    """The budgets could not be read."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What budgets will do to one pod.

    Attributes:
        outlook: whether and when it passes.
        budget: the name of the budget that decides, in the pod's namespace; "" for none.
        reason: why, in words that follow the pod's name; "" where there is nothing to say.
    """

    outlook: Outlook
    budget: str = ""
    reason: str = ""


def forecast(
    pods: Sequence[Pod], budgets: Budgets, *, members: Mapping[str, Sequence[Pod]]
) -> dict[str, Forecast]:
    """What will become of evictions.

    Args:
        pods: those to evict, all of them.
        budgets: all budgets of their namespaces.
        members: by the UID of a budget, all pods that it selects, wherever they run; a budget that is
            missing here is judged by the numbers of its status alone.

    Returns:
        By the pods' UIDs.
    """
    found: dict[str, Forecast] = {}
    groups: dict[str, tuple[PodDisruptionBudget, list[Pod]]] = {}
    for pod in pods:
        covering = [] if is_unguarded(pod) else budgets.covering(pod)
        if not covering:
            found[pod.metadata.uid] = Forecast(outlook=Outlook.NOW)
        elif len(covering) > 1:
            found[pod.metadata.uid] = _under_several(covering)
        else:
            groups.setdefault(covering[0].metadata.uid, (covering[0], []))[1].append(pod)
    for uid, (budget, group) in groups.items():
        found |= _Queue(budget, group, members.get(uid)).forecast()
    return found


def budgets_in_doubt(pods: Iterable[Pod], budgets: Budgets) -> list[PodDisruptionBudget]:
    """The budgets whose members a forecast needs: those that will not let all their pods pass now."""
    wanted: dict[str, PodDisruptionBudget] = {}
    costs: defaultdict[str, int] = defaultdict(int)
    for pod in pods:
        covering = [] if is_unguarded(pod) else budgets.covering(pod)
        if len(covering) == 1 and not passes_unready(covering[0], pod):
            wanted[covering[0].metadata.uid] = covering[0]
            costs[covering[0].metadata.uid] += 1
    return [budget for uid, budget in wanted.items() if costs[uid] > disruptions_left(budget)]


def _under_several(covering: Sequence[PodDisruptionBudget]) -> Forecast:
    names = " and ".join(budget.metadata.name for budget in covering)
    return Forecast(
        outlook=Outlook.NEVER,
        budget=covering[0].metadata.name,
        reason=f"is covered by the budgets {names}, and the API server evicts no pod that has more "
        "than one: delete all but one of them",
    )


class _Queue:
    """The pods of a drain that one budget guards, in the order in which they would pass."""

    def __init__(
        self, budget: PodDisruptionBudget, pods: list[Pod], members: Sequence[Pod] | None
    ) -> None:
        self._budget = budget
        self._named = f"the budget {budget.metadata.name} ({limit_words(budget)})"
        self._pods = sorted(
            pods, key=lambda pod: (is_ready(pod), not stuck_reason(pod), pod_name(pod))
        )
        self._members = members
        self._before: dict[str, Pod] = {}  # those that may go before the one that is looked at
        self._lost: set[str] = set()  # those that surely do, and that nothing brings back

    def forecast(self) -> dict[str, Forecast]:
        """By UID. Those that are not ready come first: they pass at no cost, if at all.

        Of those that have to wait, nobody knows who will be the first to pass. So what one of them takes
        away for good, a bare pod that is healthy, is not held against the others.
        """
        left = disruptions_left(self._budget)
        found: dict[str, Forecast] = {}
        for pod in self._pods:
            uid = pod.metadata.uid
            if passes_unready(self._budget, pod):
                reason = f"passes {self._named}, since it is not ready"
                found[uid] = self._says(Outlook.NOW, reason)
            elif left > 0:
                plural = "" if left == 1 else "s"
                reason = f"passes {self._named}, which allows {left} disruption{plural} now"
                found[uid] = self._says(Outlook.NOW, reason)
                left -= 1
            else:
                found[uid] = self._waiting(pod)
            if found[uid].outlook is not Outlook.NEVER:
                self._before[uid] = pod
            if found[uid].outlook is Outlook.NOW and controller_of(pod) is None:
                self._lost.add(uid)
        return found

    def _waiting(self, pod: Pod) -> Forecast:
        """For good or for a while?"""
        if why := self._closed():
            return self._says(Outlook.NEVER, f"is held for good by {self._named}: {why}")
        if is_behind(self._budget):
            reason = f"waits for {self._named}, which the disruption controller has yet to take in"
            return self._says(Outlook.SLOW, reason)
        if why := self._never_enough(pod):
            return self._says(Outlook.NEVER, f"is held for good by {self._named}: {why}")
        what, whom = (
            ("its turn at", "a replacement is")
            if any(map(controller_of, self._before.values()))
            else ("for", "more pods are")
        )
        reason = (
            f"waits {what} {self._named}, which {numbers_words(self._budget)}, until {whom} ready"
        )
        return self._says(Outlook.SLOW, reason)

    def _closed(self) -> str:
        """Why it lets nobody pass whatever its pods do; "" if it may."""
        spec = self._budget.spec
        if spec.max_unavailable in (0, "0%") and all(map(controller_of, self._members or ())):
            return "it lets no pod be unavailable"  # bare pods it counts as healthy, not as wanted
        if spec.max_unavailable is None and spec.min_available is None:
            return "it says neither minAvailable nor maxUnavailable, and so lets none go"
        if failure := failure_of(self._budget):  # also one that it has never been able to take in
            return f"the disruption controller cannot compute it ({failure})"
        if is_behind(self._budget):
            return ""
        if self._budget.status.expected_pods <= 0:
            return "it expects no pods, since none that it selects has a controller with a scale"
        return ""

    def _never_enough(self, pod: Pod) -> str:
        """Why its healthy pods will never exceed what it needs; "" if they may."""
        needed = self._budget.status.desired_healthy
        stuck = self._stuck()
        most = self._most_members()
        well = most - len(stuck)
        others_well = well if stuck_reason(pod) else well - 1
        if not is_ready(pod) and others_well >= max(needed, 1):
            return ""
        if not stuck_reason(pod) and well > needed:
            return ""
        numbers = numbers_words(self._budget)
        if stuck:
            named = [f"{pod_name(item)} ({stuck_reason(item)})" for item in stuck[:_MOST_NAMED]]
            more = f" and {len(stuck) - _MOST_NAMED} more" if len(stuck) > _MOST_NAMED else ""
            hint = ""
            if not is_ready(pod):
                hint = "; unhealthyPodEvictionPolicy AlwaysAllow would let it pass"
            return f"it {numbers}, and some do not start: {', '.join(named)}{more}{hint}"
        if self._lost:
            return f"it {numbers}, and nothing brings back those that go before this one"
        return f"it {numbers}, and there are never more than {most}"

    def _most_members(self) -> int:
        """How many pods of the budget there may be once every controller has what it wants."""
        status, spec = self._budget.status, self._budget.spec
        # By minAvailable as a number the controller counts pods that are there, else those wanted.
        wanted = 0 if isinstance(spec.min_available, int) else status.expected_pods
        if self._members is None:
            return max(status.expected_pods, status.current_healthy)
        staying = self._staying()
        bare = sum(controller_of(item) is None for item in staying)
        return bare + max(len(staying) - bare, wanted)

    def _staying(self) -> list[Pod]:
        """The members that are there in the end, or whose replacement is."""
        assert self._members is not None
        return [
            item
            for item in self._members
            if is_active(item) and item.metadata.uid not in self._lost
        ]

    def _stuck(self) -> list[Pod]:
        """The members that will not become ready by themselves, but for those that this drain evicts."""
        if self._members is None:
            return []
        return [
            item
            for item in self._staying()
            if stuck_reason(item) and item.metadata.uid not in self._before
        ]

    def _says(self, outlook: Outlook, reason: str) -> Forecast:
        return Forecast(outlook=outlook, budget=self._budget.metadata.name, reason=reason)
