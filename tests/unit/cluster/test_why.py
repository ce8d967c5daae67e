"""Why a node waits: which of all that is known is the sentence, and what stands beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.journal_view import JournalView
from kuredtui.cluster.kured_found import FoundKured
from kuredtui.cluster.kured_metric import SOURCE as METRIC
from kuredtui.cluster.lock_value import LockEntry
from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.why import Cause, Known, LockSeen, Why, explain
from kuredtui.kube.types import DaemonSet, Node, ObjectMeta

KURED = FoundKured.of(DaemonSet())
OPENS = datetime(2026, 3, 14, 22, tzinfo=UTC)
CLOSED = Answer(
    hook=HookName.TIME_WINDOW,
    reason="The reboot window is closed.",
    opens_at=OPENS,
    facts={"window": "nightly"},
)
HELD = LockSeen(why_not="The lock is held by b.", entries=(LockEntry(node_id="b"),))


def a_record(name: str, *, pending: Pending, **changes: object) -> NodeRecord:
    found = record(Node(metadata=ObjectMeta(name=name)))
    return msgspec.structs.replace(found, pending=pending, **{"status": "Ready", **changes})


def waiting(**changes: object) -> NodeRecord:
    return a_record("a", pending=Pending(state="yes", source="sentinel"), **changes)


def why(node: NodeRecord | None = None, **known: object) -> Why:
    found = explain(Known(node=node or waiting(), **known))  # type: ignore[arg-type]  # as named
    assert found is not None
    return found


def test_a_node_that_needs_no_reboot_has_no_reason() -> None:
    assert explain(Known(node=a_record("a", pending=Pending(state="no")))) is None


def test_a_closed_window_is_the_reason_with_when_it_opens() -> None:
    found = why(kured=KURED, runs_kured=True, answers=[CLOSED])
    assert (found.cause, found.sentence, found.opens_at) == (Cause.POLICY, CLOSED.reason, OPENS)
    assert found.brief == "window opens Sat 22:00 UTC"


def test_a_held_lock_comes_after_the_policy_and_is_told_beside_it() -> None:
    found = why(answers=[CLOSED], lock=HELD)
    assert found.sentence == CLOSED.reason
    assert HELD.why_not in found.facts


@pytest.mark.parametrize(
    ("answer", "brief", "named"),
    [
        (
            Answer(hook=HookName.TIME_WINDOW, reason="x", facts={"window": "w"}),
            "window never opens",
            "",
        ),
        (
            Answer(hook=HookName.ALERTS, reason="x", facts={"alerts": 2, "first": "Down"}),
            "alert Down",
            "Down",
        ),
        (
            Answer(hook=HookName.BLOCKING_PODS, reason="x", facts={"pods": 1, "first": "ns/db"}),
            "pod ns/db",
            "ns/db",
        ),
        (Answer(hook=HookName.OTHER_HANDS, reason="Karpenter is replacing a."), "other hands", ""),
    ],
)
def test_a_table_has_a_few_words_for_it_and_knows_the_name_they_end_in(
    answer: Answer, brief: str, named: str
) -> None:
    found = why(answers=[answer])
    assert (found.brief, found.named) == (brief, named)


def test_a_lock_tells_whose_it_is() -> None:
    found = why(lock=HELD)
    assert (found.cause, found.sentence, found.brief) == (Cause.LOCK, HELD.why_not, "lock: b")
    assert found.named == "b"


def test_of_several_locks_it_is_told_how_many_before_a_narrow_column_cuts_their_names() -> None:
    entries = (LockEntry(node_id="b"), LockEntry(node_id="c"))
    found = why(lock=LockSeen(why_not="Held.", entries=entries))
    assert (found.brief, found.named) == ("2 locks: b, c", "")


def test_a_ghost_is_called_one() -> None:
    entry = LockEntry(node_id="gone", created="2026-03-14T03:00:00Z")
    found = why(lock=LockSeen(why_not="Held.", entries=(entry,), ghosts=(entry,)))
    assert found.cause is Cause.GHOST
    assert (found.brief, found.named) == ("ghost lock: gone", "gone")


def test_a_paused_kured_is_called_so() -> None:
    lock = LockSeen(why_not="The lock is held.", entries=(LockEntry(node_id="manual"),))
    found = why(lock=lock)
    assert (found.cause, found.brief) == (Cause.PAUSED, "kured paused")
    assert found.sentence == "kured is paused. The lock is held."


def test_a_holder_written_by_hand_who_is_no_node_pauses_kured() -> None:
    entry = LockEntry(node_id="jane")
    lock = LockSeen(why_not="Held.", entries=(entry,), ghosts=(entry,))
    assert why(lock=lock).cause is Cause.PAUSED


def test_its_own_kured_at_work_is_no_lock_to_wait_for() -> None:
    lock = LockSeen(why_not="The kured on a holds it.", entries=(LockEntry(node_id="a"),))
    found = why(kured=KURED, runs_kured=True, lock=lock)
    assert found.cause is Cause.KURED_AT_WORK


def test_the_lock_of_an_operation_that_told_the_node_to_reboot_is_not_its_kureds() -> None:
    lock = LockSeen(why_not="a holds it.", entries=(LockEntry(node_id="a"),))
    journal = JournalView(id="1", owner="jane@desk", phase="returning")
    found = why(waiting(operation=journal), at_work="Returning.", lock=lock)
    assert found.cause is Cause.OPERATION
    assert not any("holds" in fact for fact in found.facts)


def test_where_kured_does_not_run_nobody_reboots_by_itself() -> None:
    found = why(kured=KURED, runs_kured=False, answers=[CLOSED])
    assert found.cause is Cause.NO_KURED
    assert CLOSED.reason in found.facts


def test_whether_kured_runs_there_is_not_guessed() -> None:
    assert why(kured=KURED, runs_kured=None).cause is Cause.FREE


def test_what_another_source_sees_and_kured_does_not_is_said() -> None:
    no = Pending(state="no", source=METRIC, boot_id="boot")
    node = waiting(boot_id="boot", reports=(no,))
    assert why(node, kured=KURED, runs_kured=True).cause is Cause.KURED_SEES_NONE
    assert (
        why(waiting(boot_id="new", reports=(no,)), kured=KURED, runs_kured=True).cause is Cause.FREE
    )


def test_nothing_in_the_way_is_said_with_who_goes_on() -> None:
    assert "its kured looks every 1h" in why(kured=KURED, runs_kured=True).sentence
    assert "waits for somebody" in why().sentence


def test_a_failure_says_how_often_and_why() -> None:
    found = why(failures=2, failure="Its drain took too long.", answers=[CLOSED])
    assert found.sentence == "Its reboot failed twice: Its drain took too long."
    assert (found.cause, found.brief) == (Cause.FAILED, "failed twice")


def test_a_drain_that_would_never_end_is_the_reason_if_nothing_else_is() -> None:
    said = "Its drain would never end: web/a is covered by the budget web."
    assert why(drain=[said]).sentence == said
    assert why(drain=[said], lock=HELD).cause is Cause.LOCK


def test_what_no_source_tells_is_not_taken_for_no() -> None:
    node = a_record("a", pending=Pending(detail="the sentinel has not reported yet"))
    found = why(node)
    assert found.cause is Cause.UNSEEN
    assert found.sentence == (
        "Whether it waits for a reboot is not known: the sentinel has not reported yet."
    )


def test_missing_rights_and_a_node_that_is_not_ready_are_told_beside() -> None:
    found = why(waiting(status="NotReady"), rights="You may not patch nodes.")
    assert "You may not patch nodes." in found.facts
    assert "It is not Ready (NotReady), so a kured on it can do nothing." in found.facts


_FEW = st.sampled_from(["", "Something."])


@given(
    state=st.sampled_from(["yes", "unknown"]),
    at_work=_FEW,
    failures=st.integers(0, 3),
    answers=st.lists(st.sampled_from([CLOSED, Answer(hook=HookName.ALERTS)]), max_size=2),
    lock=st.sampled_from([LockSeen(), HELD, LockSeen(unseen="Not seen.")]),
    runs=st.sampled_from([True, False, None]),
    queued=_FEW,
    rights=_FEW,
)
def test_there_is_one_sentence_whatever_is_known_and_no_fact_twice(
    state: str,
    at_work: str,
    failures: int,
    answers: list[Answer],
    lock: LockSeen,
    runs: bool | None,
    queued: str,
    rights: str,
) -> None:
    found = why(
        a_record("a", pending=Pending(state=state)),  # type: ignore[arg-type]  # one of its states
        kured=KURED,
        at_work=at_work,
        at_work_brief=at_work,
        failures=failures,
        failure="It broke.",
        answers=answers,
        lock=lock,
        runs_kured=runs,
        queued=queued,
        rights=rights,
    )
    assert found.sentence
    assert found.brief
    assert len(set(found.facts)) == len(found.facts)
    for said in (at_work, queued, lock.why_not, lock.unseen, rights):
        assert said in (found.sentence, *found.facts, "")
