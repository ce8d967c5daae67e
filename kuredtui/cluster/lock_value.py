"""The value of kured's lock: what stands in one annotation, read and written as kured does.

Two shapes exist (kured, pkg/daemonsetlock). With concurrency 1 the value is one owner; with more it is a
list of them. kured at concurrency n takes a single owner for nothing and overwrites it, and at concurrency 1
waits for ever on a list, even an empty one.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec

# kured pauses while somebody it does not know holds the lock; by convention that one is called so
# (kured's documentation, "Disabling reboots").
PAUSE_NODE_ID = "manual"
# What an operation of ours holds the lock as, until right before the reboot (DESIGN 6).
OUR_PREFIX = "kuredtui:"

_NANOSECONDS = 1_000_000_000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)  # Go's zero time


class Shape(StrEnum):
    """How many owners a value can hold."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class LockMetadata(msgspec.Struct, frozen=True):
    """What the holder wants to remember: whether the node was cordoned before."""

    unschedulable: bool = False


class LockEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One owner.

    Attributes:
        node_id: who holds it: a node's name for kured, `kuredtui:` and the name for us.
        metadata: see `LockMetadata`.
        created: when it was taken, RFC 3339 in UTC by the holder's clock; "" where it is missing. It
            tells one taking of the lock from another, so it never changes while the lock is held.
        ttl: how long it lasts from then, in nanoseconds; 0: until it is released.
    """

    node_id: str = msgspec.field(name="nodeID")
    metadata: LockMetadata = msgspec.field(default_factory=LockMetadata)
    created: str = ""
    ttl: int = msgspec.field(name="TTL", default=0)

    @property
    def since(self) -> datetime | None:
        """When it was taken, by the holder's clock; None where that is not said."""
        try:
            time = datetime.fromisoformat(self.created)
        except ValueError:
            return None
        return time.astimezone(UTC) if time.tzinfo else None

    @property
    def expires_at(self) -> datetime | None:
        """When others may take it over; None: never.

        As kured reads it (pkg/daemonsetlock, ttlExpired): without a positive TTL never, and with one
        but without `created` it is so old that it has expired.
        """
        if self.ttl <= 0 or (self.created and self.since is None):
            return None
        try:
            return (self.since or _LONG_AGO) + timedelta(microseconds=self.ttl / 1000)
        except OverflowError:
            return None

    def expired(self, now: datetime) -> bool:
        """Whether others may take it over at this time, which must be the cluster's, not a laptop's."""
        return self.expires_at is not None and now >= self.expires_at

    def lasting(self, seconds: float, *, now: datetime) -> LockEntry:
        """The entry, to expire so many seconds from now; `created` stays what it is."""
        age = (now - (self.since or now)).total_seconds()
        return msgspec.structs.replace(self, ttl=int((max(0.0, age) + seconds) * _NANOSECONDS))

    def is_same(self, other: LockEntry) -> bool:
        """Whether both are one taking of the lock for one node, by whichever of our names.

        Times are compared as times: a kured that rewrites an entry drops their trailing zeros.
        """
        same_time = self.created == other.created or (
            self.since is not None and self.since == other.since
        )
        return same_time and self.node == other.node

    @property
    def node(self) -> str:
        """The node it is held for."""
        return self.node_id.removeprefix(OUR_PREFIX)

    def describe(self) -> str:
        """Who holds it and since when, in words."""
        who = {PAUSE_NODE_ID: "an operator who paused kured (manual)"}.get(self.node_id)
        if who is None and self.node_id.startswith(OUR_PREFIX):
            who = f"kuredtui for {self.node}"
        since = f" since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        return f"{who or self.node_id or 'nobody we know'}{since}"


