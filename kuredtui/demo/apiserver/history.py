"""What changed, in order, for as long as memory allows: watches resume and pages stay consistent.

A real server keeps this in etcd (until a compaction) and in its watch cache. Here it is one ring
per resource, bounded by count and by the bytes of object versions that live on only because of it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import msgspec

from kuredtui.kube.json import JsonObject


@dataclass(slots=True, eq=False)
class Entry:
    """One version of one object: its bytes, and the little that selectors and lists need."""

    key: str
    """namespace/name, or the name alone: the order of lists."""
    version: int
    uid: str
    tail: bytes
    """The object's JSON without the opening brace, kind and apiVersion: list items begin with a
    brace, single objects and watch events with `Resource.prefix`, and neither is encoded twice."""
    labels: dict[str, str]
    fields: dict[str, str]
    row: object = None
    """The table row made of this version, kept by the table that made it."""

    def decode(self) -> JsonObject:
        """A fresh copy of the object, without kind and apiVersion."""
        found: JsonObject = msgspec.json.decode(b"{" + self.tail)
        return found


def encode_tail(body: JsonObject) -> bytes:
    """An object without kind and apiVersion as `Entry.tail`."""
    return msgspec.json.encode(body)[1:]


@dataclass(slots=True, eq=False)
class Event:
    """One commit: `before` is None for a create, `after` for a delete."""

    version: int
    before: Entry | None
    after: Entry | None
    _departed: Entry | None = field(default=None)

    def departed(self) -> Entry:
        """The last state under this commit's version, as a DELETED event carries it.

        Real servers do so for a deleted object and for one that a change took out of a selector.
        """
        if self._departed is None:
            before = self.before
            if before is None:
                raise ValueError("a create has no former state")
            body = before.decode()
            body["metadata"]["resourceVersion"] = str(self.version)
            self._departed = Entry(
                before.key,
                self.version,
                before.uid,
                encode_tail(body),
                before.labels,
                before.fields,
            )
        return self._departed


class History:
    """A bounded ring of events. Versions up to `floor` are forgotten."""

    def __init__(self, *, floor: int, max_events: int, max_bytes: int) -> None:
        self.floor = floor
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._bytes = 0
        self._events: deque[Event] = deque()

    def __len__(self) -> int:
        return len(self._events)

    def append(self, event: Event) -> None:
        """Remember a commit, forgetting the oldest ones that no longer fit."""
        self._events.append(event)
        self._bytes += _weight(event)
        while len(self._events) > self._max_events or self._bytes > self._max_bytes:
            forgotten = self._events.popleft()
            self._bytes -= _weight(forgotten)
            self.floor = forgotten.version

    def since(self, version: int) -> list[Event]:
        """All events after a version, oldest first. The caller has checked it against `floor`."""
        found: list[Event] = []
        for event in reversed(self._events):
            if event.version <= version:
                break
            found.append(event)
        found.reverse()
        return found

    def clear(self, *, floor: int) -> None:
        """Forget everything, as a compaction does."""
        self._events.clear()
        self._bytes = 0
        self.floor = floor


def _weight(event: Event) -> int:
    """Bytes kept alive by remembering this event: the replaced version, or the deleted one."""
    return len(event.before.tail) if event.before else 0
