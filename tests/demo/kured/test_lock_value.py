"""The lock as kured's structs read and write it, and beside what the console makes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster import lock as console
from kuredtui.cluster import lock_value as value
from kuredtui.demo.kured.lock_value import (
    BadLock,
    Entry,
    Owners,
    new_entry,
    read_multiple,
    read_single,
    write_multiple,
    write_single,
)

SINGLE = (
    '{"nodeID":"node-0","metadata":{"unschedulable":true},'
    '"created":"2025-11-24T01:02:03.450000Z","TTL":60000000000}'
)
READ = Entry(
    node_id="node-0",
    unschedulable=True,
    created="2025-11-24T01:02:03.45Z",
    ttl=60_000_000_000,
)
MULTIPLE = '{"maxOwners":3,"locks":[' + SINGLE + ',{"nodeID":"manual"}]}'


def test_a_single_owner() -> None:
    assert read_single(SINGLE) == READ


def test_several_owners() -> None:
    owners = read_multiple(MULTIPLE)
    assert owners.max_owners == 3
    assert owners.entries == (READ, Entry(node_id="manual"))


def test_what_a_rewrite_makes_of_foreign_entries() -> None:
    text = (
        '{"maxOwners":2,"locks":[{"nodeID":"manual","note":"by me"},'
        '{"NODEID":"n","created":"2025-11-24T01:02:03.100+00:00"}]}'
    )
    rewritten = msgspec.json.decode(write_multiple(read_multiple(text)))
    assert rewritten["locks"] == [
        {
            "nodeID": "manual",
            "metadata": {"unschedulable": False},
            "created": "0001-01-01T00:00:00Z",
            "TTL": 0,
        },
        {
            "nodeID": "n",
            "metadata": {"unschedulable": False},
            "created": "2025-11-24T01:02:03.1Z",
            "TTL": 0,
        },
    ]


def test_a_list_is_an_owner_without_a_name_to_a_kured_of_one() -> None:
    assert read_single('{"maxOwners":2,"locks":[]}') == Entry(node_id="")


def test_a_single_owner_is_nobody_to_a_kured_of_several() -> None:
    assert read_multiple(SINGLE) == Owners()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "node-0",
        "[]",
        '"node-0"',
        '{"nodeID":1}',
        '{"nodeID":"n","TTL":1.5}',
        '{"nodeID":"n","TTL":"1m"}',
        '{"nodeID":"n","created":"yesterday"}',
        '{"nodeID":"n","created":"2025-13-24T01:02:03Z"}',
        '{"nodeID":"n","metadata":[]}',
        '{"nodeID":"n","metadata":{"unschedulable":"no"}}',
    ],
)
def test_what_go_does_not_unmarshal(text: str) -> None:
    with pytest.raises(BadLock):
        read_single(text)


def test_a_lock_of_several_needs_an_array() -> None:
    with pytest.raises(BadLock):
        read_multiple('{"locks":{}}')


def test_null_is_as_good_as_nothing() -> None:
    assert read_single("null") == Entry(node_id="")
    assert read_multiple('{"maxOwners":null,"locks":null}') == Owners()


@pytest.mark.parametrize(
    ("ttl", "age", "expired"), [(0, 1e9, False), (60, 59, False), (60, 60, True)]
)
def test_an_entry_expires_after_its_ttl(ttl: float, age: float, expired: bool) -> None:
    entry = new_entry("n", unschedulable=False, ttl_seconds=ttl, now=1_700_000_000)
    assert entry.is_expired(1_700_000_000 + age) is expired


def test_an_entry_without_a_time_and_with_a_ttl_is_long_expired() -> None:
    assert read_single('{"nodeID":"n","TTL":1}').is_expired(0)


NAMES = st.text(st.characters(codec="utf-8"), max_size=30)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(NAMES, st.booleans(), st.integers(0, 10**6), MOMENTS)
def test_what_kured_writes_the_console_reads(
    name: str, unschedulable: bool, ttl: int, moment: datetime
) -> None:
    entry = new_entry(name, unschedulable=unschedulable, ttl_seconds=ttl, now=moment.timestamp())
    (seen,) = value.read(write_single(entry)).entries
    assert (seen.node_id, seen.metadata.unschedulable) == (name, unschedulable)
    assert seen.ttl == ttl * 1_000_000_000
    assert seen.since is not None
    assert abs((seen.since - moment).total_seconds()) < 0.001
    several = value.read(write_multiple(Owners(max_owners=2, entries=(entry, entry))))
    assert several.entries == (seen, seen)


@given(NAMES, st.booleans(), st.integers(0, 10**12))
def test_what_the_console_writes_kured_reads(name: str, unschedulable: bool, ttl: int) -> None:
    mine = value.LockEntry(
        node_id=name,
        metadata=value.LockMetadata(unschedulable=unschedulable),
        created=value.created_at(datetime.now(UTC)),
        ttl=ttl,
    )
    single = console.take(None, mine, shape=value.Shape.SINGLE, max_owners=1, now=datetime.now(UTC))
    multiple = console.take(
        None, mine, shape=value.Shape.MULTIPLE, max_owners=2, now=datetime.now(UTC)
    )
    for read in (read_single(single), *read_multiple(multiple).entries):
        assert (read.node_id, read.unschedulable, read.ttl) == (name, unschedulable, ttl)


@given(NAMES, st.integers(0, 10**12), MOMENTS)
def test_our_entry_is_found_again_after_a_kured_rewrote_it(
    name: str, ttl: int, moment: datetime
) -> None:
    created = moment.isoformat().replace("+00:00", "Z")
    mine = value.LockEntry(node_id=f"kuredtui:{name}", created=created, ttl=ttl)
    text = console.take(None, mine, shape=value.Shape.MULTIPLE, max_owners=3, now=moment)
    rewritten = write_multiple(read_multiple(text))
    assert console.find(rewritten, mine).node_id == mine.node_id
