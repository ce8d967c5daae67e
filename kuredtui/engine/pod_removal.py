"""Makes pods go: one task for each, as many requests at a time as are allowed, budgets respected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kuredtui.cluster.budgets import disruptions_left, limit_words, numbers_words
from kuredtui.cluster.pods import is_going
from kuredtui.engine.budget_gate import BudgetGate
from kuredtui.engine.drain_state import Standing, Targets
from kuredtui.engine.drain_voice import DrainVoice
from kuredtui.engine.eviction import (
    Accepted,
    Eviction,
    EvictionFailed,
    EvictionPauses,
    Gone,
    Held,
    Outcome,
    Troubled,
)
from kuredtui.engine.node_pods import NodePods
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.plan import Action, PlannedPod
from kuredtui.engine.planner import Reading
from kuredtui.engine.progress import Field, Level
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client
from kuredtui.kube.types import Pod, PodDisruptionBudget


class PodRemoval:
    """Removes the pods of one node.

    Args:
        client: the API.
        options: how pods are evicted, and how many at a time.
        pods: the node's pods as they are.
        targets: is told where each pod stands; who is gone is told by others.
        voice: is told each step.
        pace: the cap on requests.
        pauses: how long to wait after which answer.
    """

    def __init__(
        self,
        client: Client,
        *,
        options: EngineOptions,
        pods: NodePods,
        targets: Targets,
        voice: DrainVoice,
        pace: RequestPace,
        pauses: EvictionPauses,
    ) -> None:
        self._client = client
        self._options = options
        self._pods = pods
        self._targets = targets
        self._voice = voice
        self._pace = pace
        self._pauses = pauses
        # Held for a request only: a pod that waits must not hold back the others.
        self._places = asyncio.Semaphore(options.max_evictions)

    async def run(self, reading: Reading, wanted: list[PlannedPod]) -> None:
        """Return when each of the wanted pods is gone, or cannot be made to go.

        Raises:
            ExceptionGroup: of RightsLost, and of what else ends the drain.
        """
        async with asyncio.TaskGroup() as tasks:
            gate = BudgetGate(
                self._client, budgets=reading.budgets, tasks=tasks, pause=self._pauses.refusal
            )
            removals = [
                tasks.create_task(
                    self._remove(pod, reading.pods[pod.uid], gate), name=pod.full_name
                )
                for pod in wanted
            ]
            await self._targets.changed.until(lambda: self._targets.ended or None)
            for removal in removals:
                removal.cancel()  # a pod that went by itself needs no eviction any more
            gate.close()

    async def _remove(self, planned: PlannedPod, listed: Pod, gate: BudgetGate) -> None:
        """See one pod on its way; waiting until it is gone is done by others."""
        eviction = Eviction(
            self._client,
            listed,
            options=self._options,
            deletes=planned.action is Action.DELETE,
            pauses=self._pauses,
        )

        def newest() -> Pod | None:
            here = self._targets.get(planned.uid) is not None
            return self._pods.pods.get(planned.uid, listed) if here else None

        while (pod := newest()) is not None:
            if is_going(pod) and self._options.drain_grace_period < 0:
                self._put(planned, Standing.GOING, "is being deleted already")
                return
            await gate.turn(newest, waits=self._waiter(planned, gate))
            try:
                outcome = await self._attempt(eviction)
            except EvictionFailed as failure:
                self._put(planned, Standing.FAILED, str(failure), level="error")
                return
            if await self._is_on_its_way(outcome, planned, newest, gate):
                return

    async def _attempt(self, eviction: Eviction) -> Outcome:
        async with self._places:
            await self._pace.turn()
            return await eviction.attempt()

    async def _is_on_its_way(
        self,
        outcome: Outcome,
        planned: PlannedPod,
        newest: Callable[[], Pod | None],
        gate: BudgetGate,
    ) -> bool:
        """Take an answer in. Returns False, after a pause if it takes one, to ask again."""
        match outcome:
            case Accepted(words=words):
                self._voice.trouble_is_over()
                self._put(planned, Standing.GOING, words)
                return True
            case Gone():
                self._targets.see_gone((planned.uid,))
                return True
            case Held(words=words, budget=name, pause=pause):
                self._voice.trouble_is_over()
                if (pod := newest()) is not None:
                    gate.held(pod, pause)
                    known = gate.budget_of(pod)
                    name = known.metadata.name if known is not None else name
                self._put(planned, Standing.WAITING, words, budget=name, level="warning")
            case Troubled(words=words, pause=pause, shared=shared):
                if shared:
                    self._targets.put(planned.uid, Standing.RETRYING, words)
                    self._voice.of_all(planned, words)
                else:
                    self._put(planned, Standing.RETRYING, words, level="warning")
                await asyncio.sleep(pause)
        return False

    def _waiter(self, planned: PlannedPod, gate: BudgetGate) -> Callable[[Pod], None]:
        """Takes note of a pod that waits without asking, and says so once for each budget."""

        def waits(pod: Pod) -> None:
            budget = gate.budget_of(pod)
            left = self._targets.get(planned.uid)
            if budget is None or left is None:
                return  # it waits for the time of its next request
            name = budget.metadata.name
            news = (left.standing, left.budget) != (Standing.WAITING, name)
            reason = _wait_words(budget)
            self._targets.put(planned.uid, Standing.WAITING, reason, budget=name)
            if news:
                self._voice.of_pod(planned, reason, level="warning", budget=name)

        return waits

    def _put(
        self,
        planned: PlannedPod,
        standing: Standing,
        words: str,
        *,
        budget: str | None = None,
        level: Level = "info",
    ) -> None:
        self._targets.put(planned.uid, standing, words, budget=budget)
        fields: dict[str, Field] = {"budget": budget} if budget else {}
        self._voice.of_pod(planned, words, level=level, **fields)


def _wait_words(budget: PodDisruptionBudget) -> str:
    """What a pod does that its budget does not let pass, in words that follow its name."""
    named = f"the budget {budget.metadata.name} ({limit_words(budget)})"
    if disruptions_left(budget) > 0:
        return f"waits its turn at {named}"  # others take what is left
    return f"waits for {named}, which {numbers_words(budget)}"
