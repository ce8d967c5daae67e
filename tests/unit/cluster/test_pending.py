"""What several sources' reports come to: the rule's laws, and what single sources say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from kuredtui.cluster.pending import (
    FLATCAR_REBOOT_NEEDED,
    KURED_IN_PROGRESS,
    KURED_MOST_RECENT,
    STALE_SECONDS,
    UNKNOWN,
    AwaitedCondition,
    Pending,
    aged,
    merged,
    reports_on,
)
from kuredtui.cluster.store import NodeStore
from kuredtui.kube.listwatch import Change
from kuredtui.kube.types import Condition, Node, NodeInfo, NodeStatus, ObjectMeta

BOOT = "this-boot"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)

reports = st.builds(
    Pending,
    state=st.sampled_from(["yes", "no", "unknown"]),
    source=st.sampled_from(["sentinel", "kured's metric", "kured", "Flatcar", "condition A"]),
    since=st.none() | st.integers(0, 5).map(lambda hours: NOON - timedelta(hours=hours)),
    detail=st.sampled_from(["", "may not be read"]),
    packages=st.sampled_from([(), ("linux-image",), ("libc6", "linux-base")]),
    boot_id=st.sampled_from(["", BOOT, "an-earlier-boot"]),
)
report_lists = st.lists(reports, max_size=5, unique_by=lambda report: report.source)


def current(report: Pending) -> bool:
    return report.boot_id in ("", BOOT)


@given(report_lists)
def test_a_current_yes_is_yes_else_a_current_no_is_no_else_nobody_knows(
    given_reports: list[Pending],
) -> None:
    states = {report.state for report in given_reports if current(report)}
    expected = "yes" if "yes" in states else "no" if "no" in states else "unknown"
    assert merged(given_reports, boot_id=BOOT).state == expected


@given(report_lists, st.randoms())
def test_the_order_in_which_they_came_makes_no_difference(
    given_reports: list[Pending], dice: object
) -> None:
    shuffled = list(given_reports)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert merged(shuffled, boot_id=BOOT) == merged(given_reports, boot_id=BOOT)


unheeded = st.one_of(
    reports.map(lambda report: replace(report, state="unknown")),
    reports.map(lambda report: replace(report, boot_id="an-earlier-boot")),
).map(lambda report: replace(report, source="somebody else"))


@given(report_lists, unheeded)
def test_who_does_not_know_or_looked_in_another_boot_decides_nothing(
    given_reports: list[Pending], further: Pending
) -> None:
    before = merged(given_reports, boot_id=BOOT)
    after = merged([*given_reports, further], boot_id=BOOT)
    assert after.state == before.state
    assert (after.source, after.since, after.packages) == (
        before.source,
        before.since,
        before.packages,
    )


@given(report_lists)
def test_who_speaks_agrees_with_what_is_said_and_saw_this_boot_if_any_did(
    given_reports: list[Pending],
) -> None:
    verdict = merged(given_reports, boot_id=BOOT)
    assume(verdict.state != "unknown")
    agreed = [item for item in given_reports if item.state == verdict.state and current(item)]
    (speaker,) = [item for item in agreed if item.source == verdict.source]
    assert bool(speaker.boot_id) == any(item.boot_id for item in agreed)
    assert bool(verdict.packages) == any(item.packages for item in agreed)
    assert (verdict.since is None) == all(item.since is None for item in agreed)


@given(report_lists)
def test_in_an_unknown_boot_only_what_names_none_counts(given_reports: list[Pending]) -> None:
    bootless = [report for report in given_reports if not report.boot_id]
    assert merged(given_reports, boot_id="").state == merged(bootless, boot_id="").state


@given(reports, st.floats(0, 2 * STALE_SECONDS))
def test_what_is_too_old_is_unknown(report: Pending, seconds: float) -> None:
    expected = report.state if seconds < STALE_SECONDS else "unknown"
    assert aged(report, seconds=seconds).state == expected


def test_nobody_knows_for_reasons_that_are_told() -> None:
    verdict = merged(
        [
            Pending(source="sentinel", state="no", boot_id="an-earlier-boot"),
            Pending(source="kured's metric", detail="kured's metric may not be read"),
        ],
        boot_id=BOOT,
    )
    assert verdict == Pending(
        detail="kured's metric may not be read; sentinel has not looked since the node booted"
    )


@pytest.mark.parametrize(
    ("annotations", "labels", "expected"),
    [
        ({}, {}, UNKNOWN),
        (
            {KURED_IN_PROGRESS: "2026-03-14T12:00:00Z"},
            {},
            Pending(state="yes", source="kured", since=NOON),
        ),
        ({KURED_IN_PROGRESS: "soon"}, {}, Pending(state="yes", source="kured")),
        ({KURED_MOST_RECENT: "x"}, {}, Pending(detail="kured last saw a reboot needed at x")),
        ({FLATCAR_REBOOT_NEEDED: "true"}, {}, Pending(state="yes", source="Flatcar")),
        ({}, {FLATCAR_REBOOT_NEEDED: "true"}, Pending(state="yes", source="Flatcar")),
        ({FLATCAR_REBOOT_NEEDED: "false"}, {}, Pending(state="no", source="Flatcar")),
    ],
)
def test_what_a_nodes_own_marks_say(
    annotations: dict[str, str], labels: dict[str, str], expected: Pending
) -> None:
    found = reports_on(annotations=annotations, labels=labels)
    assert merged(found, boot_id=BOOT) == expected


@pytest.mark.parametrize(
    ("status", "state"), [("True", "yes"), ("False", "no"), ("Unknown", "unknown")]
)
def test_a_condition_that_was_named_is_a_source(status: str, state: str) -> None:
    conditions = [Condition(type="KernelDeadlock", status=status), Condition(type="Ready")]
    found = reports_on(
        annotations={},
        labels={},
        conditions=conditions,
        awaited=AwaitedCondition(type="KernelDeadlock"),
    )
    assert [(report.source, report.state) for report in found] == [
        ("condition KernelDeadlock", state)
    ]


def a_node(version: str, *, boot_id: str = BOOT, flatcar: str = "") -> Node:
    annotations = {FLATCAR_REBOOT_NEEDED: flatcar} if flatcar else {}
    return Node(
        metadata=ObjectMeta(name="n", uid="u", resource_version=version, annotations=annotations),
        status=NodeStatus(node_info=NodeInfo(boot_id=boot_id)),
    )


METRIC = Pending(state="yes", source="kured's metric", boot_id=BOOT)


def put(store: NodeStore, node: Node) -> None:
    store.apply([Change(node, deleted=False)])


def state(store: NodeStore) -> str:
    node = store.get("n")
    assert node is not None
    assert (store.counts.pending, store.counts.unknown) == (
        int(node.pending.state == "yes"),
        int(node.pending.state == "unknown"),
    )
    return node.pending.state


def test_a_report_may_come_before_its_node_and_outlives_the_nodes_changes() -> None:
    store = NodeStore()
    assert store.report("n", METRIC.source, METRIC)
    put(store, a_node("1"))
    put(store, a_node("2", flatcar="false"))
    assert state(store) == "yes"
    assert store.report("n", METRIC.source, None)
    assert state(store) == "no"
    node = store.get("n")
    assert node is not None
    assert [report.source for report in node.reports] == ["Flatcar"]


def test_what_was_reported_before_the_boot_is_unknown_after_it() -> None:
    store = NodeStore()
    put(store, a_node("1"))
    store.report("n", METRIC.source, METRIC)
    put(store, a_node("2", boot_id="the-next-boot"))
    assert state(store) == "unknown"


def test_the_same_report_again_is_no_change() -> None:
    store = NodeStore()
    put(store, a_node("1"))
    store.report("n", METRIC.source, METRIC)
    store.take_changes()
    assert not store.report("n", METRIC.source, METRIC)
    assert not store.take_changes().changed


def test_reports_go_with_their_node() -> None:
    store = NodeStore()
    put(store, a_node("1"))
    store.report("n", METRIC.source, METRIC)
    store.apply([Change(a_node("2"), deleted=True)])
    put(store, a_node("3"))
    assert state(store) == "unknown"
