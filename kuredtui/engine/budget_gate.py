"""Holds evictions back until their budget may let them pass, and lets them go the moment it does.

kubectl asks again for each pod every 5 s, whatever the budget says. Here a watch of the budgets tells
when one has disruptions to give, and wakes as many of the waiting pods; only one pod of each budget asks
on its own account from time to time, in case the watch is not to be trusted. Where budgets cannot be
read, each pod asks by the clock, as in kubectl.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from kuredtui.cluster.budgets import Budgets, disruptions_left, is_unguarded, passes_unready
from kuredtui.engine.signal import Signal
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import POD_DISRUPTION_BUDGETS
from kuredtui.kube.types import Pod, PodDisruptionBudget


class BudgetGate:
    """The way through the budgets of one drain's pods.

    Args:
        client: the API.
        budgets: what is known of them.
        tasks: where the watches run.
        pause: seconds after which one pod of a budget asks although the budget seems closed.
    """

    def __init__(
        self, client: Client, *, budgets: Budgets, tasks: asyncio.TaskGroup, pause: float
    ) -> None:
        self._changed = Signal()
        self._client = client
        self._tasks = tasks
        self._pause = pause
        self._listed = budgets
        self._followed: dict[str, dict[str, PodDisruptionBudget]] = {}  # namespace -> by name
        self._followed_index: dict[str, Budgets] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}  # by namespace
        self._credit: dict[str, int] = {}  # budget's UID -> ready pods that it may still let pass
        self._due: dict[str, float] = {}  # UID of a pod or budget -> when to ask whatever it says
        self._asked: dict[str, tuple[str, str]] = {}  # pod's UID -> `_circumstances` of its request
        self._refused: dict[str, tuple[str, str]] = {}  # the same of a request that was refused

    def budget_of(self, pod: Pod) -> PodDisruptionBudget | None:
        """The budget that guards the pod now; None where there is none, or not exactly one, or nobody
        may know.
        """
        if is_unguarded(pod):
            return None
        budgets = self._followed_index.get(pod.metadata.namespace, self._listed)
        covering = budgets.covering(pod)
        return covering[0] if len(covering) == 1 else None

    async def turn(self, newest: Callable[[], Pod | None], *, waits: Callable[[Pod], None]) -> None:
        """Return when it makes sense to ask for the pod's eviction, or when the pod is gone.

        Args:
            newest: the pod as it is now, or None.
            waits: told when it has to wait, each time it looked in vain.
        """

        def look() -> bool | None:
            pod = newest()
            if pod is None or self._may_pass(pod):
                return True
            waits(pod)
            self._follow(pod.metadata.namespace)
            return None

        while True:
            try:
                async with asyncio.timeout_at(self._next_look(newest())):
                    await self._changed.until(look)
                    return
            except TimeoutError:
                continue

    def held(self, pod: Pod, pause: float) -> None:
        """A budget refused the pod; it asks again after so many seconds, or when the budget changes."""
        due = time.monotonic() + pause
        budget = self.budget_of(pod)
        asked = self._asked.get(pod.metadata.uid, _circumstances(pod, budget))
        self._due[pod.metadata.uid] = due
        self._refused[pod.metadata.uid] = asked
        if budget is None or asked[0] != budget.metadata.resource_version:
            return  # what was heard of the budget meanwhile is newer than the refusal
        if not passes_unready(budget, pod):
            self._credit[budget.metadata.uid] = 0
            self._due[budget.metadata.uid] = due

    def close(self) -> None:
        """Let no watch outlive the drain."""
        for watch in self._watches.values():
            watch.cancel()

    def _may_pass(self, pod: Pod) -> bool:
        budget = self.budget_of(pod)
        passes = self._is_open(pod, budget)
        if passes:
            self._asked[pod.metadata.uid] = _circumstances(pod, budget)
        return passes

    def _is_open(self, pod: Pod, budget: PodDisruptionBudget | None) -> bool:
        now = time.monotonic()
        uid = pod.metadata.uid
        if budget is None or passes_unready(budget, pod):
            is_news = self._refused.get(uid) != _circumstances(pod, budget)
            return is_news or now >= self._due.get(uid, now)
        key = budget.metadata.uid
        credit = self._credit.setdefault(key, disruptions_left(budget))
        if credit > 0:
            self._credit[key] = credit - 1
            return True
        if now >= self._due.get(key, now):
            self._due[key] = now + self._pause
            return True
        return False

    def _next_look(self, pod: Pod | None) -> float | None:
        """When to look again although nothing was heard, in the loop's time (which is monotonic)."""
        if pod is None:
            return None
        budget = self.budget_of(pod)
        key = pod.metadata.uid
        if budget is not None and not passes_unready(budget, pod):
            key = budget.metadata.uid
        wait = self._due.get(key, 0.0) - time.monotonic()
        return asyncio.get_running_loop().time() + wait if wait > 0 else None

    def _follow(self, namespace: str) -> None:
        if namespace not in self._watches:
            watch = self._tasks.create_task(self._hear(namespace), name=f"budgets of {namespace}")
            self._watches[namespace] = watch

    async def _hear(self, namespace: str) -> None:
        """Follow the budgets of a namespace until cancelled, or for as long as we may."""
        watch = ListWatch(self._client, POD_DISRUPTION_BUDGETS, namespace=namespace)
        async with aclosing(watch.events()) as events:
            async for event in events:
                match event:
                    case Replaced(items):
                        self._followed[namespace] = {item.metadata.name: item for item in items}
                        self._take_in(namespace, items)
                    case Changed(changes):
                        known = self._followed.setdefault(namespace, {})
                        for change in changes:
                            name = change.object.metadata.name
                            if change.deleted:
                                known.pop(name, None)
                            else:
                                known[name] = change.object
                        self._take_in(namespace, [change.object for change in changes])
                    case Lost(error=Forbidden()):
                        return
                    case _:
                        pass

    def _take_in(self, namespace: str, heard: list[PodDisruptionBudget]) -> None:
        self._followed_index[namespace] = Budgets(self._followed[namespace].values())
        for budget in heard:
            self._credit[budget.metadata.uid] = disruptions_left(budget)
        self._changed.send()


def _circumstances(pod: Pod, budget: PodDisruptionBudget | None) -> tuple[str, str]:
    """What must change before a refusal may turn out otherwise, as far as it can be seen."""
    if budget is None:
        return "", ""
    return budget.metadata.resource_version, pod.metadata.resource_version
