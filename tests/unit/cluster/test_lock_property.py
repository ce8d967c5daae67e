"""The lock alone, driven by several of us and several kureds at random.

kured is played here by its own rules (pkg/daemonsetlock in kured 1.23): it takes an expired owner's place,
adds an entry of its own whoever else has one for the node, and releases the first entry with its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from kuredtui.cluster.lock import HeldByItsKured, LockHeld, find_alone, give_way, put, release, take
from kuredtui.cluster.lock_value import OUR_PREFIX, LockEntry, Shape, created_at, read

_NODES = ("n0", "n1", "n2", "n3")
_TTL = 60.0

Entry: TypeAlias = dict[str, object]


class LockMachine(RuleBasedStateMachine):
    """One annotation, and what everybody believes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.text: str | None = None
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.owners = 1
        self.ttl = 0.0
        self.ours: dict[str, LockEntry] = {}  # what each of us took, by node
        self.kureds: dict[str, str] = {}  # what each kured took, by node: its `created`
        self.lost: set[str] = set()  # ours which somebody was allowed to take over

    @initialize(owners=st.integers(1, 3), ttl=st.sampled_from([0.0, _TTL]))
    def set_up(self, owners: int, ttl: float) -> None:
        self.owners, self.ttl = owners, ttl

    @property
    def shape(self) -> Shape:
        return Shape.SINGLE if self.owners == 1 else Shape.MULTIPLE

    # We

    @rule(node=st.sampled_from(_NODES), limit=st.integers(0, 3))
    def we_take(self, node: str, limit: int) -> None:
        if node in self.ours:
            return
        entry = LockEntry(node_id=OUR_PREFIX + node, created=created_at(self.now))
        if self.ttl:
            entry = entry.lasting(self.ttl, now=self.now)
        before = self.alive()
        try:
            self.text = take(
                self.text,
                entry,
                shape=self.shape,
                max_owners=self.owners,
                limit=limit,
                now=self.now,
            )
        except LockHeld:
            assert before
            return
        assert len(before) < min(self.owners, limit or self.owners)
        assert all(item in self.alive() for item in before)
        self.note_taken_over()
        self.ours[node] = entry

    @rule(node=st.sampled_from(_NODES), times=st.integers(1, 2))
    def we_hand_it_to_the_node(self, node: str, times: int) -> None:
        self.change(node, times, lambda entry: _named(entry, node))

    @rule(node=st.sampled_from(_NODES), times=st.integers(1, 2))
    def we_take_it_back_from_the_node(self, node: str, times: int) -> None:
        self.change(node, times, lambda entry: _named(entry, OUR_PREFIX + node))

    @precondition(lambda self: self.ttl)
    @rule(node=st.sampled_from(_NODES))
    def we_renew(self, node: str) -> None:
        self.change(node, 1, lambda entry: entry.lasting(self.ttl, now=self.now))

    @rule(node=st.sampled_from(_NODES), times=st.integers(1, 2))
    def we_release(self, node: str, times: int) -> None:
        if node not in self.ours:
            return
        others = [item for item in self.entries() if not item.is_same(self.ours[node])]
        for _ in range(times):  # also when it is not known whether the first try reached the server
            self.text = release(self.text, self.ours[node])
        assert self.entries() == others
        del self.ours[node]
        self.lost.discard(node)

    @rule(node=st.sampled_from(_NODES))
    def we_give_way(self, node: str) -> None:
        """Only to the node's own kured, so that a node we have cordoned is in the lock all the time."""
        if node not in self.ours:
            return
        others = [item for item in self.entries() if not item.is_same(self.ours[node])]
        before = self.entries()
        self.text = give_way(self.text, self.ours[node])
        if any(item.node_id == node for item in others):
            assert self.entries() == others
            del self.ours[node]
            self.lost.discard(node)
        else:
            assert self.entries() == before

    def change(self, node: str, times: int, how: Callable[[LockEntry], LockEntry]) -> None:
        """Put another form of our entry in its place; nobody else's may change."""
        if node not in self.ours:
            return
        for _ in range(times):
            others = [item for item in self.entries() if not item.is_same(self.ours[node])]
            try:
                found = find_alone(self.text, self.ours[node])
                self.text = put(self.text, self.ours[node], how(found))
            except HeldByItsKured:
                assert any(item.node_id == node for item in others)
            except LockHeld:
                assert node in self.lost
            else:
                assert [i for i in self.entries() if not i.is_same(self.ours[node])] == others

    # Others

    @rule(node=st.sampled_from(_NODES))
    def kured_takes(self, node: str) -> None:
        if node in self.kureds or node in self.handed():
            return  # it believes that it holds the lock
        created = created_at(self.now)
        entry: Entry = {
            "nodeID": node,
            "metadata": {"unschedulable": False},
            "created": created,
            "TTL": int(self.ttl * 10**9),
        }
        if self.owners == 1:
            if self.alive():
                return
            self.text = json.dumps(entry)
        else:
            value = json.loads(self.text) if self.text else {}
            locks: list[Entry] = value.get("locks") or []
            if len(locks) >= self.owners:
                kept = [item for item in locks if not _entry(item).expired(self.now)]
                if len(kept) == len(locks):
                    return
                locks = kept
            self.text = json.dumps({"maxOwners": self.owners, "locks": [*locks, entry]})
        self.note_taken_over()
        self.kureds[node] = created

    @rule(node=st.sampled_from(_NODES))
    def kured_releases(self, node: str) -> None:
        names = [entry.node_id for entry in self.entries()]
        if node not in names:
            return
        if self.owners == 1:
            self.text = None
        else:
            value = json.loads(self.text or "{}")
            del value["locks"][names.index(node)]
            self.text = json.dumps(value)
        self.kureds.pop(node, None)
        self.note_taken_over()

    @precondition(lambda self: self.text is None)
    @rule()
    def an_operator_pauses_kured(self) -> None:
        pauses = ",".join(['{"nodeID":"manual"}'] * self.owners)
        multiple = f'{{"maxOwners":{self.owners},"locks":[{pauses}]}}'
        self.text = pauses if self.owners == 1 else multiple

    @precondition(lambda self: self.text and "manual" in self.text)
    @rule()
    def an_operator_ends_the_pause(self) -> None:
        self.text = None

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # What is so

    def entries(self) -> list[LockEntry]:
        return list(read(self.text).entries)

    def alive(self) -> list[LockEntry]:
        return [entry for entry in self.entries() if not entry.expired(self.now)]

    def handed(self) -> set[str]:
        return {entry.node_id for entry in self.alive()}

    def note_taken_over(self) -> None:
        """Whose entry is gone without a release was expired, or named as the node's own."""
        for node, entry in self.ours.items():
            if not any(item.is_same(entry) for item in self.entries()):
                self.lost.add(node)

    @invariant()
    def there_are_never_more_owners_than_allowed(self) -> None:
        assert len(self.alive()) <= self.owners

    @invariant()
    def nobody_holds_it_twice_by_one_name(self) -> None:
        ours = [item.node_id for item in self.entries() if item.node_id.startswith(OUR_PREFIX)]
        assert len(ours) == len(set(ours))

    @invariant()
    def the_shape_is_the_one_kured_reads(self) -> None:
        assert read(self.text).shape in (None, self.shape)


def _entry(item: Entry) -> LockEntry:
    return msgspec.convert(item, LockEntry)


def _named(entry: LockEntry, node_id: str) -> LockEntry:
    return LockEntry(node_id=node_id, metadata=entry.metadata, created=entry.created, ttl=entry.ttl)


LockMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLock = LockMachine.TestCase
