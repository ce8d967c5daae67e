"""The order of a rollout's nodes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.rollout_order import PoolOrder, in_order, is_control_plane
from tests.unit.engine.node_records import node_record

EVENING = datetime(2026, 11, 23, 20, tzinfo=UTC)


def names(nodes: list[NodeRecord]) -> list[str]:
    return [node.name for node in nodes]


def waiting(name: str, hours: float, **facts: object) -> NodeRecord:
    return node_record(name, pending_since=EVENING - timedelta(hours=hours), **facts)


def test_the_longest_pending_comes_first() -> None:
    nodes = [waiting("a", 1), waiting("b", 30), waiting("c", 5)]
    assert names(in_order(nodes)) == ["b", "c", "a"]


def test_a_node_that_is_not_pending_comes_after_those_that_are() -> None:
    assert names(in_order([node_record("a"), waiting("b", 1)])) == ["b", "a"]


def test_numbers_in_names_count_by_value() -> None:
    assert names(in_order([node_record("n-10"), node_record("n-9")])) == ["n-9", "n-10"]


def test_the_control_plane_is_last_however_long_it_waits() -> None:
    nodes = [waiting("cp", 99, control_plane=True, pool="a"), waiting("w", 1, pool="b")]
    assert names(in_order(nodes)) == ["w", "cp"]


def test_pools_in_turns() -> None:
    nodes = [node_record(f"{pool}{index}", pool=pool) for pool in "ab" for index in range(2)]
    ordered = in_order([*nodes, node_record("a2", pool="a")], pools=PoolOrder.INTERLEAVED)
    assert names(ordered) == ["a0", "b0", "a1", "b1", "a2"]


RECORDS = st.lists(
    st.builds(
        lambda index, pool, hours, control_plane: node_record(
            f"n{index}",
            pool=pool,
            control_plane=control_plane,
            pending_since=EVENING - timedelta(hours=hours) if hours else None,
        ),
        st.integers(0, 10_000),
        st.sampled_from("abc"),
        st.integers(0, 5),
        st.booleans(),
    ),
    unique_by=lambda node: node.name,
    max_size=30,
)


@given(RECORDS, st.sampled_from(PoolOrder))
def test_every_node_comes_once_and_the_control_plane_at_the_end(
    nodes: list[NodeRecord], pools: PoolOrder
) -> None:
    ordered = in_order(nodes, pools=pools)
    assert sorted(names(ordered)) == sorted(names(nodes))
    roles = [is_control_plane(node) for node in ordered]
    assert roles == sorted(roles)


@given(RECORDS)
def test_in_sequence_a_pool_is_done_before_the_next_begins(nodes: list[NodeRecord]) -> None:
    ordered = [node for node in in_order(nodes) if not is_control_plane(node)]
    pools = [pool for pool, _ in groupby(ordered, key=lambda node: node.pool)]
    assert len(pools) == len(set(pools))


@given(RECORDS, st.sampled_from(PoolOrder))
def test_within_a_pool_nobody_overtakes_who_waits_longer(
    nodes: list[NodeRecord], pools: PoolOrder
) -> None:
    ordered = [node for node in in_order(nodes, pools=pools) if not is_control_plane(node)]
    for pool in "abc":
        since = [node.pending.since for node in ordered if node.pool == pool]
        known = [moment for moment in since if moment is not None]
        assert since == [*sorted(known), *([None] * (len(since) - len(known)))]
