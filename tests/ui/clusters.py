"""Nodes made up for the screen's tests, as the API would deliver them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from kuredtui.cluster.pending import FLATCAR_REBOOT_NEEDED, KURED_IN_PROGRESS
from kuredtui.kube.types import (
    Condition,
    Node,
    NodeAddress,
    NodeInfo,
    NodeSpec,
    NodeStatus,
    ObjectMeta,
    Taint,
)

# The moment at which all tests of the screen take place.
NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)

_versions = iter(range(1, 1_000_000_000))


def a_node(
    name: str = "node-1",
    *,
    pool: str = "user",
    ready: str = "True",
    cordoned: bool = False,
    pending: bool | None = None,
    kernel: str = "5.15.0-1089-azure",
    version: str = "v1.33.2",
    age: timedelta = timedelta(days=12),
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> Node:
    """A node; `ready` is the status of its Ready condition, `pending` None is unknown."""
    notes = dict(annotations or {})
    if pending:
        notes[KURED_IN_PROGRESS] = (NOW - timedelta(hours=3)).isoformat()
    elif pending is not None:
        notes[FLATCAR_REBOOT_NEEDED] = "false"
    return Node(
        metadata=ObjectMeta(
            name=name,
            uid=f"uid-of-{name}",
            resource_version=str(next(_versions)),
            creation_timestamp=NOW - age,
            labels={"agentpool": pool, "kubernetes.io/os": "linux", **(labels or {})},
            annotations=notes,
        ),
        spec=NodeSpec(
            unschedulable=cordoned,
            taints=[Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")]
            if cordoned
            else [],
        ),
        status=NodeStatus(
            conditions=[
                Condition(
                    type="MemoryPressure",
                    status="False",
                    reason="KubeletHasSufficientMemory",
                    message="kubelet has sufficient memory available",
                    last_transition_time=NOW - age,
                ),
                Condition(
                    type="Ready",
                    status=ready,
                    reason="KubeletReady" if ready == "True" else "KubeletNotReady",
                    message="kubelet is posting ready status",
                    last_transition_time=NOW - timedelta(hours=2),
                ),
            ],
            addresses=[NodeAddress(type="InternalIP", address="10.224.0.4")],
            node_info=NodeInfo(
                boot_id=f"boot-of-{name}",
                kernel_version=kernel,
                os_image="Ubuntu 22.04.5 LTS",
                kubelet_version=version,
                container_runtime_version="containerd://1.7.27-1",
                operating_system="linux",
                architecture="amd64",
            ),
        ),
    )


def many_nodes(count: int, *, seed: int = 1) -> list[Node]:
    """A cluster of three pools in the middle of a patch night."""
    dice = random.Random(seed)
    return [
        a_node(
            f"aks-{(pool := dice.choice(['system', 'user', 'gpu']))}-38412-vmss{number:06x}",
            pool=pool,
            ready=dice.choices(["True", "False", "Unknown"], [30, 1, 1])[0],
            cordoned=dice.random() < 0.1,
            pending=dice.choice([True, False, None]),
            kernel=dice.choice(["5.15.0-1089-azure", "5.15.0-1090-azure"]),
            age=timedelta(seconds=dice.randint(30, 9_000_000)),
        )
        for number in range(count)
    ]
