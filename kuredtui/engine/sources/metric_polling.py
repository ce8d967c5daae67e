"""Asking every kured for its metric, again and again, without being a burden to the API server.

Each request goes through the API server to a node's kubelet's network, so they are few at a time and spread
over the time between two rounds; 5,000 nodes are no more than one request after the other. Who has answered
is asked again after a while, at once when its node has booted; the more there are, the longer that while is,
so that a console nobody touches costs next to nothing. Who does not answer is asked less and less often, and
what it said before grows old. Where we may not ask at all, one in a while finds out whether that has changed.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from kuredtui.cluster.kured_metric import SOURCE, metric_pending
from kuredtui.cluster.pending import Pending, aged
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ConfigError, Forbidden, Unreachable
from kuredtui.kube.pod_pages import read_metrics


@dataclass(frozen=True, kw_only=True)
class PollSettings:
    """How often is asked, in seconds.

    Attributes:
        interval: between two questions to one kured, which looks once a minute itself; longer where
            `settled_per_second` would be exceeded.
        jitter: the part of any wait by which it may be longer or shorter.
        longest: between two questions to one that does not answer.
        refused: until one is asked again where we may not.
        absent: until a node that is not Ready, or not known yet, is looked at again.
        in_flight: questions at a time.
        per_second: questions a second.
        settled_per_second: questions a second to kureds that have answered.
    """

    interval: float = 60.0
    jitter: float = 0.1
    longest: float = 600.0
    refused: float = 300.0
    absent: float = 5.0
    in_flight: int = 8
    per_second: float = 100.0
    settled_per_second: float = 6.0


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a node's kured answers."""

    namespace: str
    pod: str
    port: int


@dataclass(kw_only=True)
class _Target:
    """One node's kured, and how it went with it."""

    address: Address
    ticket: int = 0
    failures: int = 0
    last: Pending | None = None
    heard_at: float = 0.0
    heard_of: str = ""  # the boot it was last heard in; "" once it is asked because of another


class MetricPolling:
    """The questions to all kureds.

    Args:
        client: the API server.
        reports: take the answers.
        say: told once that we may not ask, as a sentence.
        settings: how often.
    """

    def __init__(
        self,
        client: Client,
        *,
        reports: Reports,
        say: Callable[[str], None],
        settings: PollSettings | None = None,
    ) -> None:
        self._client = client
        self._reports = reports
        self._say = say
        self._settings = settings or PollSettings()
        self._pace = RequestPace(self._settings.per_second)
        self._targets: dict[str, _Target] = {}
        self._due: list[tuple[float, int, str]] = []  # a heap: when, ticket, node
        self._tickets = itertools.count(1)
        self._earlier = asyncio.Event()  # set when something is due that was not
        self._refusal = ""
        self._ask_again_at = 0.0  # after a refusal

    def put(self, node: str, address: Address) -> None:
        """The node's kured can be asked there. A new one is asked as soon as it is its turn."""
        target = self._targets.get(node)
        if target is None or target.address != address:
            self._targets[node] = target = _Target(address=address)
            self._schedule(node, target, 0.0)

    def drop(self, node: str) -> None:
        """The node has no kured that can be asked; what it said does not count any more."""
        if self._targets.pop(node, None) is not None:
            self._reports.put(node, SOURCE, None)

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_for_boots())
            for _ in range(self._settings.in_flight):
                group.create_task(self._work())

    async def _look_for_boots(self) -> None:
        """What was said in another boot says nothing any more: ask anew, without waiting for the turn."""
        while True:
            await asyncio.sleep(self._settings.interval)
            for name, target in self._targets.items():
                node = self._reports.node(name)
                if node is not None and target.heard_of not in ("", node.boot_id):
                    target.heard_of = ""
                    self._schedule(name, target, 0.0)

    async def _work(self) -> None:
        while True:
            node, target = await self._next()
            wait = await self._ask(node, target)
            if self._targets.get(node) is target:
                self._schedule(node, target, wait)

    def _schedule(self, node: str, target: _Target, wait: float) -> None:
        jitter = 1 + self._settings.jitter * random.uniform(-1, 1)
        target.ticket = next(self._tickets)
        heapq.heappush(self._due, (time.monotonic() + wait * jitter, target.ticket, node))
        if self._due[0][1] == target.ticket:
            self._earlier.set()

    async def _next(self) -> tuple[str, _Target]:
        """Whose turn it is, as soon as it is."""
        while True:
            self._earlier.clear()
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                _, ticket, node = heapq.heappop(self._due)
                target = self._targets.get(node)
                if target is not None and target.ticket == ticket:
                    return node, target
            try:
                async with asyncio.timeout(self._due[0][0] - now if self._due else None):
                    await self._earlier.wait()
            except TimeoutError:
                continue

    async def _ask(self, node: str, target: _Target) -> float:
        """Ask once and report. Returns the seconds until the next time."""
        record, settings = self._reports.node(node), self._settings
        if record is None:
            return settings.absent
        if record.status != "Ready":  # its kured cannot be reached
            self._grow_old(node, target)
            return settings.absent
        if self._refusal and time.monotonic() < self._ask_again_at:
            self._reports.put(node, SOURCE, Pending(source=SOURCE, detail=self._refusal))
            return settings.refused
        await self._pace.turn()
        address = target.address
        try:
            page = await read_metrics(
                self._client, namespace=address.namespace, pod=address.pod, port=address.port
            )
        except Forbidden as error:
            self._refused(error)
            target.last = Pending(source=SOURCE, detail=self._refusal)
            self._reports.put(node, SOURCE, target.last)
            return settings.refused
        except (ApiError, Unreachable, ConfigError):
            target.failures += 1
            if target.failures > 1 or target.last is None:  # one that is missed is soon made up for
                self._grow_old(node, target)
            return min(settings.longest, settings.interval * 2.0 ** min(target.failures - 1, 10))
        self._refusal = ""
        target.failures, target.heard_at, target.heard_of = 0, time.monotonic(), record.boot_id
        target.last = metric_pending(page, node=node, boot_id=record.boot_id)
        if self._targets.get(node) is target:
            self._reports.put(node, SOURCE, target.last)
        return max(settings.interval, len(self._targets) / settings.settled_per_second)

    def _grow_old(self, node: str, target: _Target) -> None:
        if target.last is None:
            report = Pending(source=SOURCE, detail="kured does not answer")
        else:
            report = aged(target.last, seconds=time.monotonic() - target.heard_at)
        if self._targets.get(node) is target:
            self._reports.put(node, SOURCE, report)

    def _refused(self, error: Forbidden) -> None:
        self._ask_again_at = time.monotonic() + self._settings.refused / 2
        reason = "kured's metric may not be read (get pods/proxy in kured's namespace)"
        if not self._refusal:
            self._say(
                f"{reason[0].upper()}{reason[1:]}, so nobody can be asked that way: {error.message}"
            )
        self._refusal = reason
