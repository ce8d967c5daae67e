"""The sentinel's report, from a pod's status to a verdict; whatever stands there instead is no report."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.sentinel_report import sentinel_pending, sentinel_report
from kuredtui.kube.types import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodStatus,
)

BOOT = "11111111-1111-4111-8111-111111111111"
YES = {
    "bootID": BOOT,
    "required": True,
    "why": "",
    "since": "2026-03-14T01:00:00Z",
    "packages": ["linux-base", "libc6"],
    "more": 0,
}


def ended(message: str) -> ContainerState:
    return ContainerState(terminated=ContainerStateTerminated(message=message))


def a_pod(now: str | None = None, last: str | None = None, *, name: str = "sentinel") -> Pod:
    """Its status with these messages of the container that ended just now, and before."""
    nothing = ContainerState()
    status = ContainerStatus(
        name=name,
        state=nothing if now is None else ended(now),
        last_state=nothing if last is None else ended(last),
    )
    return Pod(status=PodStatus(container_statuses=[status]))


def line(**changes: object) -> str:
    return json.dumps({**YES, **changes})


def test_a_report_is_read_with_its_time_and_packages() -> None:
    pending = sentinel_pending(a_pod(line()))
    assert (pending.state, pending.source) == ("yes", "sentinel")
    assert pending.since == datetime(2026, 3, 14, 1, tzinfo=UTC)
    assert pending.packages == ("linux-base", "libc6")
    assert pending.boot_id == BOOT


def test_packages_without_room_are_counted() -> None:
    assert sentinel_pending(a_pod(line(more=7))).detail == "7 packages more"


def test_no_is_no() -> None:
    pod = a_pod(line(required=False, since=None, packages=[]))
    assert sentinel_pending(pod).state == "no"


def test_the_last_end_counts_before_the_one_before() -> None:
    assert sentinel_pending(a_pod(line(required=False), line())).state == "no"


def test_of_a_container_that_runs_the_end_before_counts() -> None:
    assert sentinel_pending(a_pod(None, line())).state == "yes"


def test_a_container_that_ended_without_a_word_does_not_hide_the_report_before() -> None:
    assert sentinel_pending(a_pod("", line())).state == "yes"


@pytest.mark.parametrize(
    ("pod", "why"),
    [
        (a_pod(), "has not reported yet"),
        (a_pod(line(), name="proxy"), "has not reported yet"),
        (a_pod(line(bootID="")), "has not reported yet"),
        (a_pod(line(required=None, why="unreadable")), "may not look into the directory"),
        (a_pod(line(required=None, why="command 127")), "(command 127)"),
        (a_pod(line(required=None, why="else")), "could not look"),
    ],
)
def test_unknown_has_a_reason(pod: Pod, why: str) -> None:
    pending = sentinel_pending(pod)
    assert pending.state == "unknown"
    assert why in pending.detail


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(BOOT),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_ALMOST = st.fixed_dictionaries({}, optional=dict.fromkeys(YES, _VALUES)).map(json.dumps)
_DATES = st.datetimes(timezones=st.timezones()).map(lambda time: line(since=time.isoformat()))
_HOSTILE = st.one_of(
    st.text(),
    _ALMOST,
    _DATES,
    st.builds(lambda cut: line()[:cut], st.integers(0, len(line()) - 1)),
    st.integers(1, 5000).map(lambda depth: f'{{"packages":{"[" * depth}'),
    st.integers(1, 5000).map(lambda many: line(packages=["a"] * many)),
)


@given(_HOSTILE)
def test_nothing_that_stands_there_is_more_than_a_verdict_on_one_boot(message: str) -> None:
    for pod in (a_pod(message), a_pod(None, message)):
        pending = sentinel_pending(pod)
        report = sentinel_report(pod)
        if pending.state != "unknown":
            assert report is not None
            assert pending.boot_id == report.boot_id != ""
            assert pending.state == ("yes" if report.required else "no")
        else:
            assert pending.detail
        assert pending.since is None or pending.since.tzinfo is UTC


@given(_HOSTILE)
def test_a_report_is_exactly_what_the_message_says(message: str) -> None:
    report = sentinel_report(a_pod(message))
    if report is not None:
        said = json.loads(message)
        assert (report.boot_id, report.required) == (said["bootID"], said["required"])
        assert list(report.packages) == said.get("packages", [])
