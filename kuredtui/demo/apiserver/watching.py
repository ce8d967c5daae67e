"""Watches: every commit goes to every watcher as bytes encoded once, each at its own pace.

A watcher that does not keep up is disconnected when its buffer is full, as a real watch cache
does; it can come back from its last version.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from aiohttp import web

from kuredtui.demo.apiserver.failures import watch_expired
from kuredtui.demo.apiserver.faults import Fault, Faults
from kuredtui.demo.apiserver.forms import Form, error_line
from kuredtui.demo.apiserver.history import Entry, Event
from kuredtui.demo.apiserver.store import Collection, Store

Match = Callable[[Entry], bool]

MAX_BUFFER = 32 * 1024 * 1024
"""Bytes a watcher may fall behind: some 2,500 changes of large nodes."""
_WRITE_BATCH = 1024 * 1024
_INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


class Watcher:
    """The changes one client has yet to be sent."""

    def __init__(
        self, form: Form, match: Match | None, *, after: int, on_overflow: Callable[[], None]
    ) -> None:
        self.form = form
        self.version = after
        """Of the newest change seen, whether it was for this client or not."""
        self.wake = asyncio.Event()
        self._match = match
        self._after = after
        self._on_overflow = on_overflow
        self._pending: list[bytes] = []
        self._size = 0

    def offer(self, event: Event) -> None:
        """Take note of a commit."""
        if event.version <= self._after:
            return
        line = self.line(event)
        self.version = event.version
        if line is None:
            return
        self._pending.append(line)
        self._size += len(line)
        if self._size > MAX_BUFFER:
            self._pending.clear()
            self._on_overflow()
        self.wake.set()

    def line(self, event: Event) -> bytes | None:
        """The commit as this client sees it: entering or leaving a selector is ADDED or DELETED."""
        match = self._match
        was = event.before is not None and (match is None or match(event.before))
        if event.after is not None and (match is None or match(event.after)):
            return self.form.event("MODIFIED" if was else "ADDED", event.after)
        return self.form.event("DELETED", event.departed()) if was else None

    def take(self) -> bytes:
        """Everything pending, in order; empty when there is nothing."""
        taken = b"".join(self._pending)
        self._pending.clear()
        self._size = 0
        return taken


class WatchStream:
    """One watch request being answered."""

    def __init__(
        self,
        request: web.BaseRequest,
        store: Store,
        collection: Collection,
        watcher: Watcher,
        faults: Faults,
        *,
        bookmarks: bool,
        bookmark_seconds: float,
    ) -> None:
        self._request = request
        self._store = store
        self._collection = collection
        self._watcher = watcher
        self._faults = faults
        self._bookmarks = bookmarks
        self._bookmark_seconds = bookmark_seconds
        self._marked = 0
        """The version of the last bookmark."""
        self._response = web.StreamResponse(headers={"Content-Type": "application/json"})

    async def run(self, past: Iterable[bytes], *, seconds: float) -> web.StreamResponse:
        """Send `past` (events that were), then what happens, for `seconds`.

        The caller has computed `past` in the same turn of the loop in which it calls this.
        """
        wake = self._watcher.wake.set
        self._collection.listeners.add(self._watcher.offer)
        self._faults.on_change.add(wake)
        try:
            self._response.enable_chunked_encoding()
            await self._response.prepare(self._request)
            if not await self._struck():
                await self._send_all(past)
                await self._follow(seconds)
            await self._response.write_eof()
        except ConnectionError:
            pass  # the client is gone, or a fault cut the connection
        finally:
            self._collection.listeners.discard(self._watcher.offer)
            self._faults.on_change.discard(wake)
        return self._response

    def past_events(self, version: int) -> Iterator[bytes]:
        """Lines for what happened after a version, up to now."""
        events = self._collection.history.since(version)
        lines = (self._watcher.line(event) for event in events)
        return (line for line in lines if line is not None)

    def existing(self, entries: Iterable[Entry], *, end_mark: bool) -> Iterator[bytes]:
        """Lines that say what exists now, and the bookmark that says that this was all."""
        form = self._watcher.form
        lines = (form.event("ADDED", entry) for entry in tuple(entries))
        if not end_mark:
            return lines
        metadata = {"resourceVersion": str(self._store.version), "annotations": _INITIAL_EVENTS_END}
        return chain(lines, (form.bookmark(metadata),))

    async def _follow(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        next_mark = loop.time() + self._bookmark_seconds
        watcher = self._watcher
        while loop.time() < end:
            if await self._struck():
                return
            if pending := watcher.take():
                await self._response.write(pending)
                continue
            watcher.wake.clear()
            try:
                async with asyncio.timeout_at(min(end, next_mark)):
                    await watcher.wake.wait()
            except TimeoutError:
                if loop.time() >= next_mark:
                    next_mark += self._bookmark_seconds
                    await self._mark()
        await self._mark()

    async def _mark(self) -> None:
        """Send a bookmark if the client asked for them and one would tell it something."""
        pending = self._watcher.take()
        version = max(self._store.version, self._watcher.version)
        if self._bookmarks and version > self._marked:
            self._marked = version
            pending += self._watcher.form.bookmark({"resourceVersion": str(version)})
        if pending:
            await self._response.write(pending)

    async def _send_all(self, lines: Iterable[bytes]) -> None:
        batch, size = [], 0
        for line in lines:
            batch.append(line)
            size += len(line)
            if size > _WRITE_BATCH:
                await self._response.write(b"".join(batch))
                batch, size = [], 0
        if batch:
            await self._response.write(b"".join(batch))

    async def _struck(self) -> bool:
        """Suffer a fault, if there is one for this watch. True when the stream is over."""
        fault = self._faults.strike_watch(self._request.path)
        if fault is None:
            return False
        await self._suffer(fault)
        return True

    async def _suffer(self, fault: Fault) -> None:
        if fault.action == "silence":
            await asyncio.Event().wait()
        elif fault.action == "expire":
            await self._response.write(error_line(watch_expired(1, self._store.version).status()))
        elif fault.action == "cut":
            line = self._watcher.take() or self._watcher.form.bookmark(
                {"resourceVersion": str(self._store.version)}
            )
            await self._response.write(line[: line.index(b"\n") // 2])
            self._abort()
        elif fault.action == "drop":
            self._abort()

    def _abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.close()
