"""kured's lock: the value of one annotation, read and rewritten as kured reads and writes it.

Two shapes exist (kured, pkg/daemonsetlock). With concurrency 1 the value is one owner; with more it is a
list of them. kured at concurrency n takes a single owner for nothing and overwrites it, and at concurrency 1
waits for ever on a list, even an empty one. So the shape to write follows the running kured, and a value of
the other shape is somebody's lock to us: it is waited for and never overwritten. The same holds for a value
that cannot be read.

Everything here is pure: text in, text out. Entries of others are kept to the letter.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
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


class LockHeld(Exception):
    """The lock cannot be had now, or is not ours any more; the message says who holds it."""


class HeldByItsKured(LockHeld):
    """The kured on our node has an entry of its own: it is about to reboot the node by itself."""


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


def take(
    text: str | None,
    mine: LockEntry,
    *,
    shape: Shape,
    max_owners: int,
    limit: int = 0,
    now: datetime,
    nodes: Container[str] | None = None,
) -> str:
    """The annotation with my entry in it.

    Entries that have expired make room, as kured lets them. So does one that was left under our own name
    for this node: only whoever has the journal of the node writes it, and that is the caller.

    Args:
        text: the annotation as it is, None without one.
        mine: the entry to add.
        shape: the shape that the running kured reads.
        max_owners: how many owners the running kured allows.
        limit: how many we want at most, mine included; 0: as many as kured.
        now: the cluster's time.
        nodes: the names of all nodes, to say which holders are not there any more; None: not known.

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
            f"{holders(value, now=now, nodes=nodes)}. "
            "Remove the annotation if nobody needs it any more."
        )
    others = [entry for entry in value.entries if entry.node_id != mine.node_id]
    alive = [entry for entry in others if not entry.expired(now)]
    _refuse_its_kured(alive, mine)
    if len(alive) >= _most_owners(value, alive, max_owners=max_owners, limit=limit):
        raise LockHeld(f"The lock is {holders(value, now=now, nodes=nodes)}.")
    kept = others if len(others) < max_owners else alive
    return _write(_raw(text, kept), mine, shape=shape, max_owners=max_owners)


def put(text: str | None, mine: LockEntry, by: LockEntry) -> str:
    """The annotation with this entry in my entry's place; everything else stays as it is.

    Raises:
        HeldByItsKured: the kured on the node has an entry of its own.
        LockHeld: my entry is not there.
        UnreadableLock: what stands there is no lock.
    """
    find(text, mine)
    value = read(text)
    others = [entry for entry in value.entries if not entry.is_same(mine)]
    _refuse_its_kured(others, mine)
    if value.shape is Shape.SINGLE:
        return _encode(by)
    return _write(_raw(text, others), by, shape=Shape.MULTIPLE, max_owners=value.max_owners)


def release(text: str | None, mine: LockEntry) -> str | None:
    """The annotation without my entry: None to remove it, unchanged when my entry is not there.

    With the last entry the whole annotation goes: an empty list, which kured leaves, would block a kured
    of concurrency 1 for ever.

    Raises:
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    others = [entry for entry in value.entries if not entry.is_same(mine)]
    if len(others) == len(value.entries):
        return text
    if not others:
        return None
    return _encode({"maxOwners": value.max_owners, "locks": _raw(text, others)})


def give_way(text: str | None, mine: LockEntry) -> str | None:
    """The annotation without my entry while the kured on its node holds one of its own, else unchanged.

    So that the node is in the lock at every moment: a kured that has come to its end in between has left the
    node as it found it, and what is still to be done there is done under my entry.

    Raises:
        UnreadableLock: what stands there is no lock.
    """
    return release(text, mine) if its_kured(text, mine) else text


def unlocked(text: str | None, seen: LockEntry) -> str | None:
    """The annotation without an entry that somebody has seen there; None to remove it.

    Raises:
        LockHeld: it does not stand there like that any more.
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    if seen not in value.entries:
        raise LockHeld(f"The lock has changed meanwhile: it is {holders(value)}.")
    return release(text, seen)


def paused(text: str | None, *, max_owners: int) -> str:
    """The annotation that pauses kured by its convention: as many entries `manual` as there is room for.

    Args:
        text: the annotation as it is, None without one.
        max_owners: how many owners the running kured allows.

    Raises:
        LockHeld: somebody holds it.
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    if value.entries:
        raise LockHeld(f"The lock is {holders(value)}.")
    manual = {"nodeID": PAUSE_NODE_ID}
    if max_owners == 1:
        return _encode(manual)
    return _encode({"maxOwners": max_owners, "locks": [manual] * max_owners})


def unpaused(text: str | None) -> str | None:
    """The annotation without the entries that pause kured; None to remove it.

    Raises:
        UnreadableLock: what stands there is no lock.
    """
    value = read(text)
    others = [entry for entry in value.entries if entry.node_id != PAUSE_NODE_ID]
    if len(others) == len(value.entries):
        return text
    if not others:
        return None
    return _encode({"maxOwners": value.max_owners, "locks": _raw(text, others)})


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
    raise LockHeld(f"The lock is {holders(value)}.")


def find_alone(text: str | None, mine: LockEntry) -> LockEntry:
    """My entry, as `find`, as long as the kured on the node has none of its own.

    Raises:
        HeldByItsKured: it has.
        LockHeld, UnreadableLock: as `find`.
    """
    found = find(text, mine)
    others = [entry for entry in read(text).entries if not entry.is_same(mine)]
    _refuse_its_kured(others, mine)
    return found


def its_kured(text: str | None, mine: LockEntry) -> str:
    """That the kured on my entry's node holds the lock by an entry of its own, in words; "" if not.

    Raises:
        UnreadableLock: what stands there is no lock.
    """
    try:
        _refuse_its_kured((e for e in read(text).entries if not e.is_same(mine)), mine)
    except HeldByItsKured as held:
        return str(held)
    return ""


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


def _most_owners(
    value: LockValue, alive: Sequence[LockEntry], *, max_owners: int, limit: int
) -> int:
    """The least of what kured, we, and those who hold the lock already allow."""
    if value.shape is Shape.SINGLE:
        return 1
    theirs = value.max_owners if alive and value.max_owners > 0 else max_owners
    return min(max_owners, limit or max_owners, theirs)


def _refuse_its_kured(others: Iterable[LockEntry], mine: LockEntry) -> None:
    for entry in others:
        if entry.node_id == mine.node:
            raise HeldByItsKured(
                f"The kured on {mine.node} holds the lock for it and reboots it by itself: "
                f"held by {entry.describe()}."
            )


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


def _raw(text: str | None, entries: Sequence[LockEntry]) -> list[msgspec.Raw]:
    """These entries as they stand in the annotation, to the letter."""
    if text is None or read(text).shape is not Shape.MULTIPLE:
        return []
    return [raw for raw in _multiple(text).locks or () if _entry(raw) in entries]


def _write(others: list[msgspec.Raw], mine: LockEntry, *, shape: Shape, max_owners: int) -> str:
    if shape is Shape.SINGLE:
        return _encode(mine)
    own = msgspec.Raw(msgspec.json.encode(mine))
    return _encode({"maxOwners": max_owners, "locks": [*others, own]})


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
