"""Reads what a plan is made of, and makes it: pods, their DaemonSets, budgets and the budgets' pods."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kuredtui.cluster.budgets import Budgets, disruptions_left, is_unguarded, limit_words
from kuredtui.cluster.forecast import Forecast
from kuredtui.cluster.pods import (
    controller_of,
    daemonset_of,
    deletion_age,
    emptydir_volumes,
    is_finished,
    is_going,
    pod_name,
)
from kuredtui.engine.budget_reading import BudgetReader, BudgetReading
from kuredtui.engine.drain_filter import DaemonSetState, Verdict, decide
from kuredtui.engine.errors import first_error
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.plan import Action, Plan, PlannedBudget, PlannedPod
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.paging import list_all
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Pod

_DaemonSetKey = tuple[str, str]  # namespace and name


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A plan together with what it was made of.

    Attributes:
        plan: the plan.
        pods: the pods to go, by UID.
        budgets: those of the namespaces of these pods, as far as they could be read.
    """

    plan: Plan
    pods: dict[str, Pod]
    budgets: Budgets


async def plan_drain(
    client: Client, *, node: str, options: EngineOptions, pace: RequestPace
) -> Plan:
    """What a drain of the node would do. Nothing is changed.

    Args:
        client: the API.
        node: the node's name.
        options: what the drain may do.
        pace: the cap on requests, that of all drains and plans of a session.

    Raises:
        NotFound: there is no such node.
        ApiError, Unreachable: the node's pods cannot be read.
    """
    await pace.turn()
    await client.get(NODES, node)
    return (await Planner(client, node=node, options=options, pace=pace).read()).plan


class Planner:
    """Makes plans for one node.

    Args:
        client: the API.
        node: the node's name.
        options: what the drain may do.
        pace: the cap on requests.
    """

    def __init__(
        self,
        client: Client,
        *,
        node: str,
        options: EngineOptions,
        pace: RequestPace,
    ) -> None:
        self._client = client
        self._node = node
        self._options = options
        self._pace = pace
        self._budgets = BudgetReader(client, pace=self._pace)

    async def read(self) -> Reading:
        """A plan of the node as it is now.

        Raises:
            ApiError, Unreachable: the node's pods, or something else it takes, cannot be read.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                listing = tasks.create_task(self._list_pods())
                asking = tasks.create_task(self._deletes())
        except ExceptionGroup as group:
            raise first_error(group) from None
        pods, deletes = listing.result(), asking.result()
        planned = await self._decide(pods, deletes=deletes)
        going = {
            pod.metadata.uid: pod for pod, plan in zip(pods, planned, strict=True) if plan.goes
        }
        read = BudgetReading(budgets=Budgets(()))
        if not deletes:
            read = await self._budgets.read(list(going.values()))
        foreseen = read.forecast(list(going.values()))
        plan = Plan(
            node=self._node,
            pods=[_with_forecast(pod, foreseen) for pod in planned],
            pod_selector=self._options.drain_pod_selector,
            warnings=self._warnings(deletes=deletes) if going else [],
            budgets=_asked(read.budgets, going.values()),
        )
        return Reading(plan=plan, pods=going, budgets=read.budgets)

    async def _list_pods(self) -> list[Pod]:
        await self._pace.turn()
        pods = await list_all(
            self._client,
            PODS,
            field_selector=f"spec.nodeName={self._node}",
            label_selector=self._options.drain_pod_selector,
        )
        return sorted(pods, key=pod_name)

    async def _deletes(self) -> bool:
        """Whether pods are deleted instead of evicted."""
        if self._options.disable_eviction:
            return True
        await self._pace.turn()
        try:
            return not await self._client.evicts()
        except Forbidden:
            return False  # discovery is open to everybody, but where it is not, evictions may be

    async def _decide(self, pods: Sequence[Pod], *, deletes: bool) -> list[PlannedPod]:
        daemonsets = await self._daemonsets(pods)
        return [self._decided(pod, daemonsets, deletes=deletes) for pod in pods]

    def _decided(
        self, pod: Pod, daemonsets: Mapping[_DaemonSetKey, DaemonSetState], *, deletes: bool
    ) -> PlannedPod:
        meta = pod.metadata
        decision = decide(
            pod,
            self._options,
            daemonset=daemonsets.get((meta.namespace, daemonset_of(pod)), DaemonSetState.THERE),
            deletion_age=deletion_age(pod, self._client.now()),
        )
        action = Action(decision.verdict)
        if decision.verdict is Verdict.EVICT and deletes:
            action = Action.DELETE
        owner = controller_of(pod)
        return PlannedPod(
            namespace=meta.namespace,
            name=meta.name,
            uid=meta.uid,
            action=action,
            reason=decision.reason,
            controller=f"{owner.kind} {owner.name}" if owner is not None else "",
            loses=[] if is_finished(pod) else emptydir_volumes(pod),
            going=is_going(pod),
        )

    async def _daemonsets(self, pods: Iterable[Pod]) -> dict[_DaemonSetKey, DaemonSetState]:
        """What is known of the DaemonSets that control pods which still run."""
        keys = {
            (pod.metadata.namespace, name)
            for pod in pods
            if (name := daemonset_of(pod)) and not is_finished(pod)
        }
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = {key: tasks.create_task(self._daemonset(*key)) for key in keys}
        except ExceptionGroup as group:
            raise first_error(group) from None
        return {key: task.result() for key, task in asked.items()}

    async def _daemonset(self, namespace: str, name: str) -> DaemonSetState:
        await self._pace.turn()
        try:
            await self._client.get(DAEMONSETS, name, namespace=namespace)
        except NotFound:
            return DaemonSetState.MISSING
        except Forbidden:
            return DaemonSetState.UNREADABLE
        return DaemonSetState.THERE

    def _warnings(self, *, deletes: bool) -> list[str]:
        warnings = []
        if deletes:
            why = "as asked for" if self._options.disable_eviction else "evictions are not served"
            warnings.append(f"Pods are deleted, not evicted ({why}): no budget protects them.")
        if self._options.drain_grace_period == 0:
            warnings.append(
                "With a grace period of 0 pods vanish from the API at once, "
                "while their containers may still run."
            )
        return warnings


def _asked(budgets: Budgets, pods: Iterable[Pod]) -> list[PlannedBudget]:
    """The budgets that guard some of these pods."""
    guards = [budget for pod in pods if not is_unguarded(pod) for budget in budgets.covering(pod)]
    counts = Counter(budget.metadata.uid for budget in guards)
    asked = {budget.metadata.uid: budget for budget in guards}
    planned = [
        PlannedBudget(
            namespace=budget.metadata.namespace,
            name=budget.metadata.name,
            limit=limit_words(budget),
            allowed=disruptions_left(budget),
            healthy=budget.status.current_healthy,
            needed=budget.status.desired_healthy,
            pods=counts[uid],
        )
        for uid, budget in asked.items()
    ]
    return sorted(planned, key=lambda budget: budget.full_name)


def _with_forecast(pod: PlannedPod, foreseen: Mapping[str, Forecast]) -> PlannedPod:
    """The pod with what its budgets will do, where it is to be evicted."""
    if pod.action is not Action.EVICT:
        return pod
    found = foreseen[pod.uid]
    return msgspec.structs.replace(
        pod, outlook=found.outlook, budget=found.budget, budget_reason=found.reason
    )
