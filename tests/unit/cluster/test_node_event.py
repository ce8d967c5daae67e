"""Events of both APIs, and the signature on those of operations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.node_event import happened_at, node_event
from kuredtui.cluster.operation_event import read_signed, signed
from kuredtui.kube.types import Event, EventSeries, EventSource, ObjectMeta

FIRST = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
LAST = FIRST + timedelta(minutes=9)

words = st.text(min_size=1, max_size=40).filter(lambda text: not any(map(str.isspace, text)))


def test_an_event_of_the_older_api_has_two_times_and_a_count() -> None:
    event = node_event(
        Event(
            first_timestamp=FIRST,
            last_timestamp=LAST,
            count=4,
            source=EventSource(component="kubelet"),
            reporting_component="not asked",
        )
    )
    assert (event.first, event.last, event.count, event.source) == (FIRST, LAST, 4, "kubelet")


def test_an_event_of_the_newer_api_has_a_time_and_a_series() -> None:
    once = node_event(Event(event_time=FIRST, reporting_component="agent"))
    assert (once.first, once.last, once.count, once.source) == (FIRST, FIRST, 1, "agent")
    series = EventSeries(count=3, last_observed_time=LAST)
    often = node_event(Event(event_time=FIRST, series=series))
    assert (often.first, often.last, often.count) == (FIRST, LAST, 3)


def test_an_event_without_a_time_is_as_old_as_its_object() -> None:
    assert happened_at(Event(metadata=ObjectMeta(creation_timestamp=FIRST))) == FIRST
    assert happened_at(Event()) is None


def test_a_kubelet_tells_which_boot_it_found() -> None:
    said = "Node aks-1 has been rebooted, boot id: 4a0d-77"
    assert node_event(Event(reason="Rebooted", message=said)).booted == "4a0d-77"
    assert node_event(Event(reason="Rebooted", message=f"{said} or so")).booted == ""
    assert node_event(Event(reason="Starting", message=said)).booted == ""


@given(said=st.text(max_size=2000), owner=words, operation=words)
def test_a_signature_is_read_as_it_was_written(said: str, owner: str, operation: str) -> None:
    message = signed(said, owner=owner, operation=operation)
    assert len(message) <= 1024
    read = read_signed(message)
    assert read is not None
    assert said.startswith(read.said)
    assert (read.owner, read.operation) == (owner, operation)


def test_other_text_has_no_signature() -> None:
    assert read_signed("Somebody said (by bob@jump) it.") is None


def test_a_message_of_any_length_is_read_at_once_and_cut() -> None:
    # Matched as a signature, this one would take half a minute.
    long = " (by , operation " * 20_000
    assert read_signed(long) is None
    event = node_event(Event(message=long, reason=long, source=EventSource(component=long)))
    assert event.message == f"{long[:1023]}…"
    assert len(event.reason) == len(event.source) == 128
