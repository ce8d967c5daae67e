"""Draining a node: decide, evict, and see the pods gone (DESIGN 7).

What kubectl does, but with watches instead of a clock: a pod is gone when the watch of the node's pods
says so of its UID, and an eviction that a budget refused is asked for again when the budget has a
disruption to give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from datetime import datetime

import msgspec

from kuredtui.cluster.pods import deletion_age, is_going, tolerates_cordon
from kuredtui.engine.drain_filter import is_overdue
from kuredtui.engine.drain_state import DrainState, PodLeft, Targets
from kuredtui.engine.drain_voice import DrainVoice
from kuredtui.engine.errors import DrainFailed, DrainRefused, NodeGone, first_error
from kuredtui.engine.eviction import EvictionPauses, RightsLost
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.node_pods import NodePods
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.plan import Action, Plan, PlannedPod
from kuredtui.engine.planner import Planner, Reading
from kuredtui.engine.pod_removal import PodRemoval
from kuredtui.engine.recorder import Recorder
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.volumes import Volumes
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Expired, ServerError, TooManyRequests, explain
from kuredtui.kube.types import Pod

# Pods named in one message before the rest is only counted.
_MOST_NAMED = 8
# After so many passes, pods that still come to the node are only reported.
_MOST_PASSES = 3
# How often it is looked whether a deletion has become too old to be waited for.
_TICK_SECONDS = 1.0


class Drain:
    """One drain of one node.

    Args:
        client: the API.
        node: the node's name; it should be cordoned.
        options: what may be evicted, how, and how long it may take.
        recorder: is told each step, and how many pods are gone of how many.
        nodes: the nodes as they are followed, to notice that this one goes; None: nobody looks.
        pauses: how long to wait after which answer.
        pace: the cap on requests, shared with other drains; None for one of its own.
    """

    def __init__(
        self,
        client: Client,
        *,
        node: str,
        options: EngineOptions,
        recorder: Recorder,
        nodes: NodeFeed | None = None,
        pauses: EvictionPauses | None = None,
        pace: RequestPace | None = None,
    ) -> None:
        pace = pace or RequestPace(options.drain_requests_per_second)
        self._client = client
        self._node = node
        self._options = options
        self._recorder = recorder
        self._nodes = nodes
        self._planner = Planner(client, node=node, options=options, pace=pace)
        self._pods = NodePods(client, node=node)
        self._listed_at = 0  # how many lists the watch had when the last plan was made
        self._targets = Targets()
        self._voice = DrainVoice(recorder)
        self._volumes = Volumes(client, node=node, recorder=recorder, pace=pace)
        self._removal = PodRemoval(
            client,
            options=options,
            pods=self._pods,
            targets=self._targets,
            voice=self._voice,
            pace=pace,
            pauses=pauses or EvictionPauses(),
        )

    @property
    def state(self) -> DrainState:
        """How far it is."""
        return self._targets.state()

    async def run(self) -> None:
        """Return when every pod that has to go is gone.

        Raises:
            DrainRefused: there are pods that must not be evicted; nothing was evicted.
            DrainFailed: pods are left over; the message and `left` name each and why.
            NodeGone: there is no such node any more.
            ApiError, Unreachable: the pods could not even be listed.
        """
        limit = self._options.drain_timeout or None
        try:
            async with asyncio.timeout(limit), asyncio.TaskGroup() as tasks:
                beside = [tasks.create_task(work) for work in self._beside()]
                await self._pods.changed.until(self._heard)
                await self._empty()
                for work in beside:
                    work.cancel()
        except TimeoutError:
            raise self._failure(f"The drain did not end within {limit:g} s.") from None
        except ExceptionGroup as group:
            error = first_error(group)
            if isinstance(error, RightsLost):
                error = self._failure(f"The drain stops: {error}")
            raise error from None
        await self._see_volumes_detached()

    def _beside(self) -> Iterable[Coroutine[object, object, None]]:
        """What goes on for as long as pods are left."""
        yield self._pods.run()
        yield self._see_gone()
        if self._nodes is not None:
            yield self._see_node(self._nodes)
        if self._options.skip_wait_for_delete_timeout > 0:
            yield self._skip_overdue()

    # Emptying the node

    async def _empty(self) -> None:
        """Pass for pass until the list shows nobody who has to go."""
        reading = await self._read()
        plan = reading.plan
        if plan.refused:
            names = [f"{pod.full_name} {pod.reason}" for pod in plan.refused]
            raise DrainRefused(f"The node cannot be drained: {_some(names)}.")
        self._say_plan(plan)
        if not plan.to_go:
            self._voice.say("No pod has to go.")
        wanted, passes = plan.to_go, 0
        while wanted:
            await self._pass(reading, wanted)
            passes += 1
            reading = await self._read()
            wanted = self._still_wanted(reading, newcomers=passes < _MOST_PASSES)
        for pod in reading.plan.to_go:
            self._voice.of_pod(pod, "came to the node in spite of the cordon", level="warning")

    async def _read(self) -> Reading:
        self._listed_at = self._pods.lists
        return await self._recorder.read(self._planner.read, "to list the node's pods")

    async def _pass(self, reading: Reading, wanted: list[PlannedPod]) -> None:
        """See these pods gone."""
        self._targets.add(wanted)
        self._voice.count(self._targets)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._volumes.note(reading.pods[pod.uid] for pod in wanted))
            await self._removal.run(reading, wanted)
        if self._targets.left():
            raise self._failure("Pods could not be evicted.")

    def _still_wanted(self, reading: Reading, *, newcomers: bool) -> list[PlannedPod]:
        """After a pass: who has to go all the same.

        A pod that tolerates the cordon comes back for ever, so it is only reported. Another one was on
        its way to the node when the cordon came, and goes as the others did, unless there have been
        such `newcomers` too often.
        """
        if unwelcome := reading.plan.refused:
            names = [f"{pod.full_name} {pod.reason}" for pod in unwelcome]
            raise DrainFailed(f"Pods that must not be evicted came to the node: {_some(names)}.")
        return [
            pod
            for pod in reading.plan.to_go
            if self._targets.knows(pod.uid)
            or (newcomers and not tolerates_cordon(reading.pods[pod.uid]))
        ]

    def _say_plan(self, plan: Plan) -> None:
        for warning in plan.warnings:
            self._voice.say(warning, level="warning")
        for pod in plan.pods:
            if pod.action is Action.KEEP:
                self._voice.of_pod(pod, f"stays: it {pod.reason}")
            elif pod.loses:
                lost = ", ".join(pod.loses)
                self._voice.of_pod(pod, f"loses the data in its emptyDir ({lost})", level="warning")
        for pod in plan.stranded:
            self._voice.of_pod(pod, pod.budget_reason, level="warning", budget=pod.budget)

    async def _see_volumes_detached(self) -> None:
        limit = self._options.volume_detach_timeout
        if limit <= 0:
            return
        left = await self._volumes.detached(limit=limit, staying=self._pods.pods.values())
        if left:
            self._voice.say(
                f"Still attached to the node after {limit:g} s: {_some(left)}. "
                "Pods that moved cannot use these volumes before they are detached.",
                level="warning",
            )

    # What goes on beside it

    def _heard(self) -> bool | None:
        """Whether all pods are known; raises where they never will be."""
        if self._pods.lost is not None and not _may_pass(self._pods.lost):
            if self._targets.total:
                why = explain(self._pods.lost)
                raise self._failure(f"The drain stops, since pods cannot be watched: {why}")
            raise self._pods.lost
        return self._pods.lists > 0 or None

    async def _see_gone(self) -> None:
        """Follow the watch of pods: strike off who is gone, and count."""

        def look() -> None:
            self._heard()
            self._targets.see_gone(
                pod.uid
                for pod in self._targets.left()
                if self._pods.is_gone(pod.uid, since_list=self._listed_at)
            )

        def count() -> None:
            if self._targets.total:
                self._voice.count(self._targets)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pods.changed.until(look))
            tasks.create_task(self._targets.changed.until(count))

    async def _see_node(self, nodes: NodeFeed) -> None:
        """Raise NodeGone when the node is not there any more, or is another one under its name."""
        uid = ""

        def look() -> None:
            nonlocal uid
            now = nodes.store.get(self._node)
            if now is None:
                raise NodeGone(f"The node {self._node} is not there any more.")
            uid = uid or now.uid
            if now.uid != uid:
                raise NodeGone(f"{self._node} is another machine now: it was replaced meanwhile.")

        await nodes.changed.until(look)

    async def _skip_overdue(self) -> None:
        """Do not wait any longer for pods whose deletion should have ended too long ago."""
        while True:
            now = self._client.now()
            for pod in self._targets.left():
                here = self._pods.pods.get(pod.uid)
                if here is not None and is_overdue(deletion_age(here, now), self._options):
                    self._targets.give_up(pod.uid)
                    self._voice.say(
                        f"{pod.full_name} is not waited for: it is being deleted for too long.",
                        level="warning",
                        pod=pod.full_name,
                        uid=pod.uid,
                    )
            await asyncio.sleep(_TICK_SECONDS)

    # Failing

    def _failure(self, what: str) -> DrainFailed:
        """The error that names each pod that is left and why; each gets a record of its own, too."""
        left = [self._with_reason(pod) for pod in self._targets.left()]
        for pod in left:
            self._voice.say(f"{pod} is still there.", level="error", pod=pod.full_name, uid=pod.uid)
        if not left:
            lost = self._pods.lost
            return DrainFailed(
                f"{what} The pods are out of sight: {explain(lost)}" if lost else what
            )
        return DrainFailed(f"{what} Still there: {_some([str(pod) for pod in left])}.", left)

    def _with_reason(self, pod: PodLeft) -> PodLeft:
        """The pod with what keeps it, where it is being deleted."""
        here = self._pods.pods.get(pod.uid)
        if here is None or not is_going(here):
            return pod
        return msgspec.structs.replace(pod, reason=_why_it_stays(here, self._client.now()))


def _why_it_stays(pod: Pod, now: datetime) -> str:
    if finalizers := pod.metadata.finalizers:
        return f"is being deleted, and held by the finalizers {', '.join(finalizers)}"
    over = deletion_age(pod, now) or 0.0
    if over < 0:
        return f"is being deleted, and has {-over:.0f} s left to end"
    return f"is being deleted, and should have ended {over:.0f} s ago: does its kubelet work?"


def _may_pass(error: Exception) -> bool:
    """Whether a watch that fails so may work later: an API server that is away, not missing rights."""
    if isinstance(error, ApiError):
        return isinstance(error, ServerError | TooManyRequests | Expired)
    return True


def _some(words: Sequence[str]) -> str:
    more = len(words) - _MOST_NAMED
    return "; ".join(words[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
