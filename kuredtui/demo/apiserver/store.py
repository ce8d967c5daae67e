"""The objects: encoded bytes under one global version counter, with every change announced.

Nothing here knows HTTP or what a pod is; rules of the API stand in the modules that call `commit`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence

from kuredtui.demo.apiserver.history import Entry, Event, History, encode_tail
from kuredtui.demo.apiserver.resources import SERVED, Resource
from kuredtui.kube.json import JsonObject

FIRST_VERSION = 1000
"""Where the counter starts: above any version a client would make up, so that 1 is "too old"."""

Listener = Callable[[Event], None]


class Collection:
    """All objects of one resource."""

    def __init__(self, resource: Resource, history: History) -> None:
        self.resource = resource
        self.history = history
        self.entries: dict[str, Entry] = {}
        self.keys: list[str] = []
        self.version = history.floor
        """Of the last change in this collection."""
        self.listeners: set[Listener] = set()

    def at(self, version: int) -> tuple[Sequence[str], Mapping[str, Entry]]:
        """Keys in order and entries as they were at a version (not below the floor)."""
        if version >= self.version:
            return self.keys, self.entries
        entries = dict(self.entries)
        for event in reversed(self.history.since(version)):
            if event.before is not None:
                entries[event.before.key] = event.before
            elif event.after is not None:
                entries.pop(event.after.key, None)
        return sorted(entries), entries

    def in_namespace(self, namespace: str) -> Iterable[Entry]:
        """The objects of one namespace."""
        prefix = f"{namespace}/"
        for key in self.keys[bisect_left(self.keys, prefix) :]:
            if not key.startswith(prefix):
                return
            yield self.entries[key]


class Store:
    """Every collection, and the version counter they share."""

    def __init__(self, *, max_events: int, max_bytes: int) -> None:
        self.version = FIRST_VERSION
        self._collections = {
            r.plural: Collection(
                r, History(floor=self.version, max_events=max_events, max_bytes=max_bytes)
            )
            for r in SERVED
            if not r.stored_as
        }

    def collection(self, resource: Resource) -> Collection:
        """Where the objects of a resource are."""
        return self._collections[resource.stored_as or resource.plural]

    def commit(
        self, collection: Collection, key: str, body: JsonObject, before: Entry | None
    ) -> Entry:
        """Store a new version of an object and announce it.

        `body` has no kind and apiVersion; its resourceVersion is set here. `before` is the entry it
        replaces, None for a create.
        """
        self.version += 1
        metadata = body["metadata"]
        metadata["resourceVersion"] = str(self.version)
        entry = Entry(
            key,
            self.version,
            metadata["uid"],
            encode_tail(body),
            metadata.get("labels") or {},
            field_values(collection.resource, body),
        )
        collection.entries[key] = entry
        if before is None:
            insort(collection.keys, key)
        self._announce(collection, Event(self.version, before, entry))
        return entry

    def remove(self, collection: Collection, before: Entry) -> Entry:
        """Take an object away; the answer is its last state under the version of the removal."""
        self.version += 1
        del collection.entries[before.key]
        del collection.keys[bisect_left(collection.keys, before.key)]
        event = Event(self.version, before, None)
        self._announce(collection, event)
        return event.departed()

    def forget_history(self) -> None:
        """Compact: no version up to now can be asked for again, only those still to come."""
        self.version += 1
        for collection in self._collections.values():
            collection.history.clear(floor=self.version)

    def _announce(self, collection: Collection, event: Event) -> None:
        collection.version = event.version
        collection.history.append(event)
        for listener in tuple(collection.listeners):
            listener(event)


def field_values(resource: Resource, body: JsonObject) -> dict[str, str]:
    """The values a field selector of this resource compares, as strings."""
    found = {}
    for path, default in resource.fields.items():
        value: object = body
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            found[path] = "true" if value else "false"
        elif isinstance(value, dict):
            found[path] = str(value.get("component", default))
        else:
            found[path] = default if value in (None, "") else str(value)
    return found
