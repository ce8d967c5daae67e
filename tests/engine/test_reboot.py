"""The reboot of a node from beginning to end."""

from __future__ import annotations

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.engine.conftest import finished, messages, running_session
from tests.engine.facts import Carrier, reboot_pods
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Referee, Rules, judge
from tests.support.referee.rules import Actor

LOCK = "weave.works/kured-node-lock"


async def lock_of(cluster: TestCluster) -> str | None:
    """The lock's annotation as it stands."""
    kured = await cluster.client.get(DAEMONSETS, "kured", namespace=cluster.kured_namespace)
    return kured.metadata.annotations.get(LOCK)


async def test_a_node_is_rebooted_and_given_back(cluster: TestCluster, session: Session) -> None:
    pods = await cluster.create_workload("web", replicas=3)
    name = pods[0].spec.node_name
    before = await cluster.client.get(NODES, name)

    operation = session.start_reboot(name)
    assert await finished(operation) is Phase.DONE, operation.error

    after = await cluster.client.get(NODES, name)
    assert after.status.node_info.boot_id != before.status.node_info.boot_id
    assert not after.spec.unschedulable
    assert OPERATION_ANNOTATION not in after.metadata.annotations
    assert await lock_of(cluster) is None
    left = {pod.metadata.uid for pod in await cluster.pods("app=web")}
    evicted = {pod.metadata.uid for pod in pods if pod.spec.node_name == name}
    assert not left & evicted
    kured = await cluster.client.list(PODS, namespace=cluster.kured_namespace)
    assert not [pod for pod in kured.items if pod.metadata.name.startswith("kuredtui-reboot")]
    assert any("new boot" in message for message in messages(session))


async def test_a_node_that_was_cordoned_stays_cordoned(
    cluster: TestCluster, session: Session
) -> None:
    name = cluster.node_names[0]
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})

    operation = session.start_reboot(name)
    assert await finished(operation) is Phase.DONE, operation.error

    assert (await cluster.client.get(NODES, name)).spec.unschedulable
    assert await lock_of(cluster) is None


# From here on with a lock of the test's own: a kured that has just started, and finds the lock handed to its
# node, takes the node for rebooted and gives it back.


async def test_who_comes_to_the_node_before_a_reboot_that_is_delayed_goes_too(
    carrier: Carrier,
) -> None:
    cluster, name = carrier.cluster, carrier.cluster.node_names[0]
    async with running_session(cluster, **carrier.options, reboot_delay=2.0) as session:
        operation = session.start_reboot(name)
        await eventually(lambda: any("reboot follows" in text for text in messages(session)))
        late = await cluster.create_pod("late", node=name)
        assert await operation.ended() is Outcome.DONE, operation.error
        assert any("late is evicted" in text for text in messages(session))
    assert late.metadata.uid not in {pod.metadata.uid for pod in await cluster.pods()}


async def test_a_machine_that_is_never_seen_down_has_rebooted_all_the_same(
    carrier: Carrier,
) -> None:
    cluster, name = carrier.cluster, carrier.cluster.node_names[0]
    await cluster.faults.go_silently(name)
    await cluster.faults.set_boot(name, 0.1)
    async with running_session(cluster, **carrier.options) as session:
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
        assert "The node is down." not in messages(session)


async def test_a_kubelet_that_starts_the_reboot_pod_once_more_reboots_only_once(
    carrier: Carrier,
) -> None:
    cluster, name = carrier.cluster, carrier.cluster.node_names[0]
    await cluster.faults.forget_containers(name)
    async with (
        Referee(cluster.client, namespace=cluster.namespace, name=carrier.name) as referee,
        running_session(cluster, **carrier.options) as session,
    ):
        operation = session.start_reboot(name)
        assert await operation.ended() is Outcome.DONE, operation.error
        await eventually(lambda: none_left(cluster), timeout=30)
        verdict = judge(await referee.catch_up(), Rules(nodes=frozenset({name}), allowed=1))
    assert not verdict.findings, verdict.told()
    assert verdict.reboots == [(name, Actor.OURS)]


async def none_left(cluster: TestCluster) -> bool:
    """Whether no reboot pod of ours exists any more."""
    return not await reboot_pods(cluster)


async def test_what_is_no_machine_of_ours_is_listed_and_refused(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await cluster.client.patch(NODES, name, {"metadata": {"labels": {"type": "virtual-kubelet"}}})
    async with running_session(cluster) as session:
        assert name in session.store
        with pytest.raises(ValueError, match="cannot be rebooted from here: a virtual kubelet"):
            session.start_reboot(name)
    await cluster.client.patch(NODES, name, {"metadata": {"labels": {"type": None}}})
