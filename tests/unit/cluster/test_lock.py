"""kured's lock: what is read, and what is written, value by value."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from kuredtui.cluster.lock import (
    HeldByItsKured,
    LockHeld,
    find,
    find_alone,
    paused,
    put,
    release,
    take,
    unlocked,
    unpaused,
)
from kuredtui.cluster.lock_value import (
    LockEntry,
    Shape,
    UnreadableLock,
    created_at,
    holders,
    is_ghost,
    read,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINE = LockEntry(node_id="kuredtui:n1", created="2026-03-01T11:59:00.123456Z")
# As kured 1.23 writes them (pkg/daemonsetlock).
KUREDS = (
    '{"nodeID":"n2","metadata":{"unschedulable":false},"created":"2026-03-01T11:00:00.5Z","TTL":0}'
)
TWO = f'{{"maxOwners":2,"locks":[{KUREDS}]}}'


def taken(text: str | None, *, shape: Shape = Shape.SINGLE, owners: int = 1, limit: int = 0) -> str:
    return take(text, MINE, shape=shape, max_owners=owners, limit=limit, now=NOW)


def entry(text: str) -> LockEntry:
    (found,) = read(text).entries
    return found


class TestReading:
    def test_a_lock_that_is_not_there(self) -> None:
        assert read(None).shape is None

    def test_a_single_owner(self) -> None:
        value = read(KUREDS)
        assert value.shape is Shape.SINGLE
        assert value.entries[0].node_id == "n2"
        assert value.entries[0].since == datetime(2026, 3, 1, 11, 0, 0, 500_000, tzinfo=UTC)

    def test_several_owners(self) -> None:
        value = read(TWO)
        assert (value.shape, value.max_owners) == (Shape.MULTIPLE, 2)

    @pytest.mark.parametrize("text", ['{"maxOwners":3,"locks":[]}', '{"maxOwners":3,"locks":null}'])
    def test_nobody_of_several(self, text: str) -> None:
        assert read(text).entries == ()

    def test_a_pause_without_times(self) -> None:
        manual = entry('{"nodeID":"manual"}')
        assert manual.since is None
        assert not manual.expired(NOW)

    @pytest.mark.parametrize(
        "text", ["", "manual", "null", "[]", "{}", "42", '{"nodeID":7}', '{"locks":"all"}', "{"]
    )
    def test_what_is_no_lock_is_nobodys_to_overwrite(self, text: str) -> None:
        with pytest.raises(UnreadableLock):
            taken(text)
        with pytest.raises(UnreadableLock):
            release(text, MINE)


class TestTaking:
    def test_the_single_shape_is_kureds_to_the_letter(self) -> None:
        assert json.loads(taken(None)) == {
            "nodeID": "kuredtui:n1",
            "metadata": {"unschedulable": False},
            "created": "2026-03-01T11:59:00.123456Z",
            "TTL": 0,
        }

    def test_the_multiple_shape_keeps_others_to_the_letter(self) -> None:
        text = taken(TWO, shape=Shape.MULTIPLE, owners=2)
        assert text.startswith(f'{{"maxOwners":2,"locks":[{KUREDS},')

    @pytest.mark.parametrize("text", [KUREDS, '{"nodeID":"manual"}'])
    def test_a_held_lock_says_who_has_it(self, text: str) -> None:
        with pytest.raises(LockHeld, match=r"n2 since 2026-03-01 11:00:00 UTC|manual"):
            taken(text)

    def test_a_full_lock_is_full(self) -> None:
        with pytest.raises(LockHeld):
            taken(f'{{"maxOwners":1,"locks":[{KUREDS}]}}', shape=Shape.MULTIPLE, owners=1)

    def test_ours_can_be_lower_than_kureds(self) -> None:
        with pytest.raises(LockHeld):
            taken(TWO, shape=Shape.MULTIPLE, owners=2, limit=1)

    def test_ours_cannot_be_higher_than_kureds(self) -> None:
        full = f'{{"maxOwners":2,"locks":[{KUREDS},{KUREDS.replace("n2", "n3")}]}}'
        with pytest.raises(LockHeld):
            taken(full, shape=Shape.MULTIPLE, owners=2, limit=5)

    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            (KUREDS, Shape.MULTIPLE),
            (TWO, Shape.SINGLE),
            ('{"maxOwners":2,"locks":[]}', Shape.SINGLE),
            ('{"nodeID":"manual"}', Shape.MULTIPLE),
        ],
    )
    def test_the_other_shape_is_somebodys_lock(self, text: str, shape: Shape) -> None:
        with pytest.raises(LockHeld):
            taken(text, shape=shape, owners=5 if shape is Shape.MULTIPLE else 1)

    def test_the_node_of_a_kured_that_acts_on_it_is_not_taken_beside_it(self) -> None:
        text = f'{{"maxOwners":5,"locks":[{KUREDS.replace("n2", "n1")}]}}'
        with pytest.raises(HeldByItsKured):
            taken(text, shape=Shape.MULTIPLE, owners=5)

    def test_what_we_left_for_the_node_before_makes_room(self) -> None:
        old = KUREDS.replace("n2", "kuredtui:n1")
        assert entry(taken(old)).created == MINE.created
        text = taken(f'{{"maxOwners":2,"locks":[{old}]}}', shape=Shape.MULTIPLE, owners=2)
        assert entry(text).created == MINE.created


class TestExpiry:
    HOUR = 3600 * 10**9

    def aged(self, minutes: int, ttl: int = HOUR) -> str:
        created = created_at(NOW - timedelta(minutes=minutes))
        return json.dumps({"nodeID": "n2", "created": created, "TTL": ttl})

    def test_an_expired_lock_may_be_taken_over_as_kured_does(self) -> None:
        assert entry(taken(self.aged(61))).node_id == "kuredtui:n1"

    def test_a_lock_whose_time_is_not_over_is_held(self) -> None:
        with pytest.raises(LockHeld):
            taken(self.aged(59))

    def test_a_ttl_without_a_beginning_has_expired(self) -> None:
        assert entry('{"nodeID":"n2","TTL":1}').expired(NOW)

    @pytest.mark.parametrize("created", ["yesterday", "2026-03-01T11:00:00"])
    def test_a_beginning_that_nobody_can_read_never_expires(self, created: str) -> None:
        assert not LockEntry(node_id="n2", created=created, ttl=1).expired(NOW)

    def test_a_ttl_of_centuries_is_no_fault(self) -> None:
        assert not entry(self.aged(1, ttl=2**63 - 1)).expired(NOW)

    def test_expired_owners_go_only_when_their_place_is_needed(self) -> None:
        old = self.aged(61)
        text = taken(f'{{"maxOwners":2,"locks":[{old}]}}', shape=Shape.MULTIPLE, owners=2)
        assert len(read(text).entries) == 2
        full = f'{{"maxOwners":2,"locks":[{KUREDS},{old}]}}'
        text = taken(full, shape=Shape.MULTIPLE, owners=2)
        assert [found.node_id for found in read(text).entries] == ["n2", "kuredtui:n1"]

    def test_it_is_said(self) -> None:
        assert "(expired)" in holders(read(self.aged(61)), now=NOW)


class TestHolding:
    def test_an_entry_is_found_by_its_beginning_under_either_name(self) -> None:
        text = taken(None)
        assert find(text, MINE).node_id == "kuredtui:n1"
        handed = put(text, MINE, LockEntry(node_id="n1", created=MINE.created))
        assert find(handed, MINE).node_id == "n1"

    def test_a_kured_that_rewrites_it_drops_trailing_zeros(self) -> None:
        mine = LockEntry(node_id="n1", created="2026-03-01T11:59:00.100000Z")
        rewritten = KUREDS.replace("n2", "n1").replace("11:00:00.5Z", "11:59:00.1Z")
        assert find(rewritten, mine)

    def test_another_taking_of_the_same_node_is_not_ours(self) -> None:
        with pytest.raises(LockHeld):
            find(KUREDS.replace("n2", "kuredtui:n1"), MINE)

    def test_a_kured_beside_us_is_seen(self) -> None:
        text = taken(TWO, shape=Shape.MULTIPLE, owners=3)
        beside = text.replace("]}", f",{KUREDS.replace('n2', 'n1')}]}}")
        assert find(beside, MINE)
        with pytest.raises(HeldByItsKured):
            find_alone(beside, MINE)
        with pytest.raises(HeldByItsKured):
            put(beside, MINE, MINE)

    def test_a_renewal_moves_the_end_and_not_the_beginning(self) -> None:
        mine = LockEntry(node_id="kuredtui:n1", created=created_at(NOW), ttl=60 * 10**9)
        later = NOW + timedelta(seconds=50)
        renewed = mine.lasting(60, now=later)
        assert renewed.created == mine.created
        assert renewed.expires_at == later + timedelta(seconds=60)


class TestReleasing:
    def test_the_last_owner_takes_the_annotation_with_it(self) -> None:
        assert release(taken(None), MINE) is None
        assert release(taken(None, shape=Shape.MULTIPLE, owners=2), MINE) is None

    def test_others_stay_to_the_letter(self) -> None:
        text = taken(TWO, shape=Shape.MULTIPLE, owners=2)
        assert release(text, MINE) == TWO

    @pytest.mark.parametrize("text", [None, KUREDS, TWO])
    def test_what_is_not_there_is_not_released(self, text: str | None) -> None:
        assert release(text, MINE) == text


def test_a_ghost_is_held_for_a_node_that_does_not_exist() -> None:
    assert is_ghost(entry(KUREDS), {"n1"})
    assert not is_ghost(entry(KUREDS), {"n2"})
    assert not is_ghost(MINE, {"n1"})
    assert not is_ghost(entry('{"nodeID":"manual"}'), {"n1"})


class TestSayingWhoHoldsIt:
    """`since` and `until` are the holder's and the cluster's times; what is a ghost takes all nodes."""

    def test_a_node_and_since_when(self) -> None:
        assert holders(read(KUREDS), nodes={"n2"}) == "held by n2 since 2026-03-01 11:00:00 UTC"

    def test_nobody(self) -> None:
        assert holders(read(None)) == "held by nobody"

    def test_us(self) -> None:
        ours = read(KUREDS.replace("n2", "kuredtui:n2"))
        assert holders(ours, nodes={"n2"}).startswith("held by kuredtui for n2 since")

    @pytest.mark.parametrize("prefix", ["", "kuredtui:"])
    def test_a_node_that_is_gone(self, prefix: str) -> None:
        value = read(KUREDS.replace("n2", f"{prefix}n2"))
        assert "no such node any more: nobody will release it" in holders(value, nodes={"n1"})
        assert "no such node" not in holders(value)

    def test_an_operators_pause(self) -> None:
        said = holders(read('{"nodeID":"manual"}'), now=NOW, nodes={"n1"})
        assert said == "held by an operator who paused kured (manual)"

    def test_a_pause_by_another_name(self) -> None:
        said = holders(read('{"nodeID":"maintenance, ask Jo"}'), nodes={"n1"})
        assert said == (
            "held by maintenance, ask Jo (no node, so written by hand: somebody pauses kured)"
        )

    def test_an_end(self) -> None:
        value = read(KUREDS.replace('"TTL":0', '"TTL":7200000000000'))
        assert holders(value, now=NOW).endswith("(expires 2026-03-01 13:00:00 UTC)")
        assert holders(value, now=NOW + timedelta(hours=2)).endswith("(expired)")

    def test_each_of_several(self) -> None:
        value = read(f'{{"maxOwners":2,"locks":[{KUREDS},{{"nodeID":"manual"}}]}}')
        said = holders(value, now=NOW, nodes=set())
        assert said.count("nobody will release it") == 1
        assert said.endswith("an operator who paused kured (manual)")

    def test_whoever_is_refused_hears_of_it(self) -> None:
        with pytest.raises(LockHeld, match="no such node any more"):
            take(KUREDS, MINE, shape=Shape.SINGLE, max_owners=1, now=NOW, nodes={"n1"})
        with pytest.raises(LockHeld, match=r"not the one the running kured reads.*no such node"):
            take(KUREDS, MINE, shape=Shape.MULTIPLE, max_owners=2, now=NOW, nodes={"n1"})


# By hand.


def test_a_pause_takes_all_the_room_there_is() -> None:
    assert json.loads(paused(None, max_owners=1)) == {"nodeID": "manual"}
    assert json.loads(paused('{"maxOwners":2,"locks":[]}', max_owners=2)) == {
        "maxOwners": 2,
        "locks": [{"nodeID": "manual"}, {"nodeID": "manual"}],
    }


def test_the_end_of_a_pause_leaves_others_in_the_lock() -> None:
    text = '{"maxOwners":2,"locks":[{"nodeID":"manual"},{"nodeID":"a","created":"x","TTL":0}]}'
    left = json.loads(unpaused(text) or "")
    assert left["locks"] == [{"nodeID": "a", "created": "x", "TTL": 0}]
    assert unpaused('{"nodeID":"manual"}') is None
    assert unpaused('{"nodeID":"a"}') == '{"nodeID":"a"}'


def test_of_a_lock_only_the_owner_that_was_seen_is_taken_out() -> None:
    text = '{"maxOwners":2,"locks":[{"nodeID":"a","created":"x"},{"nodeID":"b","created":"y"}]}'
    first, _ = read(text).entries
    assert json.loads(unlocked(text, first) or "")["locks"] == [{"nodeID": "b", "created": "y"}]
    with pytest.raises(LockHeld):
        unlocked(text.replace('"x"', '"z"'), first)
