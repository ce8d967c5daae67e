"""What was done to a node, put together from this session's records and from the events of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kuredtui.cluster.node_event import NodeEvent
from kuredtui.cluster.operation_event import signed
from kuredtui.engine.past_operations import past_operations
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Level, Progress

AT = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)


def record(
    operation: str, phase: Phase, *, minute: int, node: str = "n", level: Level = "info"
) -> Progress:
    return Progress(
        message=f"{phase} it.",
        node=node,
        operation=operation,
        phase=phase,
        level=level,
        time=AT + timedelta(minutes=minute),
    )


def event(
    operation: str,
    reason: str,
    *,
    minute: int,
    owner: str = "bob@jump",
    source: str = "kuredtui",
    message: str = "",
) -> NodeEvent:
    at = AT + timedelta(minutes=minute)
    return NodeEvent(
        type="Normal",
        reason=reason,
        message=message or signed(f"{reason} it.", owner=owner, operation=operation),
        source=source,
        count=1,
        first=at,
        last=at,
    )


def test_those_of_others_come_from_events_and_ours_from_our_records_alone() -> None:
    found = past_operations(
        "n",
        records=[record("ours", Phase.DRAINING, minute=5), record("ours", Phase.DONE, minute=6)],
        events=[
            event("theirs", "Draining", minute=1),
            event("theirs", "OperationDone", minute=2),
            event("ours", "Draining", minute=5, owner="me@here"),
        ],
    )
    assert [(one.id, one.owner, [step.phase for step in one.steps]) for one in found] == [
        ("theirs", "bob@jump", ["draining", "done"]),
        ("ours", "", ["draining", "done"]),
    ]
    assert found[0].steps[0].message == "Draining it."


def test_who_took_it_over_has_it() -> None:
    events = [
        event("op", "Draining", minute=1, owner="ann@laptop"),
        event("op", "Returning", minute=9, owner="bob@jump"),
    ]
    (found,) = past_operations("n", records=(), events=events)
    assert found.owner == "bob@jump"


def test_what_concerns_no_operation_of_the_node_is_none() -> None:
    found = past_operations(
        "n",
        records=[
            record("other", Phase.DRAINING, minute=1, node="m"),
            record("quiet", Phase.DRAINING, minute=1, level="debug"),
            Progress(message="Cordoned by hand.", node="n"),
        ],
        events=[
            event("x", "Draining", minute=1, source="kubelet"),
            event("x", "Draining", minute=1, message="of another form"),
        ],
    )
    assert found == []


def test_a_phase_that_is_not_known_is_no_phase() -> None:
    (found,) = past_operations("n", records=(), events=[event("x", "Flying", minute=1)])
    assert found.last.phase == ""


def test_only_the_newest_steps_and_operations_are_kept() -> None:
    records = [record("long", Phase.DRAINING, minute=number) for number in range(100)]
    records += [record(f"op-{number}", Phase.DONE, minute=200 + number) for number in range(30)]
    found = past_operations("n", records=records, events=())
    assert len(found) == 20
    assert found[-1].id == "op-29"
    (long,) = past_operations("n", records=records[:100], events=())
    assert (len(long.steps), long.earlier, long.last.at) == (60, 40, AT + timedelta(minutes=99))
