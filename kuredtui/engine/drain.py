"""Draining a node: decide, evict, and see the pods gone (DESIGN 7).

Unlike kubectl, which asks once a second for each pod, this learns from a watch of the node's pods that
a pod is gone, by its UID.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from kuredtui.engine.drain_filter import Decision, Verdict, controller_of, decide, pod_name
from kuredtui.engine.errors import DrainFailed, DrainRefused, first_error
from kuredtui.engine.eviction import EvictionFailed, Evictor
from kuredtui.engine.node_pods import NodePods
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound, Unauthorized, explain
from kuredtui.kube.resources import DAEMONSETS
from kuredtui.kube.types import Pod

# Pods named in one message before the rest is only counted.
_MOST_NAMED = 8

Say = Callable[[str, Pod | None], None]
Count = Callable[[int, int], None]


class Drain:
    """One drain of one node.

    Args:
        client: the API.
        node: the node's name; it should be cordoned.
        options: what may be evicted, how, and how long it may take.
        say: told each step in words, with the pod it is about.
        count: told how many pods are gone of how many that have to go.
    """

    def __init__(
        self, client: Client, *, node: str, options: EngineOptions, say: Say, count: Count
    ) -> None:
        self._client = client
        self._options = options
        self._say = say
        self._count = count
        self._pods = NodePods(client, node=node, label_selector=options.drain_pod_selector)
        self._evictor = Evictor(client, options, tell=self._tell)
        self._last_words: dict[str, str] = {}  # by UID: what was said of a pod last

    async def run(self) -> None:
        """Return when every pod that has to go is gone.

        Raises:
            DrainRefused: there are pods that must not be evicted; nothing was evicted.
            DrainFailed: pods are left over; the message names each and why.
            ApiError, Unreachable: the pods could not even be listed.
        """
        limit = self._options.drain_timeout or None
        try:
            async with asyncio.timeout(limit), asyncio.TaskGroup() as tasks:
                following = tasks.create_task(self._pods.run())
                await self._drain()
                following.cancel()
        except TimeoutError:
            raise DrainFailed(
                f"The drain did not end within {limit:g} s. Still there: {self._left_over()}."
            ) from None
        except ExceptionGroup as group:
            raise first_error(group) from None

    async def _drain(self) -> None:
        await self._pods.changed.until(self._listed)
        decisions = await self._decide(self._pods.pods.values())
        _refuse_if_any(decisions)
        for decision in decisions:
            if decision.verdict is Verdict.KEEP:
                self._say(f"{pod_name(decision.pod)} stays: it {decision.reason}", decision.pod)
        targets = {
            decision.pod.metadata.uid: decision.pod
            for decision in decisions
            if decision.verdict is Verdict.EVICT
        }
        self._count(0, len(targets))
        await self._evict_all(targets)
        await self._report_latecomers(targets)

    def _listed(self) -> bool | None:
        """Whether all pods are known; raises where they never will be."""
        if isinstance(self._pods.lost, Forbidden | Unauthorized):
            raise self._pods.lost
        return self._pods.complete or None

    async def _decide(self, pods: Iterable[Pod]) -> list[Decision]:
        pods = sorted(pods, key=pod_name)
        missing = await self._missing_daemonsets(pods)
        now = datetime.now(UTC)
        return [
            decide(
                pod,
                self._options,
                daemonset_exists=lambda pod: _daemonset(pod) not in missing,
                now=now,
            )
            for pod in pods
        ]

    async def _missing_daemonsets(self, pods: Iterable[Pod]) -> set[tuple[str, str]]:
        """Those that control one of the pods and are not there any more."""
        missing = set()
        for namespace, name in {_daemonset(pod) for pod in pods} - {("", "")}:
            try:
                await self._client.get(DAEMONSETS, name, namespace=namespace)
            except NotFound:
                missing.add((namespace, name))
        return missing

    async def _evict_all(self, targets: dict[str, Pod]) -> None:
        failures: dict[str, str] = {}
        async with asyncio.TaskGroup() as tasks:
            evictions = [tasks.create_task(self._evict(pod, failures)) for pod in targets.values()]
            await self._see_gone(targets, failures)
            for eviction in evictions:
                eviction.cancel()  # a pod that went by itself needs no eviction any more
        if failures:
            self._last_words |= failures
            raise DrainFailed(f"Pods could not be evicted: {self._left_over(failures)}.")

    async def _evict(self, pod: Pod, failures: dict[str, str]) -> None:
        if pod.metadata.deletion_timestamp is not None:
            self._tell(pod, "is being deleted already")
            return
        try:
            await self._evictor.evict(pod)
        except EvictionFailed as failure:
            failures[pod.metadata.uid] = str(failure)
            self._tell(pod, f"cannot be evicted: {failure}")
            self._pods.changed.send()

    async def _see_gone(self, targets: dict[str, Pod], failures: dict[str, str]) -> None:
        """Return when each target is gone or has failed; count on the way."""
        told = 0

        def look() -> bool | None:
            nonlocal told
            left = targets.keys() & self._pods.pods.keys()
            gone = len(targets) - len(left)
            if gone != told:
                told = gone
                self._count(gone, len(targets))
            return True if left <= failures.keys() else None

        await self._pods.changed.until(look)

    async def _report_latecomers(self, targets: dict[str, Pod]) -> None:
        """Pods that came in spite of the cordon are named, not chased: they would come for ever."""
        new = [pod for uid, pod in self._pods.pods.items() if uid not in targets]
        for decision in await self._decide(new):
            if decision.verdict is not Verdict.KEEP:
                name = pod_name(decision.pod)
                self._say(f"{name} came to the node in spite of the cordon", decision.pod)

    def _tell(self, pod: Pod, words: str) -> None:
        self._last_words[pod.metadata.uid] = words
        self._say(f"{pod_name(pod)} {words}", pod)

    def _left_over(self, uids: Iterable[str] | None = None) -> str:
        wanted = self._last_words if uids is None else uids
        left = [self._pods.pods[uid] for uid in wanted if uid in self._pods.pods]
        words = [
            f"{pod_name(pod)} ({self._last_words.get(pod.metadata.uid, 'not asked yet')})"
            for pod in left
        ]
        if not words and self._pods.lost is not None:
            return f"unknown, since the API server is not heard ({explain(self._pods.lost)})"
        return _some(words)


def _refuse_if_any(decisions: Iterable[Decision]) -> None:
    refused = [
        f"{pod_name(decision.pod)} {decision.reason}"
        for decision in decisions
        if decision.verdict is Verdict.REFUSE
    ]
    if refused:
        raise DrainRefused(f"The node cannot be drained: {_some(refused)}.")


def _daemonset(pod: Pod) -> tuple[str, str]:
    """Namespace and name of the DaemonSet that controls the pod; empty ones if none does."""
    controller = controller_of(pod)
    if controller is None or controller.kind != "DaemonSet":
        return "", ""
    return pod.metadata.namespace, controller.name


def _some(words: list[str]) -> str:
    more = len(words) - _MOST_NAMED
    return "; ".join(words[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
