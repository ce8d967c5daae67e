"""Where a pod may run and where it should, and the arithmetic of budgets: rules without any I/O."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.demo.controllers.budget import EVICTION_SECONDS, count, still_disrupted
from kuredtui.demo.controllers.scaling import scaled_value
from kuredtui.demo.controllers.scheduling import choose, named_nodes, refusal
from kuredtui.demo.controllers.wire import ManagedPod
from kuredtui.kube.types import Node, PodDisruptionBudgetSpec

Json = dict[str, Any]
SPOT = {"key": "spot", "value": "true", "effect": "NoSchedule"}
NOW = 1_700_000_000.0


def node(
    name: str = "n", *, labels: Json | None = None, taints: tuple[Json, ...] = (), **spec: object
) -> Node:
    body = {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"taints": list(taints), **spec},
    }
    return msgspec.convert(body, Node)


def pod(**spec: object) -> ManagedPod:
    return msgspec.convert({"metadata": {"name": "p"}, "spec": spec}, ManagedPod)


def requires(*expressions: Json, field: str = "matchExpressions") -> Json:
    """A required node affinity of one term."""
    terms = [{field: list(expressions)}]
    return {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}
        }
    }


@pytest.mark.parametrize(
    ("tolerations", "taint", "fits"),
    [
        ([], SPOT, False),
        ([{"operator": "Exists"}], SPOT, True),
        ([{"key": "spot", "operator": "Exists"}], SPOT, True),
        ([{"key": "spot", "value": "true"}], SPOT, True),
        ([{"key": "spot", "value": "true", "effect": "NoSchedule"}], SPOT, True),
        ([{"key": "spot", "value": "true", "effect": "NoExecute"}], SPOT, False),
        ([{"key": "spot", "value": "false"}], SPOT, False),
        ([{"key": "other", "operator": "Exists"}], SPOT, False),
        ([], {**SPOT, "effect": "NoExecute"}, False),
        ([], {**SPOT, "effect": "PreferNoSchedule"}, True),
    ],
)
def test_taints_keep_away_what_does_not_tolerate_them(
    tolerations: list[Json], taint: Json, fits: bool
) -> None:
    why = refusal(pod(tolerations=tolerations), node(taints=(taint,)))
    assert (why == "") is fits
    assert fits or why == "node(s) had untolerated taint {spot: true}"


def test_a_cordoned_node_takes_only_what_tolerates_that() -> None:
    cordoned = node(unschedulable=True)
    assert refusal(pod(), cordoned) == "node(s) were unschedulable"
    key = "node.kubernetes.io/unschedulable"
    assert refusal(pod(tolerations=[{"key": key, "operator": "Exists"}]), cordoned) == ""


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ({"key": "pool", "operator": "In", "values": ["a", "b"]}, True),
        ({"key": "pool", "operator": "In", "values": ["b"]}, False),
        ({"key": "pool", "operator": "NotIn", "values": ["b"]}, True),
        ({"key": "none", "operator": "NotIn", "values": ["b"]}, True),
        ({"key": "pool", "operator": "Exists"}, True),
        ({"key": "none", "operator": "Exists"}, False),
        ({"key": "none", "operator": "DoesNotExist"}, True),
        ({"key": "cpus", "operator": "Gt", "values": ["4"]}, True),
        ({"key": "cpus", "operator": "Lt", "values": ["4"]}, False),
        ({"key": "pool", "operator": "Gt", "values": ["4"]}, False),
    ],
)
def test_required_affinity_holds_or_keeps_the_pod_away(expression: Json, fits: bool) -> None:
    place = node(labels={"pool": "a", "cpus": "8"})
    assert (refusal(pod(affinity=requires(expression)), place) == "") is fits


def test_a_node_selector_wants_every_label() -> None:
    place = node(labels={"pool": "a", "os": "linux"})
    assert refusal(pod(nodeSelector={"pool": "a", "os": "linux"}), place) == ""
    assert "node affinity/selector" in refusal(pod(nodeSelector={"pool": "b"}), place)


def test_the_pod_of_a_daemon_set_names_its_node() -> None:
    term = {"key": "metadata.name", "operator": "In", "values": ["n-2"]}
    bound = pod(affinity=requires(term, field="matchFields"))
    assert named_nodes(bound) == ["n-2"]
    assert refusal(bound, node("n-2")) == ""
    assert refusal(bound, node("n-1")) != ""
    assert named_nodes(pod()) is None


def test_a_pod_goes_where_its_siblings_are_not_and_then_where_it_is_idle() -> None:
    nodes = [node("a"), node("b"), node("c")]
    load = {"a": 1, "b": 5, "c": 3}
    chosen = choose(pod(), nodes, same=Counter({"a": 1}), load=load.__getitem__)
    assert chosen == ("c", "")


def test_a_pod_that_fits_nowhere_is_told_how_many_nodes_refuse_it_and_why() -> None:
    nodes = [
        node("a", unschedulable=True),
        node("b", unschedulable=True),
        node("c", taints=(SPOT,)),
    ]
    found, why = choose(pod(), nodes, same=Counter(), load=lambda _: 0)
    assert found == ""
    assert why == (
        "0/3 nodes are available: 1 node(s) had untolerated taint {spot: true}, "
        "2 node(s) were unschedulable."
    )


# Budgets


def guarded(name: str, *, ready: bool = True, deleted: bool = False) -> ManagedPod:
    metadata: Json = {"name": name}
    if deleted:
        metadata["deletionTimestamp"] = "2025-01-01T00:00:00Z"
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    return msgspec.convert({"metadata": metadata, "status": {"conditions": conditions}}, ManagedPod)


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [
        ({"minAvailable": 1}, 1, 3),
        ({"minAvailable": 4}, 4, 0),
        ({"minAvailable": 9}, 9, 0),
        ({"minAvailable": "50%"}, 2, 2),
        ({"minAvailable": "51%"}, 3, 1),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": 0}, 4, 0),
        ({"maxUnavailable": "30%"}, 2, 2),
        ({"maxUnavailable": "100%"}, 0, 4),
        ({}, 0, 4),
    ],
)
def test_what_a_budget_over_four_healthy_pods_allows(
    spec: Json, desired: int, allowed: int
) -> None:
    pods = [guarded(f"p{number}") for number in range(4)]
    found = count(
        msgspec.convert(spec, PodDisruptionBudgetSpec),
        pods,
        scale=lambda: 4,
        disrupted={},
        now=NOW,
    )
    assert (found.expected, found.healthy) == (4, 4)
    assert (found.desired, found.allowed) == (desired, allowed)


def test_pods_that_are_not_ready_or_on_their_way_out_are_not_healthy() -> None:
    pods = [
        guarded("well"),
        guarded("sick", ready=False),
        guarded("going", deleted=True),
        guarded("evicted"),
        guarded("evicted-long-ago"),
    ]
    disrupted = {"evicted": NOW - 1, "evicted-long-ago": NOW - EVICTION_SECONDS - 1}
    spec = PodDisruptionBudgetSpec(min_available=1)
    found = count(spec, pods, scale=lambda: 5, disrupted=disrupted, now=NOW)
    assert (found.expected, found.healthy, found.allowed) == (5, 2, 1)
    assert still_disrupted(pods, disrupted, NOW) == ["evicted"]


def test_a_budget_over_nothing_allows_nothing() -> None:
    spec = PodDisruptionBudgetSpec(min_available=0)
    assert count(spec, [], scale=lambda: 0, disrupted={}, now=NOW).allowed == 0


LIMITS = st.integers(0, 20) | st.integers(0, 100).map(lambda percent: f"{percent}%")


@given(limit=LIMITS, is_minimum=st.booleans(), health=st.lists(st.booleans(), max_size=12))
def test_a_budget_never_allows_to_go_below_what_it_desires(
    limit: int | str, is_minimum: bool, health: list[bool]
) -> None:
    spec = PodDisruptionBudgetSpec(**{"min_available" if is_minimum else "max_unavailable": limit})
    pods = [guarded(f"p{at}", ready=ready) for at, ready in enumerate(health)]
    found = count(spec, pods, scale=lambda: len(pods), disrupted={}, now=NOW)
    assert found.allowed >= 0
    assert found.allowed == 0 or found.healthy - found.allowed >= found.desired
    assert found.healthy == sum(health)


@given(percent=st.integers(0, 100), total=st.integers(0, 1000))
def test_percentages_round_one_way_or_the_other(percent: int, total: int) -> None:
    text = f"{percent}%"
    low, high = scaled_value(text, total, up=False), scaled_value(text, total, up=True)
    assert low <= percent * total / 100 <= high
    assert high - low <= 1


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a number nor a percentage"):
        scaled_value("many", 3, up=True)
