"""Which pods are left, and when nothing but budgets holds a drain up."""

from __future__ import annotations

import msgspec

from kuredtui.engine.drain_state import DrainState, Standing, Targets
from kuredtui.engine.plan import Action, PlannedPod


def planned(name: str) -> PlannedPod:
    return PlannedPod(namespace="default", name=name, uid=name, action=Action.EVICT)


def targets(*names: str) -> Targets:
    made = Targets()
    made.add(planned(name) for name in names)
    return made


def test_gone_pods_are_counted_once() -> None:
    found = targets("a", "b")
    found.see_gone(["a", "a", "stranger"])
    found.see_gone(["a"])
    assert (found.gone, found.total) == (1, 2)
    assert [pod.name for pod in found.left()] == ["b"]


def test_a_pod_that_is_back_is_counted_back() -> None:
    found = targets("a", "b")
    found.see_gone(["a"])
    found.add([planned("a")])
    assert (found.gone, found.total) == (0, 2)


def test_a_pod_that_is_not_waited_for_counts_for_nothing() -> None:
    found = targets("a", "b")
    found.give_up("a")
    assert (found.gone, found.total) == (0, 1)
    assert found.knows("a")


def test_only_news_are_news() -> None:
    found = targets("a")
    assert found.put("a", Standing.WAITING, "waits", budget="web")
    since = found.left()[0].since
    assert not found.put("a", Standing.WAITING, "waits", budget="web")
    assert found.put("a", Standing.WAITING, "waits on", budget="web")
    assert found.left()[0].since == since
    assert found.put("a", Standing.GOING, "is evicted")
    assert found.left()[0].since > since
    assert found.left()[0].budget == "web"
    assert not found.put("stranger", Standing.GOING, "is evicted")


def test_it_is_blocked_when_all_that_are_left_wait_for_budgets() -> None:
    found = targets("a", "b", "c")
    assert found.blocked_seconds is None
    found.put("a", Standing.WAITING, "", budget="web")
    found.put("b", Standing.GOING, "")
    assert found.blocked_seconds is None
    found.put("c", Standing.FAILED, "")
    assert found.blocked_seconds is None
    found.see_gone(["b"])
    assert found.blocked_seconds is not None
    found.put("a", Standing.GOING, "")
    assert found.blocked_seconds is None


def test_failures_alone_are_an_end_and_no_block() -> None:
    found = targets("a", "b")
    assert not found.ended
    found.put("a", Standing.FAILED, "")
    found.see_gone(["b"])
    assert found.ended
    assert found.blocked_seconds is None


def test_a_state_is_a_record_that_can_be_written_down() -> None:
    found = targets("a", "b")
    found.put("a", Standing.WAITING, "waits", budget="web")
    state = found.state()
    again = msgspec.json.decode(msgspec.json.encode(state), type=DrainState)
    assert again == state
    assert str(again.left[0]) == "default/a (waits)"
