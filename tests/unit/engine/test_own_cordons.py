"""Whose a change of a cordon is, whatever the order in which a write and what is seen of it come."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.cluster.journal_view import JournalView
from kuredtui.cluster.node import NodeRecord, record
from kuredtui.engine.own_cordons import OwnCordons
from kuredtui.kube.types import Node, ObjectMeta

OURS = JournalView(id="ours", owner="me@here", phase="locking", epoch=2)
CORDONED = msgspec.structs.replace(OURS, phase="draining", cordoned=True)


def node(version: str, *, cordoned: bool, journal: JournalView | None = None) -> NodeRecord:
    found = record(Node(metadata=ObjectMeta(name="a", resource_version=version)))
    return msgspec.structs.replace(found, cordoned=cordoned, operation=journal)


class Seen:
    """Changes of a node that was not cordoned before, and what is told of them."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.own = OwnCordons(lambda _, journal: (journal.id, journal.epoch) == ("ours", 2))
        self._before = node("1", cordoned=False)

    def change(self, version: str, *, journal: JournalView | None = None) -> None:
        """The cordon is seen to be another in this version."""
        after = node(version, cordoned=not self._before.cordoned, journal=journal)
        self.own.tell_others(self._before, after, lambda: self.told.append(version))
        self._before = after

    def keep(self, journal: JournalView) -> None:
        """The node is seen with this journal, and the cordon as it was."""
        self._before = msgspec.structs.replace(self._before, operation=journal)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def test_what_is_seen_before_the_answer_to_our_write_is_ours_by_its_version(seen: Seen) -> None:
    with seen.own.by_hand("a") as made:
        seen.change("2")
        made("2")
    assert seen.told == []
    seen.change("3")
    assert seen.told == ["3"], "what somebody else does afterwards"


def test_what_is_seen_after_the_answer_is_ours_by_its_version(seen: Seen) -> None:
    with seen.own.by_hand("a") as made:
        made("3")
    with seen.own.by_hand("a") as made:
        made("4")
    for version in ("2", "3", "4", "5"):
        seen.change(version)
    assert seen.told == ["2", "5"]


def test_what_somebody_else_does_meanwhile_is_told(seen: Seen) -> None:
    with seen.own.by_hand("a") as made:
        seen.change("2")
        seen.change("3")
        made("4")
    seen.change("4")
    assert seen.told == ["2", "3"]


def test_what_may_have_been_ours_is_told_where_the_write_failed(seen: Seen) -> None:
    with pytest.raises(TimeoutError), seen.own.by_hand("a"):
        seen.change("2")
        raise TimeoutError
    assert seen.told == ["2"]


def test_of_two_writes_at_once_each_finds_its_own(seen: Seen) -> None:
    with seen.own.by_hand("a") as first:
        with seen.own.by_hand("a") as second:
            seen.change("2")
            seen.change("3")
            second("3")
        assert seen.told == [], "the first may have made the other one"
        first("2")
    assert seen.told == []


def test_an_operation_of_ours_tells_what_its_journal_says_it_did(seen: Seen) -> None:
    seen.keep(OURS)
    seen.change("2", journal=CORDONED)
    seen.change("3", journal=msgspec.structs.replace(OURS, phase="uncordoning"))
    assert seen.told == []


def test_an_uncordon_that_leaves_our_journal_as_it_is_is_somebody_elses(seen: Seen) -> None:
    seen.change("2", journal=CORDONED)
    seen.change("3", journal=CORDONED)
    seen.change("4", journal=CORDONED)
    assert seen.told == ["3", "4"]


def test_a_cordon_that_our_operation_found_is_somebody_elses(seen: Seen) -> None:
    found = msgspec.structs.replace(CORDONED, unschedulable_before=True)
    seen.change("2", journal=found)
    assert seen.told == ["2"]


@pytest.mark.parametrize("other", [{"id": "theirs"}, {"epoch": 3}])
def test_another_engines_operation_tells_us_nothing(seen: Seen, other: dict[str, object]) -> None:
    seen.change("2", journal=msgspec.structs.replace(CORDONED, **other))
    assert seen.told == ["2"]
