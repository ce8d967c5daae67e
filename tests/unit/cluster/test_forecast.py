"""What budgets will do to the pods of one drain, evaluated together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from kuredtui.cluster.budgets import Budgets, selector_text
from kuredtui.cluster.forecast import Forecast, Outlook, budgets_in_doubt, forecast
from kuredtui.kube.label_selector import SelectorError
from kuredtui.kube.types import (
    LabelSelector,
    LabelSelectorRequirement,
    Pod,
    PodDisruptionBudget,
)
from tests.unit.cluster.pods import budget, crashing, pod

NOW, SLOW, NEVER = Outlook.NOW, Outlook.SLOW, Outlook.NEVER


def outlooks(
    pods: Sequence[Pod], *budgets: PodDisruptionBudget, members: Sequence[Pod] | None = None
) -> list[Forecast]:
    """The forecasts, in the order of the pods."""
    known = {} if members is None else {budgets[0].metadata.uid: members}
    found = forecast(pods, Budgets(budgets), members=known)
    return [found[item.metadata.uid] for item in pods]


def only(forecasts: Sequence[Forecast]) -> Forecast:
    (found,) = forecasts
    return found


def test_no_budget_no_wait() -> None:
    assert only(outlooks([pod()])) == Forecast(outlook=NOW)


def test_a_budget_of_one_lets_one_pass_and_the_other_wait() -> None:
    pods = [pod("a"), pod("b")]
    web = budget(max_unavailable=1, healthy=3, desired=2, expected=3)
    first, second = outlooks(pods, web, members=[*pods, pod("c")])
    assert (first.outlook, second.outlook) == (NOW, SLOW)
    assert "allows 1 disruption now" in first.reason
    assert "its turn at the budget web (maxUnavailable 1)" in second.reason
    assert "needs 2 healthy pods and has 3" in second.reason


def test_as_many_pass_as_are_allowed() -> None:
    pods = [pod(name) for name in "abcd"]
    web = budget(max_unavailable="50%", healthy=4, desired=2, expected=4)
    assert [item.outlook for item in outlooks(pods, web, members=pods)] == [NOW, NOW, SLOW, SLOW]


def test_budgets_of_other_namespaces_and_labels_do_not_count() -> None:
    elsewhere = msgspec.structs.replace(
        budget(max_unavailable=0, healthy=1, desired=1, expected=1),
        metadata=msgspec.structs.replace(
            budget(healthy=0, desired=0, expected=0).metadata, namespace="x"
        ),
    )
    other = budget(
        "db",
        max_unavailable=0,
        healthy=1,
        desired=1,
        expected=1,
        selector=LabelSelector(match_labels={"app": "db"}),
    )
    assert only(outlooks([pod()], elsewhere, other)).outlook is NOW


@pytest.mark.parametrize("limit", [0, "0%"])
def test_max_unavailable_nothing_is_never(limit: int | str) -> None:
    web = budget(max_unavailable=limit, healthy=3, desired=3, expected=3)
    found = only(outlooks([pod()], web, members=[pod(), pod("b"), pod("c")]))
    assert found.outlook is NEVER
    assert f"maxUnavailable {limit}" in found.reason
    assert "no pod be unavailable" in found.reason


@pytest.mark.parametrize(
    ("limit", "desired", "replicas"), [(2, 2, 2), (3, 3, 2), ("100%", 2, 2), ("50%", 1, 1)]
)
def test_min_available_of_all_there_are_is_never(
    limit: int | str, desired: int, replicas: int
) -> None:
    pods = [pod(str(number)) for number in range(replicas)]
    web = budget(min_available=limit, healthy=replicas, desired=desired, expected=replicas)
    for members in (pods, None):
        found = outlooks(pods, web, members=members)
        assert {item.outlook for item in found} == {NEVER}
        assert f"never more than {replicas}" in found[0].reason


def test_two_budgets_over_a_pod_are_never() -> None:
    first = budget("one", max_unavailable=1, healthy=3, desired=2, expected=3)
    second = budget("two", max_unavailable=1, healthy=3, desired=2, expected=3)
    found = only(outlooks([pod()], first, second))
    assert found.outlook is NEVER
    assert "one and two" in found.reason


def test_what_budgets_do_not_guard_passes() -> None:
    pods = [
        pod("done", phase="Succeeded", ready=False),
        pod("failed", phase="Failed", ready=False),
        pod("pending", phase="Pending", ready=False),
        pod("going", deleted_for=1),
    ]
    first = budget("one", max_unavailable=0, healthy=1, desired=1, expected=1)
    second = budget("two", max_unavailable=0, healthy=1, desired=1, expected=1)
    for budgets in ((first,), (first, second)):
        assert {item.outlook for item in outlooks(pods, *budgets)} == {NOW}


def test_a_crash_looping_pod_alone_behind_a_budget_is_never() -> None:
    pods = [crashing("a")]
    web = budget(min_available=1, healthy=0, desired=1, expected=1)
    found = only(outlooks(pods, web, members=pods))
    assert found.outlook is NEVER
    assert "default/a (CrashLoopBackOff)" in found.reason
    assert "unhealthyPodEvictionPolicy AlwaysAllow" in found.reason


def test_always_allow_lets_a_crash_looping_pod_pass() -> None:
    web = budget(min_available=1, healthy=0, desired=1, expected=1, always_allow=True)
    assert only(outlooks([crashing("a")], web)).outlook is NOW


def test_always_allow_does_not_let_a_ready_pod_pass() -> None:
    web = budget(min_available=1, healthy=1, desired=1, expected=1, always_allow=True)
    assert only(outlooks([pod("a")], web, members=[pod("a")])).outlook is NEVER


def test_a_budget_that_is_met_lets_unready_pods_pass_at_no_cost() -> None:
    pods = [crashing("a"), pod("b"), pod("c")]
    web = budget(min_available=2, healthy=3, desired=2, expected=4)
    found = outlooks(pods, web, members=[*pods, pod("d")])
    assert [item.outlook for item in found] == [NOW, NOW, SLOW]


def test_a_budget_of_nothing_holds_a_single_unready_pod() -> None:
    """The server's own words: needs 0 healthy pods and has 0."""
    web = budget(max_unavailable=1, healthy=0, desired=0, expected=1)
    assert only(outlooks([crashing("a")], web, members=[crashing("a")])).outlook is NEVER
    starting = pod("a", ready=False)
    assert only(outlooks([starting], web, members=[starting])).outlook is SLOW


