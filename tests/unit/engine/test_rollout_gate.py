"""Whether the next node of a rollout may begin."""

from __future__ import annotations

import pytest

from kuredtui.engine.rollout_gate import Hold, Pick, choose, unhealthy
from kuredtui.kube.types import Node
from tests.unit.engine.node_records import node_object, store_of


def chosen(
    nodes: list[Node],
    *,
    at_work: tuple[str, ...] = (),
    concurrency: int = 2,
    separate_domains: bool = False,
) -> Pick | Hold:
    queue = [node.metadata.name for node in nodes if node.metadata.name not in at_work]
    return choose(
        queue,
        at_work=at_work,
        store=store_of(*nodes),
        concurrency=concurrency,
        separate_domains=separate_domains,
    )


def held(verdict: Pick | Hold) -> str:
    assert isinstance(verdict, Hold)
    return verdict.reason


def test_the_first_of_the_queue_goes() -> None:
    assert chosen([node_object("a"), node_object("b")]) == Pick("a")


def test_no_more_than_the_concurrency() -> None:
    nodes = [node_object(name) for name in "abc"]
    assert "2 at work, of 2" in held(chosen(nodes, at_work=("a", "b")))


def test_the_rollouts_own_node_may_be_down() -> None:
    nodes = [node_object("a", ready=False), node_object("b")]
    assert chosen(nodes, at_work=("a",)) == Pick("b")


def test_a_foreign_node_that_is_down_holds_the_rollout() -> None:
    store = store_of(node_object("a"), node_object("z", ready=False))
    assert "z" in unhealthy(store, at_work=("a",), most=0)


def test_as_many_foreign_nodes_may_be_down_as_was_said() -> None:
    store = store_of(node_object("a"), node_object("z", ready=False))
    assert not unhealthy(store, at_work=("a",), most=1)


def test_a_control_plane_node_that_is_down_holds_it_whatever_was_said() -> None:
    store = store_of(node_object("a"), node_object("z", ready=False, control_plane=True))
    assert "control plane" in unhealthy(store, at_work=("a",), most=5)


def test_a_node_of_the_rollout_that_is_down_does_not_hold_it() -> None:
    assert not unhealthy(store_of(node_object("a", ready=False)), at_work=("a",), most=0)


def test_a_node_that_is_down_itself_is_passed_over() -> None:
    nodes = [node_object("a", ready=False), node_object("b")]
    assert chosen(nodes) == Pick("b")


def test_the_control_plane_goes_one_at_a_time() -> None:
    nodes = [node_object(name, control_plane=True) for name in "ab"]
    assert "one at a time" in held(chosen(nodes, at_work=("a",)))


@pytest.mark.parametrize(("separate", "verdict"), [(True, Pick("c")), (False, Pick("b"))])
def test_zones_are_kept_apart_when_asked(separate: bool, verdict: Pick) -> None:
    nodes = [node_object("a", zone="1"), node_object("b", zone="1"), node_object("c", zone="2")]
    assert chosen(nodes, at_work=("a",), separate_domains=separate) == verdict


def test_nodes_without_a_zone_are_no_domain() -> None:
    nodes = [node_object("a"), node_object("b")]
    assert chosen(nodes, at_work=("a",), separate_domains=True) == Pick("b")
