"""A queue of keys to look after, in the shape of client-go's workqueue.

Kubelets and controllers here are level-triggered: whatever happens, the key of the object goes into
the queue, and a handler compares what is with what should be. A key that is added ten times is
handled once, never by two workers at a time, and again later if the handler says so.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from kuredtui.kube.errors import ApiError, Conflict, NotFound, Unreachable

K = TypeVar("K", bound=Hashable)
Handler = Callable[[K], Awaitable[float | None]]

_LOG = logging.getLogger(__name__)
_FIRST_RETRY = 0.2
_LONGEST_RETRY = 15.0
_CONFLICT_RETRY = 0.02


class WorkQueue(Generic[K]):
    """Keys, due now or later, and the workers that handle them.

    Args:
        handler: looks after a key; returns in how many real seconds to look again, or None. When
            it raises an error of the API side, the key is tried again after a pause; when the
            object is not there any more, the key is forgotten.
        workers: how many keys are handled at a time: the bound on requests in flight.
    """

    def __init__(self, handler: Handler[K], *, workers: int) -> None:
        self._handler = handler
        self._workers = workers
        self._ready: asyncio.Queue[K] = asyncio.Queue()  # bounded by the number of keys
        self._queued: set[K] = set()
        self._busy: set[K] = set()
        self._again: set[K] = set()  # added while they were being handled
        self._due: dict[K, float] = {}
        self._timers: list[tuple[float, int, K]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        self._failures: dict[K, int] = {}

    def add(self, key: K, *, after: float = 0.0) -> None:
        """Have a key handled now, or in so many real seconds, or earlier if it is due earlier."""
        if after <= 0:
            self._add_now(key)
            return
        due = asyncio.get_running_loop().time() + after
        known = self._due.get(key)
        if known is None or due < known:
            self._due[key] = due
            heapq.heappush(self._timers, (due, next(self._order), key))
            self._set_alarm()

    def forget(self, key: K) -> None:
        """Drop what is due later for a key whose object is gone."""
        self._due.pop(key, None)
        self._failures.pop(key, None)

    async def run(self) -> None:
        """Handle keys until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._work())
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None

    def _add_now(self, key: K) -> None:
        self._due.pop(key, None)
        if key in self._busy:
            self._again.add(key)
        elif key not in self._queued:
            self._queued.add(key)
            self._ready.put_nowait(key)

    def _set_alarm(self) -> None:
        first = self._timers[0][0]
        if self._alarm is not None:
            if self._alarm.when() <= first:
                return
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(first, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        now = asyncio.get_running_loop().time()
        while self._timers and self._timers[0][0] <= now:
            due, _, key = heapq.heappop(self._timers)
            if self._due.get(key) == due:  # else it was done earlier, or forgotten
                self._add_now(key)
        if self._timers:
            self._set_alarm()

    async def _work(self) -> None:
        while True:
            key = await self._ready.get()
            self._queued.discard(key)
            self._busy.add(key)
            try:
                again = await self._handled(key)
            finally:
                self._busy.discard(key)
            if key in self._again:
                self._again.discard(key)
                self._add_now(key)
            elif again is not None:
                self.add(key, after=max(again, 0.001))

    async def _handled(self, key: K) -> float | None:
        try:
            again = await self._handler(key)
        except NotFound as error:
            _LOG.debug("%s: %s", key, error)
            self.forget(key)
            return None
        except Conflict as error:
            _LOG.debug("%s: %s", key, error)
            return _CONFLICT_RETRY
        except (ApiError, Unreachable) as error:
            failures = self._failures[key] = self._failures.get(key, 0) + 1
            pause = min(_FIRST_RETRY * 2 ** min(failures - 1, 10), _LONGEST_RETRY)
            _LOG.info("%s: %s; again in %.1f s", key, error, pause)
            asked: float | None = getattr(error, "retry_after", None)
            return pause if asked is None else asked
        self._failures.pop(key, None)
        return again