class LockValue(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the annotation.

    Attributes:
        shape: None when there is no annotation.
        entries: the owners.
        max_owners: how many there may be.
    """

    shape: Shape | None = None
    entries: tuple[LockEntry, ...] = ()
    max_owners: int = 1


class UnreadableLock(Exception):
    """The annotation holds something that is no lock; it is nobody's to overwrite."""


class _Multiple(msgspec.Struct, frozen=True, kw_only=True):
    max_owners: int = msgspec.field(name="maxOwners", default=0)
    locks: list[msgspec.Raw] | None = None


@lru_cache(16)  # thousands of nodes wait for one and the same
def read(text: str | None) -> LockValue:
    """The value of the annotation; None when the annotation is not there.

    Raises:
        UnreadableLock: it is neither shape.
    """
    if text is None:
        return LockValue()
    keys = _keys(text)
    if "locks" in keys or "maxOwners" in keys:
        multiple = _multiple(text)
        return LockValue(
            shape=Shape.MULTIPLE,
            entries=tuple(_entry(raw) for raw in multiple.locks or ()),
            max_owners=multiple.max_owners,
        )
    return LockValue(shape=Shape.SINGLE, entries=(_entry(text.encode()),))


def created_at(time: datetime) -> str:
    """A time as an entry's `created`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def holders(
    value: LockValue, *, now: datetime | None = None, nodes: Container[str] | None = None
) -> str:
    """Who holds the lock and since when, in words.

    Args:
        value: the lock.
        now: the cluster's time, to say what has expired.
        nodes: the names of all nodes, to say which holders are not there any more; None: not known.
    """
    if not value.entries:
        return "held by nobody"
    return "held by " + ", ".join(_holder(entry, now, nodes) for entry in value.entries)


def is_ghost(entry: LockEntry, nodes: Container[str]) -> bool:
    """Whether the node that the entry is held for does not exist, so that nobody will release it."""
    return entry.node_id != PAUSE_NODE_ID and entry.node not in nodes


def _holder(entry: LockEntry, now: datetime | None, nodes: Container[str] | None) -> str:
    words = entry.describe()
    if nodes is not None and is_ghost(entry, nodes):
        words += _about_ghost(entry)
    if now is not None and (end := entry.expires_at) is not None:
        words += " (expired)" if entry.expired(now) else f" (expires {end:%Y-%m-%d %H:%M:%S} UTC)"
    return words


def _about_ghost(entry: LockEntry) -> str:
    """What a holder means that is no node. Only people leave out when: kured and we always write it."""
    if entry.created:
        return " (there is no such node any more: nobody will release it)"
    return " (no node, so written by hand: somebody pauses kured)"


def _keys(text: str) -> frozenset[str]:
    try:
        return frozenset(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UnreadableLock(f"The lock's annotation is not readable ({error}).") from error


def _multiple(text: str) -> _Multiple:
    try:
        return msgspec.json.decode(text, type=_Multiple)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UnreadableLock(f"The lock's annotation is not readable ({error}).") from error


def _entry(raw: bytes | msgspec.Raw) -> LockEntry:
    try:
        return msgspec.json.decode(raw, type=LockEntry)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UnreadableLock(f"An owner of the lock is not readable ({error}).") from error


def raw_entries(text: str | None, entries: Sequence[LockEntry]) -> list[msgspec.Raw]:
    """These entries as they stand in the annotation, to the letter."""
    if text is None or read(text).shape is not Shape.MULTIPLE:
        return []
    return [raw for raw in _multiple(text).locks or () if _entry(raw) in entries]


def written(others: list[msgspec.Raw], mine: LockEntry, *, shape: Shape, max_owners: int) -> str:
    """The annotation with these owners as they stood, and mine."""
    if shape is Shape.SINGLE:
        return encoded(mine)
    own = msgspec.Raw(msgspec.json.encode(mine))
    return encoded({"maxOwners": max_owners, "locks": [*others, own]})


def encoded(value: object) -> str:
    """A value, or an owner, as the text of an annotation."""
    return msgspec.json.encode(value).decode()
