"""What is made of a node object that is no machine of ours to reboot."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.cluster.node import NodeRecord, record
from kuredtui.kube.types import Node


def node(system: str, **labels: str) -> NodeRecord:
    body = {
        "metadata": {"name": "n", "labels": {k.replace("__", "/"): v for k, v in labels.items()}},
        "status": {"nodeInfo": {"operatingSystem": system, "bootID": "b"}},
    }
    return record(msgspec.convert(body, Node))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (node("linux"), ""),
        (node(""), ""),
        (node("windows"), "it runs windows, not Linux"),
        (node("", kubernetes__io__os="linux"), ""),
        (node("linux", type="virtual-kubelet"), "a virtual kubelet, not a machine"),
        (node("linux", type="spot"), ""),
    ],
)
def test_only_a_linux_machine_can_be_rebooted_from_here(found: NodeRecord, reason: str) -> None:
    assert (found.not_rebootable_reason, found.rebootable) == (reason, reason == "")
