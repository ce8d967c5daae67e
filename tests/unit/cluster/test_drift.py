"""How far a node is behind its pool: versions in the order of kernels, counted as nodes come and go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.drift import compare
from kuredtui.cluster.store import NodeStore
from kuredtui.kube.listwatch import Change
from kuredtui.kube.types import Node, NodeInfo, NodeStatus, ObjectMeta


@pytest.mark.parametrize(
    "oldest_first",
    [
        ("5.15.0-1089-azure", "5.15.0-1091-azure", "6.8.0-1020-azure", "6.11.0-1013-azure"),
        ("5.4.0-99-generic", "5.4.0-100-generic", "5.15.0-25-generic"),
        ("6.1.0-9-amd64", "6.1.0-26-amd64", "6.12.9+bpo-amd64"),
        ("5.14.0-70.13.1.el9_0.x86_64", "5.14.0-503.11.1.el9_5.x86_64"),
        ("5.10.225-213.878.amzn2.x86_64", "6.1.119-129.201.amzn2023.x86_64"),
        ("5.15.173.1-1.cm2", "6.6.57.1-7.azl3", "6.6.64.2-9.azl3"),
        ("6.8.0-rc3-generic", "6.8.0-31-generic"),
        ("6.6.9-gke", "6.6.56-gke"),
        (
            "AKSUbuntu-2204gen2containerd-202410.09.0",
            "AKSUbuntu-2204gen2containerd-202410.27.0",
            "AKSUbuntu-2204gen2containerd-202501.05.0",
        ),
    ],
)
def test_versions_as_they_were_released(oldest_first: Sequence[str]) -> None:
    for older, newer in pairwise(oldest_first):
        assert (compare(older, newer), compare(newer, older)) == (-1, 1)


def test_another_machine_is_no_other_version() -> None:
    assert compare("6.1.0-26-amd64", "6.1.0-26-arm64") == 0
    assert compare("5.14.0-503.el9.x86_64", "5.14.0-503.el9.aarch64") == 0


numbers = st.integers(0, 3000)
kernels = st.builds(
    "{}.{}.{}-{}-{}".format,
    *[numbers] * 4,
    st.sampled_from(["azure", "generic", "gke", "1.el9.x86_64"]),
)
texts = kernels | st.text(max_size=80) | st.text("0123456789ab.-_~^+", max_size=12)


@given(texts, texts, texts)
def test_any_texts_have_one_order(one: str, two: str, three: str) -> None:
    assert compare(one, one) == 0
    assert compare(one, two) == -compare(two, one)
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0


@given(st.lists(numbers, min_size=4, max_size=4), st.lists(numbers, min_size=4, max_size=4))
def test_numbers_decide_by_value(one: list[int], two: list[int]) -> None:
    texts = [f"{a}.{b}.{c}-{d}-azure" for a, b, c, d in (one, two)]
    assert compare(*texts) == (one > two) - (one < two)


def a_node(
    name: str, pool: str, kernel: str, image: str = "", *, system: str = "linux", version: str = ""
) -> Node:
    labels = {"agentpool": pool}
    if image:
        labels["kubernetes.azure.com/node-image-version"] = image
    return Node(
        metadata=ObjectMeta(name=name, uid=name, resource_version=version, labels=labels),
        status=NodeStatus(node_info=NodeInfo(kernel_version=kernel, operating_system=system)),
    )


few_kernels = st.sampled_from(["5.15.0-9-a", "5.15.0-10-a", "6.8.0-1-a", "6.8.0.1-a", ""])
few_images = st.sampled_from(["A-202410.09.0", "A-202410.27.0", ""])
names = st.sampled_from([f"node-{number}" for number in range(6)])
pools = st.sampled_from(["user", "gpu"])
systems = st.sampled_from(["linux", "linux", "linux", "windows"])
changes = st.one_of(
    st.tuples(names, st.none()),
    st.tuples(names, st.tuples(pools, few_kernels, few_images, systems)),
)


def behind(value: str, others: Sequence[str]) -> int:
    return len({other for other in others if value and other and compare(other, value) > 0})


@given(st.lists(st.lists(changes, max_size=5), max_size=12))
def test_counting_piece_by_piece_is_counting_all(batches: list[list[tuple[str, object]]]) -> None:
    store, versions = NodeStore(), iter(range(1, 10_000))
    for batch in batches:
        shown = {node.name: node for node in store.records()}
        store.take_changes()
        events: list[Change[Node]] = []
        for name, what in batch:
            if what is None:
                events.append(Change(Node(metadata=ObjectMeta(name=name)), deleted=True))
            else:
                pool, kernel, image, system = what  # type: ignore[misc]  # drawn by the strategy
                node = a_node(name, pool, kernel, image, system=system, version=str(next(versions)))
                events.append(Change(node, deleted=False))
        store.apply(events)

        told = store.take_changes()
        for node in store.records():
            peers = [item for item in store.records() if item.pool == node.pool and item.rebootable]
            kernels = [item.kernel for item in peers] if node.rebootable else []
            images = [item.node_image for item in peers] if node.rebootable else []
            assert node.drift.behind == behind(node.kernel, kernels)
            assert node.drift.image_behind == behind(node.node_image, images)
            assert all(compare(node.drift.newest_kernel, kernel) >= 0 for kernel in kernels)
            if shown.get(node.name) != node:
                assert node.name in told.changed, "whoever paints hears of it"
        assert store.counts.behind == sum(node.drift.behind > 0 for node in store.records())


def test_a_heartbeat_of_the_only_one_with_its_kernel_changes_no_other_row() -> None:
    store = NodeStore()
    store.load(
        a_node(name, "user", kernel, version="1")
        for name, kernel in (("old", "5.15.0-1"), ("new", "6.8.0-1"))
    )
    store.take_changes()
    store.apply([Change(a_node("new", "user", "6.8.0-1", version="2"), deleted=False)])
    assert store.take_changes().changed == {"new"}


def test_how_many_run_each_kernel_of_a_pool_newest_first() -> None:
    store = NodeStore()
    kernels = ["5.15.0-99-a", "5.15.0-100-a", "5.15.0-99-a", "6.8.0-1-a"]
    store.load(a_node(f"node-{index}", "user", kernel) for index, kernel in enumerate(kernels))
    assert store.drift.kernels()["user"] == [
        ("6.8.0-1-a", 1, 0),
        ("5.15.0-100-a", 1, 1),
        ("5.15.0-99-a", 2, 2),
    ]
    assert {node.name: node.drift.behind for node in store.records()} == {
        "node-0": 2,
        "node-1": 1,
        "node-2": 2,
        "node-3": 0,
    }
