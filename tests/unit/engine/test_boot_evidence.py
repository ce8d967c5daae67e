"""What is seen of a node that is to come back in another boot, and what is said of one that does not."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.boot_evidence import BootWatch, why_not_judged
from kuredtui.engine.errors import NodeGone
from kuredtui.engine.node_feed import NodeFeed
from tests.unit.engine.node_records import node_object, node_record, store_of

OLD, NEW = "boot-n", "boot-2"


class Nodes:
    """A node `n` that a watch follows."""

    def __init__(self) -> None:
        self.feed = NodeFeed(store_of(node_object("n")))
        self.noted: list[str] = []
        self._versions = itertools.count(2)
        self.watch = BootWatch(
            nodes=self.feed, name="n", uid="uid-n", boot_id=OLD, note=self.noted.append
        )

    def see(self, **changes: object) -> NodeRecord | None:
        """The node is so now. Returns it once it is back."""
        version = str(next(self._versions))
        node = msgspec.structs.replace(node_record("n"), resource_version=version, **changes)  # type: ignore[arg-type]  # a test names the facts
        self.feed.store.replace(["n"], [node])
        return self.watch._look()

    def lose(self) -> NodeRecord | None:
        """The node object is gone."""
        self.feed.store.replace([], [])
        return self.watch._look()


def test_ready_in_a_new_boot_it_is_back_though_it_was_never_seen_down() -> None:
    found = Nodes().see(boot_id=NEW)
    assert found is not None
    assert found.boot_id == NEW


def test_not_ready_yet_it_is_not_back() -> None:
    nodes = Nodes()
    assert nodes.see(boot_id=NEW, status="NotReady") is None
    assert nodes.noted == ["booted, not ready yet"]
    assert nodes.watch.why_not() == "It has booted, but does not get Ready."
    assert nodes.see(boot_id=NEW) is not None


def test_down_and_up_in_its_old_boot_it_did_not_reboot() -> None:
    nodes = Nodes()
    assert nodes.see(status="NotReady") is None
    assert nodes.watch.why_not() == "It went down and has not come back."
    assert nodes.see() is None
    assert nodes.noted == ["down", "ready again in its old boot"]
    assert "came back in its old boot: it did not reboot" in nodes.watch.why_not()


def test_never_down() -> None:
    nodes = Nodes()
    assert nodes.see() is None
    assert nodes.watch.why_not() == "It never went down."


def test_gone_for_a_while_it_may_come_again() -> None:
    nodes = Nodes()
    assert nodes.lose() is None
    assert nodes.watch.missing
    assert nodes.see(boot_id=NEW) is not None
    assert not nodes.watch.missing


def test_another_machine_under_its_name_is_not_it() -> None:
    with pytest.raises(NodeGone, match="replaced, not rebooted"):
        Nodes().see(uid="other", boot_id=NEW)


def test_uncordoned_is_only_who_was_cordoned() -> None:
    nodes = Nodes()
    nodes.see()
    assert not nodes.watch.uncordoned
    nodes.see(cordoned=True)
    nodes.see(cordoned=False)
    assert nodes.watch.uncordoned


def test_a_kubelet_that_cannot_tell_its_boot_proves_none() -> None:
    nodes = Nodes()
    assert nodes.see(boot_id="") is None
    assert nodes.see(boot_id=OLD) is None
    assert nodes.see(boot_id=NEW) is not None


async def test_its_time_has_an_end() -> None:
    with pytest.raises(TimeoutError):
        await Nodes().watch.until_back(limit=0.01)


def test_a_cordon_that_is_undone_before_it_was_seen_is_undone_all_the_same() -> None:
    nodes = Nodes()
    nodes.watch.cordoned_at = "2"
    nodes.see(cordoned=False)  # version 2, as our own write left it, would be cordoned
    assert not nodes.watch.uncordoned
    nodes.see(cordoned=False)
    assert nodes.watch.uncordoned


def test_a_node_without_a_boot_id_cannot_be_judged() -> None:
    node = msgspec.structs.replace(node_record("n"), boot_id="")
    assert "reports no bootID" in why_not_judged(node, store_of())


def test_nodes_that_share_a_kernel_cannot_be_judged() -> None:
    one, twin = node_record("n"), msgspec.structs.replace(node_record("twin"), boot_id=OLD)
    store = store_of()
    store.replace([one.name, twin.name], [one, twin])
    assert "share a kernel" in why_not_judged(one, store)


def test_uncordoned_in_its_new_boot_before_it_is_ready_it_was_not_kept_from_rebooting() -> None:
    """A kured on it does that, as soon as it runs again."""
    nodes = Nodes()
    nodes.see(cordoned=True)
    nodes.see(boot_id=NEW, status="NotReady", cordoned=False)
    assert nodes.watch.booted
    assert not nodes.watch.uncordoned
