"""What is said of nodes that come, go and change: above all what was replaced and not rebooted."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.pending import Pending
from kuredtui.engine.node_news import NodeNews
from kuredtui.engine.own_cordons import OwnCordons
from kuredtui.engine.progress import Progress
from kuredtui.kube.types import Node, NodeInfo, NodeStatus, ObjectMeta

OLD, NEW = "AKSUbuntu-2204gen2containerd-202510.19.1", "AKSUbuntu-2204gen2containerd-202511.02.0"


def node(name: str, **changes: object) -> NodeRecord:
    found = record(
        Node(
            metadata=ObjectMeta(name=name, uid=f"uid of {name}", labels={"agentpool": "user"}),
            status=NodeStatus(
                node_info=NodeInfo(
                    kernel_version="5.15.0-1096-azure", kubelet_version="v1.33.5", boot_id=name
                )
            ),
        )
    )
    return msgspec.structs.replace(found, **{"node_image": OLD, **changes})


class Said:
    """The news, and the nodes there are."""

    def __init__(self, *nodes: NodeRecord) -> None:
        self.records: list[Progress] = []
        self.now = 0.0
        self.nodes = {item.name: item for item in nodes}
        self._news = NodeNews(
            self.records.append,
            nodes=lambda: self.nodes.values(),
            own=OwnCordons(lambda _node, _journal: False),
            clock=lambda: self.now,
        )

    def put(self, item: NodeRecord) -> str:
        before = self.nodes.get(item.name)
        self.nodes[item.name] = item
        return self._tell(before, item)

    def drop(self, name: str) -> str:
        return self._tell(self.nodes.pop(name), None)

    def _tell(self, before: NodeRecord | None, after: NodeRecord | None) -> str:
        count = len(self.records)
        self._news.tell(before, after)
        return " ".join(item.message for item in self.records[count:])


def test_an_upgrade_of_the_image_under_the_same_name_is_no_reboot() -> None:
    said = Said(node("a"), node("b"))
    assert said.drop("a") == "The node is gone."
    assert said.put(node("a", uid="2", node_image=NEW, kernel="5.15.0-1098-azure")) == (
        "The node is there again, Unknown, kernel 5.15.0-1098-azure: replaced by an upgrade of the node "
        f"image, not rebooted: image {OLD} -> {NEW}, kernel 5.15.0-1096-azure -> 5.15.0-1098-azure."
    )


def test_so_it_is_where_both_are_seen_in_one_list() -> None:
    said = Said(node("a"))
    assert said.put(node("a", uid="2", node_image=NEW)) == (
        f"The node was replaced by an upgrade of the node image, not rebooted: image {OLD} -> {NEW}."
    )


def test_another_machine_of_the_same_kind_is_called_so() -> None:
    said = Said(node("a"))
    assert said.put(node("a", uid="2")) == "The node was replaced by another machine, not rebooted."


@pytest.mark.parametrize("new_first", [True, False])
def test_a_newer_node_in_the_place_of_one_that_went_replaces_it(new_first: bool) -> None:
    said = Said(node("a"))
    newer = node("z", node_image=NEW)
    if new_first:
        assert "in the place" not in said.put(newer)
        assert said.drop("a") == (
            "The node is gone. z is in its place: replaced by an upgrade of the node image, not "
            f"rebooted: image {OLD} -> {NEW}."
        )
    else:
        assert said.drop("a") == "The node is gone."
        assert "A new node in the place of a, " in said.put(newer)


@pytest.mark.parametrize("changes", [{}, {"node_image": NEW, "pool": "other"}])
def test_scaling_is_no_replacement(changes: dict[str, object]) -> None:
    said = Said(node("a"))
    said.drop("a")
    assert "in the place" not in said.put(node("z", **changes))


def test_who_went_long_ago_is_not_replaced_any_more() -> None:
    said = Said(node("a"))
    said.drop("a")
    said.now = 4000.0
    assert "in the place" not in said.put(node("z", node_image=NEW))


def test_an_upgrade_of_the_cluster_is_told_with_its_first_node_alone() -> None:
    said = Said(node("a"), node("b"), node("c"))
    said.drop("a")
    first = said.put(node("a", uid="2", version="v1.34.1", node_image=NEW))
    assert (
        "replaced by an upgrade of the cluster, not rebooted: kubelet v1.33.5 -> v1.34.1" in first
    )
    assert "The cluster is being upgraded: the first kubelet v1.34.1 beside v1.33.5." in first
    said.drop("b")
    assert "is being upgraded" not in said.put(node("b", uid="2", version="v1.34.1"))


def test_a_kubelet_that_is_upgraded_in_place_is_one_too() -> None:
    said = Said(node("a"), node("b"))
    told = said.put(node("a", version="v1.34.1"))
    assert "The kubelet is v1.34.1 (was v1.33.5)." in told
    assert "The cluster is being upgraded" in told


def test_an_older_kubelet_is_no_upgrade() -> None:
    said = Said(node("a"))
    assert "upgraded" not in said.put(node("b", version="v1.32.9"))


def test_that_nobody_tells_of_a_reboot_any_more_is_not_called_a_no() -> None:
    said = Said(node("a", pending=Pending(state="no", source="kured's metric")))
    assert said.put(node("a")) == "Whether the node needs a reboot is not known for now."
