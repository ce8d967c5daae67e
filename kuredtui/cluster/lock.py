"""kured's lock: the value of one annotation, read and rewritten as kured reads and writes it.

Two shapes exist (kured, pkg/daemonsetlock). With concurrency 1 the value is one owner; with more it is a
list of them. kured at concurrency n takes a single owner for nothing and overwrites it, and at concurrency 1
waits for ever on a list, even an empty one. So the shape to write follows the running kured, and a value of
the other shape is somebody's lock to us: it is waited for and never overwritten. The same holds for a value
that cannot be read.

Everything here is pure: text in, text out. Entries of others are kept to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

# kured pauses while somebody it does not know holds the lock; by convention that one is called so
# (kured's documentation, "Disabling reboots").
PAUSE_NODE_ID = "manual"
# What an operation of ours holds the lock as, until right before the reboot (DESIGN 6).
OUR_PREFIX = "kuredtui:"

_NANOSECONDS = 1_000_000_000


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
        created: when it was taken, RFC 3339 in UTC by the holder's clock; "" where it is missing.
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
    def ttl_seconds(self) -> float:
        """How long it lasts, in seconds; 0: until it is released."""
        return self.ttl / _NANOSECONDS

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


class LockHeld(Exception):
    """The lock cannot be had now; the message says who holds it."""


class _Multiple(msgspec.Struct, frozen=True, kw_only=True):
    max_owners: int = msgspec.field(name="maxOwners", default=0)
    locks: list[msgspec.Raw] | None = None


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


def take(text: str | None, mine: LockEntry, *, shape: Shape, max_owners: int) -> str:
    """The annotation with my entry in it.

    Args:
        text: the annotation as it is, None without one.
        mine: the entry to add.
        shape: the shape that the running kured reads.
        max_owners: how many owners there may be, mine included.

    Raises:
        LockHeld: there is no room, or what stands there is of the other shape.
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    if value.shape is None:
        return _write([], mine, shape=shape, max_owners=max_owners)
    if value.shape is not shape:
        raise LockHeld(
            f"The lock has the shape for {value.shape} owners, not the one the running kured reads: "
            f"{_holders(value.entries)}. Remove the annotation if nobody needs it any more."
        )
    most = 1 if shape is Shape.SINGLE else min(max_owners, value.max_owners)
    if len(value.entries) >= most:
        raise LockHeld(f"The lock is {_holders(value.entries)}.")
    return _write(_multiple(text or "").locks or [], mine, shape=shape, max_owners=value.max_owners)


def swap(text: str | None, mine: LockEntry, node_id: str) -> str:
    """The annotation with my entry under another name; everything else stays as it is.

    Raises:
        LockHeld: my entry is not there.
        UnreadableLock: what stands there is no lock.
    """
    find(text, mine)
    renamed = msgspec.structs.replace(mine, node_id=node_id)
    if read(text).shape is Shape.SINGLE:
        return _encode(renamed)
    multiple = _multiple(text or "")
    others = [raw for raw in multiple.locks or () if not _entry(raw).is_same(mine)]
    return _write(others, renamed, shape=Shape.MULTIPLE, max_owners=multiple.max_owners)


def release(text: str | None, mine: LockEntry) -> str | None:
    """The annotation without my entry: None to remove it, unchanged when my entry is not there.

    Raises:
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    if not any(entry.is_same(mine) for entry in value.entries):
        return text
    if value.shape is Shape.SINGLE:
        return None
    multiple = _multiple(text or "")
    others = [raw for raw in multiple.locks or () if not _entry(raw).is_same(mine)]
    return _encode({"maxOwners": multiple.max_owners, "locks": others})


def find(text: str | None, mine: LockEntry) -> LockEntry:
    """My entry as it stands there now, under whichever of my names.

    Raises:
        LockHeld: it is not there any more; the message says who is.
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    for entry in value.entries:
        if entry.is_same(mine):
            return entry
    raise LockHeld(f"The lock is {_holders(value.entries)}.")


def created_now() -> str:
    """The present as an entry's `created`."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _holders(entries: Sequence[LockEntry]) -> str:
    if not entries:
        return "held by nobody"
    return "held by " + ", ".join(entry.describe() for entry in entries)


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


def _write(others: list[msgspec.Raw], mine: LockEntry, *, shape: Shape, max_owners: int) -> str:
    if shape is Shape.SINGLE:
        return _encode(mine)
    own = msgspec.Raw(msgspec.json.encode(mine))
    return _encode({"maxOwners": max_owners, "locks": [*others, own]})


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
