"""get, list and watch."""

from __future__ import annotations

import random

from aiohttp import web

from kuredtui.demo.apiserver.calls import Call
from kuredtui.demo.apiserver.failures import not_found, watch_expired
from kuredtui.demo.apiserver.faults import Faults
from kuredtui.demo.apiserver.forms import error_line
from kuredtui.demo.apiserver.list_options import list_options
from kuredtui.demo.apiserver.lists import list_page, matcher
from kuredtui.demo.apiserver.responses import JSON_HEADERS, json_response
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.apiserver.watching import Watcher, WatchStream

_LONGEST_WATCH = (1800, 3600)
"""Seconds, at random, of a watch that names no timeout (kube-apiserver --min-request-timeout)."""


class Reader:
    """Answers requests that change nothing."""

    def __init__(self, store: Store, faults: Faults, *, bookmark_seconds: float) -> None:
        self._store = store
        self._faults = faults
        self._bookmark_seconds = bookmark_seconds

    def get(self, call: Call) -> web.Response:
        """One object, or a 404 `Failure`."""
        entry = self._store.collection(call.resource).entries.get(call.target.key)
        if entry is None:
            raise not_found(call.resource, call.target.name)
        return json_response(call.form.one(entry))

    async def list(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """A page, sent in pieces when it is long so that other requests get their turn."""
        collection = self._store.collection(call.resource)
        page = list_page(collection, call.target, call.query, current=self._store.version)
        pieces = call.form.pages(page.entries, page.metadata)
        first, second = next(pieces), next(pieces, None)
        if second is None:
            return json_response(first)
        response = web.StreamResponse(headers=JSON_HEADERS)
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(first)
        await response.write(second)
        for piece in pieces:
            await response.write(piece)
        await response.write_eof()
        return response

    async def watch(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """A stream of events, until its timeout or until the client leaves."""
        query, collection = call.query, self._store.collection(call.resource)
        match = matcher(call.resource, call.target, query)
        options = list_options(query, watch=True)

        def too_slow() -> None:
            if request.transport is not None:
                request.transport.abort()

        version = options.version or self._store.version
        after = max(version, self._store.version)
        stream = WatchStream(
            request,
            self._store,
            collection,
            Watcher(call.form, match, after=after, on_overflow=too_slow),
            self._faults,
            bookmarks=options.bookmarks,
            bookmark_seconds=self._bookmark_seconds,
        )
        seconds = options.timeout or random.randint(*_LONGEST_WATCH)
        if options.initial_events:
            entries = [collection.entries[key] for key in collection.keys]
            matching = [entry for entry in entries if match is None or match(entry)]
            existing = stream.existing(matching, end_mark=options.end_mark)
            return await stream.run(existing, seconds=seconds)
        floor = collection.history.floor
        if version < floor:
            expired = error_line(watch_expired(version, floor).status())
            return await stream.run([expired], seconds=0)
        return await stream.run(stream.past_events(version), seconds=seconds)