def test_pods_that_crash_elsewhere_hold_a_ready_one() -> None:
    members = [pod("a"), pod("b"), crashing("c")]
    web = budget(max_unavailable=1, healthy=2, desired=2, expected=3)
    found = only(outlooks(members[:1], web, members=members))
    assert found.outlook is NEVER
    assert "default/c (CrashLoopBackOff)" in found.reason
    assert "AlwaysAllow" not in found.reason


def test_pods_that_still_start_make_it_slow() -> None:
    members = [pod("a"), pod("b"), pod("c", ready=False)]
    web = budget(max_unavailable=1, healthy=2, desired=2, expected=3)
    found = only(outlooks(members[:1], web, members=members))
    assert found.outlook is SLOW
    assert "until more pods are ready" in found.reason


def test_a_replacement_that_does_not_exist_yet_makes_it_slow() -> None:
    members = [pod("a"), pod("b")]
    web = budget(max_unavailable=1, healthy=2, desired=2, expected=3)
    assert only(outlooks(members[:1], web, members=members)).outlook is SLOW


def test_bare_pods_do_not_come_back() -> None:
    pods = [pod("a", owner=None), pod("b", owner=None)]
    web = budget(min_available=1, healthy=2, desired=1, expected=2)
    first, second = outlooks(pods, web, members=pods)
    assert (first.outlook, second.outlook) == (NOW, NEVER)
    assert "nothing brings back" in second.reason


