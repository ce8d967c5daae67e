"""Taking kured's lock, holding it and giving it back: what becomes of its value, or why that may not be.

The shape to write follows the running kured, and a value of the other shape is somebody's lock to us: it is
waited for and never overwritten. The same holds for a value that cannot be read.

Everything here is pure: text in, text out. Entries of others are kept to the letter.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from kuredtui.cluster.lock_value import (
    PAUSE_NODE_ID,
    LockEntry,
    LockValue,
    Shape,
    encoded,
    holders,
    raw_entries,
    read,
    written,
)


class LockHeld(Exception):
    """The lock cannot be had now, or is not ours any more; the message says who holds it."""


class HeldByItsKured(LockHeld):
    """The kured on our node has an entry of its own: it is about to reboot the node by itself."""


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
        return written([], mine, shape=shape, max_owners=max_owners)
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
    return written(raw_entries(text, kept), mine, shape=shape, max_owners=max_owners)


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
        return encoded(by)
    return written(raw_entries(text, others), by, shape=Shape.MULTIPLE, max_owners=value.max_owners)


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
    return encoded({"maxOwners": value.max_owners, "locks": raw_entries(text, others)})


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
        return encoded(manual)
    return encoded({"maxOwners": max_owners, "locks": [manual] * max_owners})


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
    return encoded({"maxOwners": value.max_owners, "locks": raw_entries(text, others)})


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
