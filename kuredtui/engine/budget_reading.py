"""Reads the budgets of some pods and, where they are in doubt, all pods that those budgets count."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kuredtui.cluster.budgets import Budgets, is_unguarded, selector_text
from kuredtui.cluster.forecast import Forecast, Outlook, budgets_in_doubt, forecast
from kuredtui.engine.errors import first_error
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.paging import list_all
from kuredtui.kube.resources import POD_DISRUPTION_BUDGETS, PODS
from kuredtui.kube.types import Pod, PodDisruptionBudget


@dataclass(frozen=True, kw_only=True)
class BudgetReading:
    """What could be read.

    Attributes:
        budgets: the budgets.
        members: by the UID of a budget that is in doubt, the pods that it selects.
        unreadable: namespaces whose budgets we may not read.
    """

    budgets: Budgets
    members: Mapping[str, Sequence[Pod]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def forecast(self, pods: Sequence[Pod]) -> dict[str, Forecast]:
        """What the budgets will do to the pods, by UID; unknown is said to be so."""
        found = forecast(pods, self.budgets, members=self.members)
        for pod in pods:
            namespace = pod.metadata.namespace
            if namespace in self.unreadable and not is_unguarded(pod):
                found[pod.metadata.uid] = Forecast(
                    outlook=Outlook.UNKNOWN,
                    reason=f"may be held by a budget: we may not read those of {namespace}",
                )
        return found


class BudgetReader:
    """Reads budgets.

    Args:
        client: the API.
        pace: the cap on requests.
    """

    def __init__(self, client: Client, *, pace: RequestPace) -> None:
        self._client = client
        self._pace = pace

    async def read(self, pods: Sequence[Pod]) -> BudgetReading:
        """The budgets that may guard these pods.

        Raises:
            ApiError, Unreachable: the server fails; what it merely refuses is in the result.
        """
        namespaces = {pod.metadata.namespace for pod in pods if not is_unguarded(pod)}
        if not namespaces:
            return BudgetReading(budgets=Budgets(()))
        try:
            items, unreadable = await self._list(namespaces)
            budgets = Budgets(items)
            members = await self._members(budgets_in_doubt(pods, budgets))
        except ExceptionGroup as group:
            raise first_error(group) from None
        return BudgetReading(budgets=budgets, members=members, unreadable=frozenset(unreadable))

    async def _list(self, namespaces: set[str]) -> tuple[list[PodDisruptionBudget], set[str]]:
        """All budgets in one request; one request for each namespace where that is forbidden."""
        if len(namespaces) > 1:
            try:
                return await self._listed(""), set()
            except Forbidden:
                pass
        async with asyncio.TaskGroup() as tasks:
            asked = {name: tasks.create_task(self._listed_or_none(name)) for name in namespaces}
        lists = {name: task.result() for name, task in asked.items()}
        items = [budget for found in lists.values() for budget in found or ()]
        return items, {name for name, found in lists.items() if found is None}

    async def _listed_or_none(self, namespace: str) -> list[PodDisruptionBudget] | None:
        try:
            return await self._listed(namespace)
        except Forbidden:
            return None

    async def _listed(self, namespace: str) -> list[PodDisruptionBudget]:
        await self._pace.turn()
        return await list_all(self._client, POD_DISRUPTION_BUDGETS, namespace=namespace)

    async def _members(self, budgets: Iterable[PodDisruptionBudget]) -> dict[str, list[Pod]]:
        async with asyncio.TaskGroup() as tasks:
            asked = {
                item.metadata.uid: tasks.create_task(self._members_of(item)) for item in budgets
            }
        found = {uid: task.result() for uid, task in asked.items()}
        return {uid: pods for uid, pods in found.items() if pods is not None}

    async def _members_of(self, budget: PodDisruptionBudget) -> list[Pod] | None:
        await self._pace.turn()
        try:
            return await list_all(
                self._client,
                PODS,
                namespace=budget.metadata.namespace,
                label_selector=selector_text(budget.spec.selector),
            )
        except Forbidden:
            return None