def test_which_of_the_bare_pods_that_wait_will_be_the_first_nobody_knows() -> None:
    """Once all are ready, one may go, and any of them may be the one."""
    pods = [pod("a", owner=None), *(pod(name, owner=None, ready=False) for name in "bc")]
    web = budget(min_available=2, healthy=1, desired=2, expected=3)
    found = outlooks(pods, web, members=pods)
    assert [item.outlook for item in found] == [SLOW, SLOW, SLOW]
    assert "until more pods are ready" in found[0].reason


def test_a_status_behind_its_spec_is_slow() -> None:
    web = budget(min_available=1, healthy=3, desired=1, expected=3, observed=False)
    found = only(outlooks([pod()], web))
    assert found.outlook is SLOW
    assert "yet to take in" in found.reason


@pytest.mark.parametrize("observed", [True, False], ids=["any more", "and never could be"])
def test_a_budget_that_cannot_be_computed_is_never(observed: bool) -> None:
    web = budget(
        observed=observed,
        max_unavailable=1,
        healthy=0,
        desired=0,
        expected=0,
        failure="found no controllers {0} for pod",
    )
    found = only(outlooks([pod()], web))
    assert found.outlook is NEVER
    assert "found no controllers {0} for pod" in found.reason


def test_a_budget_that_expects_no_pods_is_never() -> None:
    web = budget(max_unavailable=1, healthy=2, desired=0, expected=0)
    found = only(outlooks([pod(owner=None)], web))
    assert found.outlook is NEVER
    assert "expects no pods" in found.reason


def test_a_budget_without_a_limit_is_never() -> None:
    web = budget(healthy=1, desired=0, expected=0)
    assert "neither minAvailable nor maxUnavailable" in only(outlooks([pod()], web)).reason


def test_only_budgets_in_doubt_are_looked_into() -> None:
    roomy = budget(max_unavailable=2, healthy=3, desired=1, expected=3)
    assert budgets_in_doubt([pod("a"), pod("b")], Budgets([roomy])) == []
    assert budgets_in_doubt([pod("a"), pod("b"), pod("c")], Budgets([roomy])) == [roomy]


@pytest.mark.parametrize(
    ("selector", "labels", "covered"),
    [
        (LabelSelector(), {}, True),
        (LabelSelector(match_labels={"app": "web"}), {"app": "web"}, True),
        (LabelSelector(match_labels={"app": "web"}), {"app": "db"}, False),
        (LabelSelector(match_labels={"app": ""}), {"app": ""}, True),
        ([("tier", "In", ["a", "b"])], {"tier": "b"}, True),
        ([("tier", "In", ["a", "b"])], {}, False),
        ([("tier", "NotIn", ["a"])], {}, True),
        ([("tier", "NotIn", ["a"])], {"tier": "a"}, False),
        ([("tier", "Exists", [])], {"tier": ""}, True),
        ([("tier", "DoesNotExist", [])], {"tier": ""}, False),
        ([("tier", "Sounds", ["a"])], {"tier": "a"}, False),
        ([("tier", "In", [])], {"tier": ""}, False),
    ],
)
def test_which_pods_a_budget_covers(
    selector: LabelSelector | list[tuple[str, str, list[str]]],
    labels: dict[str, str],
    covered: bool,
) -> None:
    if isinstance(selector, list):
        found = [LabelSelectorRequirement(key=k, operator=o, values=v) for k, o, v in selector]
        selector = LabelSelector(match_expressions=found)
    item = budget(healthy=0, desired=0, expected=0, selector=selector)
    assert bool(Budgets([item]).covering(pod(labels=labels))) is covered


def test_without_a_selector_a_budget_covers_nothing() -> None:
    with pytest.raises(SelectorError):
        selector_text(None)
