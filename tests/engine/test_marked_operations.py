"""What stands on a node while an operation of ours waits, works and ends."""

from __future__ import annotations

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION, journal_view
from kuredtui.cluster.pending import KURED_IN_PROGRESS
from kuredtui.engine import admission
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.kube.resources import DAEMONSETS, NODES
from kuredtui.kube.types import Node
from tests.engine.conftest import finished, reached, running_session
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.prometheus import fake_prometheus

LOCK = "weave.works/kured-node-lock"
TAINT = "weave.works/kured-node-reboot"
LABEL = "example.com/maintenance"
SETTINGS = {
    "prefer_no_schedule_taint": TAINT,
    "annotate_nodes": True,
    "pre_reboot_node_labels": (f"{LABEL}=true",),
    "post_reboot_node_labels": (f"{LABEL}=false",),
}


async def set_lock(cluster: TestCluster, value: str | None) -> None:
    """The lock's annotation."""
    body = {"metadata": {"annotations": {LOCK: value}}}
    await cluster.client.patch(DAEMONSETS, "kured", body, namespace=cluster.kured_namespace)


async def node_of(cluster: TestCluster) -> Node:
    return await cluster.client.get(NODES, cluster.node_names[0])


def tainted(node: Node) -> bool:
    return any(taint.key == TAINT for taint in node.spec.taints)


async def is_tainted(cluster: TestCluster) -> bool:
    return tainted(await node_of(cluster))


async def is_untainted(cluster: TestCluster) -> bool:
    return not tainted(await node_of(cluster))


async def check_clean(cluster: TestCluster) -> None:
    """Nothing of the operation is left on the node."""
    node = await node_of(cluster)
    assert not tainted(node)
    assert OPERATION_ANNOTATION not in node.metadata.annotations
    assert KURED_IN_PROGRESS not in node.metadata.annotations
    assert not node.spec.unschedulable


async def test_a_rebooted_node_is_marked_on_the_way_and_clean_afterwards(
    cluster: TestCluster,
) -> None:
    await set_lock(cluster, '{"nodeID":"manual"}')
    async with running_session(cluster, **SETTINGS) as session:
        operation = session.start_reboot(cluster.node_names[0])
        await reached(operation, Phase.WAITING)
        await eventually(lambda: is_tainted(cluster))
        journal = journal_view((await node_of(cluster)).metadata.annotations[OPERATION_ANNOTATION])
        assert journal is not None
        assert journal.phase == "waiting"

        await set_lock(cluster, None)
        await reached(operation, Phase.DRAINING, Phase.REBOOTING, Phase.RETURNING)
        during = await node_of(cluster)
        assert during.metadata.labels[LABEL] == "true"
        assert KURED_IN_PROGRESS in during.metadata.annotations

        assert await finished(operation) is Phase.DONE, operation.error
    await check_clean(cluster)
    assert (await node_of(cluster)).metadata.labels[LABEL] == "false"


async def test_an_operation_that_is_cancelled_while_it_waits_leaves_nothing(
    cluster: TestCluster,
) -> None:
    await set_lock(cluster, '{"nodeID":"manual"}')
    async with running_session(cluster, **SETTINGS) as session:
        operation = session.start_reboot(cluster.node_names[0])
        await eventually(lambda: is_tainted(cluster))
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    await check_clean(cluster)
    assert LABEL not in (await node_of(cluster)).metadata.labels
    await set_lock(cluster, None)


async def test_a_node_whose_turn_is_not_near_any_more_is_not_tainted(
    cluster: TestCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in kured, whose taint goes when the window closes."""
    monkeypatch.setattr(admission, "_LOOK_AGAIN_SECONDS", 0.1)
    await set_lock(cluster, '{"nodeID":"manual"}')
    async with fake_prometheus() as server:
        policy = PolicyOptions(prometheus_url=server.url)
        async with running_session(cluster, policy=policy, **SETTINGS) as session:
            operation = session.start_reboot(cluster.node_names[0])
            await eventually(lambda: is_tainted(cluster))
            server.alert("NodeDown")
            await eventually(lambda: is_untainted(cluster), timeout=30)
            assert operation.phase is Phase.WAITING
            operation.cancel()
            assert await operation.ended() is Outcome.CANCELLED
    await check_clean(cluster)
    await set_lock(cluster, None)


async def test_a_colleague_without_the_settings_takes_the_marks_back(cluster: TestCluster) -> None:
    await set_lock(cluster, '{"nodeID":"manual"}')
    async with running_session(cluster, **SETTINGS) as session:
        session.start_reboot(cluster.node_names[0])
        await eventually(lambda: is_tainted(cluster))
    async with running_session(cluster, orphan_after=0.5) as colleague:
        await eventually(lambda: colleague.orphans() == [cluster.node_names[0]])
        operation = colleague.roll_back(cluster.node_names[0])
        assert await operation.ended() is Outcome.CANCELLED
    await check_clean(cluster)
    await set_lock(cluster, None)
