"""Rollouts on a cluster: who goes when, what stops them, and what an operator may do meanwhile."""

from __future__ import annotations

import pytest

from kuredtui.engine import admission
from kuredtui.engine.phases import Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.rollout import Rollout
from kuredtui.engine.rollout_entry import EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.session import Session
from kuredtui.kube.resources import NODES, PODS
from tests.engine.conftest import messages, reached, running_session
from tests.engine.facts import held_by, write_kureds_lock
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

DONE, FAILED, QUEUED = EntryState.DONE, EntryState.FAILED, EntryState.QUEUED


async def over(rollout: Rollout) -> list[EntryState]:
    """How each node stands when the rollout is over, by name."""
    await eventually(lambda: rollout.finished, timeout=90, what="the end of the rollout")
    return [rollout.entries[name].state for name in sorted(rollout.entries)]


def at_work(session: Session) -> list[str]:
    return [name for name, item in session.operations.items() if item.outcome is None]


async def boots(cluster: TestCluster) -> list[str]:
    nodes = [await cluster.client.get(NODES, name) for name in cluster.node_names]
    return [node.status.node_info.boot_id for node in nodes]


async def refuse_drain(cluster: TestCluster, node: str) -> None:
    """A pod on the node that no controller brings back; these sessions may not evict such."""
    await cluster.create_pod(f"bare-{node}", node=node)
    await eventually(lambda: running(cluster, f"bare-{node}"))


async def running(cluster: TestCluster, name: str) -> bool:
    pods = [pod for pod in await cluster.pods() if pod.metadata.name == name]
    return bool(pods) and pods[0].status.phase == "Running"


async def test_all_nodes_are_rebooted_one_at_a_time(cluster: TestCluster, session: Session) -> None:
    before = await boots(cluster)
    rollout = session.start_rollout(cluster.node_names, options=RolloutOptions())
    most = 0

    def watched() -> bool:
        nonlocal most
        most = max(most, len(at_work(session)))
        return rollout.finished

    await eventually(watched, timeout=90)
    assert await over(rollout) == [DONE, DONE, DONE]
    assert most == 1
    assert not set(before) & set(await boots(cluster))
    after = [await cluster.client.get(NODES, name) for name in cluster.node_names]
    assert not any(node.spec.unschedulable for node in after)


async def test_the_first_failure_stops_it(cluster: TestCluster) -> None:
    async with running_session(cluster, evict_uncontrolled=False) as session:
        await refuse_drain(cluster, cluster.node_names[0])
        rollout = session.start_rollout(cluster.node_names, options=RolloutOptions())
        assert await over(rollout) == [FAILED, QUEUED, QUEUED]
        assert rollout.stopped
        assert "bare" in rollout.entries[cluster.node_names[0]].reason
        assert not any(said.endswith("..") for said in messages(session))


async def test_it_goes_on_after_as_many_failures_as_allowed(cluster: TestCluster) -> None:
    async with running_session(cluster, evict_uncontrolled=False) as session:
        await refuse_drain(cluster, cluster.node_names[0])
        options = RolloutOptions(stop_after=2)
        rollout = session.start_rollout(cluster.node_names, options=options)
        assert await over(rollout) == [FAILED, DONE, DONE]


@pytest.mark.parametrize("stop_after", [0, 1])
async def test_a_node_that_does_not_come_back_stops_it_whatever_is_allowed(
    cluster: TestCluster, stop_after: int
) -> None:
    async with running_session(cluster, reboot_timeout=3.0) as session:
        await cluster.faults.set_boot(cluster.node_names[0], None)
        options = RolloutOptions(stop_after=stop_after)
        rollout = session.start_rollout(cluster.node_names, options=options)
        assert await over(rollout) == [FAILED, QUEUED, QUEUED]
        assert "did not come back" in rollout.stopped
        await cluster.faults.set_boot(cluster.node_names[0], 1.0)


async def test_a_node_that_a_budget_holds_back_gives_way_to_the_others(
    cluster: TestCluster,
) -> None:
    pods = await cluster.create_workload("held", replicas=1, budget={"maxUnavailable": 0})
    held = pods[0].spec.node_name
    async with running_session(cluster, drain_timeout=4.0) as session:
        options = RolloutOptions(give_way_after=0.2, give_way_times=1, stop_after=0)
        first = [held, *(name for name in cluster.node_names if name != held)][:2]
        rollout = session.start_rollout(first, options=options)
        states = await over(rollout)
        assert sorted(states) == sorted([DONE, FAILED])
        assert rollout.entries[held].state is FAILED
        assert rollout.entries[held].gave_way == (1 if held == min(first) else 0)
        assert "budget" in rollout.entries[held].reason.lower()


async def test_a_node_that_a_pod_blocks_lets_the_others_go_first(
    cluster: TestCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That the pod is gone nobody tells.
    monkeypatch.setattr(admission, "_LOOK_AGAIN_SECONDS", 0.5)
    blocked = cluster.node_names[0]
    await cluster.create_pod("job", node=blocked, labels={"run": cluster.namespace})
    policy = PolicyOptions(blocking_pod_selector=(f"run={cluster.namespace}",))
    async with running_session(cluster, policy=policy) as session:
        rollout = session.start_rollout(cluster.node_names, options=RolloutOptions())
        others = cluster.node_names[1:]
        await eventually(
            lambda: all(rollout.entries[name].state is DONE for name in others), timeout=60
        )
        assert rollout.entries[blocked].state in (QUEUED, EntryState.AT_WORK)
        await cluster.client.delete(PODS, "job", namespace=cluster.namespace, grace_seconds=0)
        assert await over(rollout) == [DONE, DONE, DONE]
        assert not rollout.entries[blocked].gave_way


async def test_a_paused_rollout_begins_nothing_until_it_goes_on(
    cluster: TestCluster, session: Session
) -> None:
    rollout = session.start_rollout(cluster.node_names[:2], options=RolloutOptions())
    rollout.pause()
    await eventually(lambda: rollout.holding == "the rollout is paused")
    assert not session.operations
    rollout.resume()
    assert await over(rollout) == [DONE, DONE]


async def waiting(rollout: Rollout, session: Session, node: str) -> None:
    """Return when the node has had its turn, and waits for the lock."""
    await eventually(
        lambda: (
            rollout.entries[node].state is EntryState.AT_WORK
            and session.operations[node].phase is Phase.WAITING
        )
    )


async def test_a_node_that_waits_for_the_lock_is_not_begun_while_it_is_paused(
    cluster: TestCluster, session: Session
) -> None:
    await write_kureds_lock(cluster, held_by("manual"))
    rollout = session.start_rollout(cluster.node_names[:1], options=RolloutOptions())
    await waiting(rollout, session, cluster.node_names[0])
    rollout.pause()
    await eventually(lambda: rollout.entries[cluster.node_names[0]].state is QUEUED)
    await write_kureds_lock(cluster, None)
    assert not at_work(session)
    rollout.resume()
    assert await over(rollout) == [DONE]


async def test_a_node_that_waits_for_the_lock_is_not_begun_after_a_stop(
    cluster: TestCluster, session: Session
) -> None:
    await write_kureds_lock(cluster, held_by("manual"))
    before = await boots(cluster)
    rollout = session.start_rollout(cluster.node_names[:1], options=RolloutOptions())
    await waiting(rollout, session, cluster.node_names[0])
    rollout.stop()
    assert await over(rollout) == [QUEUED]
    await write_kureds_lock(cluster, None)
    assert await boots(cluster) == before


async def test_a_node_that_waits_for_the_lock_is_not_begun_while_another_is_down(
    cluster: TestCluster, session: Session
) -> None:
    ours, down = cluster.node_names[0], f"{cluster.namespace}-down"
    await write_kureds_lock(cluster, held_by("manual"))
    rollout = session.start_rollout([ours], options=RolloutOptions())
    await waiting(rollout, session, ours)
    # Nobody plays this one, so it is never Ready.
    await cluster.client.create(
        NODES, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": down}}
    )
    try:
        await eventually(lambda: down in rollout.holding, timeout=60)
        await eventually(lambda: rollout.entries[ours].state is QUEUED)
        await write_kureds_lock(cluster, None)
        assert not at_work(session)
    finally:
        await cluster.client.delete(NODES, down)
    assert await over(rollout) == [DONE]


async def test_a_skipped_node_is_left_alone(cluster: TestCluster, session: Session) -> None:
    rollout = session.start_rollout(cluster.node_names[:2], options=RolloutOptions())
    assert rollout.skip(cluster.node_names[1])
    assert await over(rollout) == [DONE, EntryState.SKIPPED]
    said = [line.message for line in session.progress.records() if "skipped" in line.message]
    assert "Rollout: skipped: by the operator." in said


async def test_stopping_ends_it_after_the_current_node(
    cluster: TestCluster, session: Session
) -> None:
    rollout = session.start_rollout(cluster.node_names[:2], options=RolloutOptions())
    await eventually(lambda: at_work(session))
    await reached(session.operations[at_work(session)[0]], Phase.RETURNING)
    rollout.stop()
    assert await over(rollout) == [DONE, QUEUED]


async def test_cancelling_undoes_the_current_node(cluster: TestCluster) -> None:
    await cluster.create_workload("held", replicas=3, budget={"maxUnavailable": 0})
    async with running_session(cluster) as session:
        rollout = session.start_rollout(cluster.node_names[:2], options=RolloutOptions())
        await eventually(lambda: at_work(session))
        first = session.operations[at_work(session)[0]]
        await reached(first, Phase.DRAINING)
        rollout.cancel()
        assert await over(rollout) == [EntryState.CANCELLED, QUEUED]
        assert not (await cluster.client.get(NODES, first.node)).spec.unschedulable


async def test_a_node_that_somebody_else_rebooted_meanwhile_is_skipped(
    cluster: TestCluster, session: Session
) -> None:
    first, second = cluster.node_names[:2]
    rollout = session.start_rollout([first, second], options=RolloutOptions())
    rollout.pause()
    assert await over_alone(session, second) is Phase.DONE
    rollout.resume()
    assert await over(rollout) == [DONE, EntryState.SKIPPED]
    assert "somebody else" in rollout.entries[second].reason


async def over_alone(session: Session, node: str) -> Phase:
    operation = session.start_reboot(node)
    await operation.ended()
    return operation.phase


async def test_a_second_rollout_is_refused_while_one_runs(
    cluster: TestCluster, session: Session
) -> None:
    rollout = session.start_rollout(cluster.node_names[:1], options=RolloutOptions())
    with pytest.raises(ValueError, match="under way"):
        session.start_rollout(cluster.node_names[1:], options=RolloutOptions())
    assert await over(rollout) == [DONE]


async def test_a_node_that_is_not_there_refuses_it(cluster: TestCluster, session: Session) -> None:
    with pytest.raises(ValueError, match="no node nowhere"):
        session.start_rollout([cluster.node_names[0], "nowhere"], options=RolloutOptions())


async def test_nothing_begins_while_a_node_soaks(cluster: TestCluster, session: Session) -> None:
    rollout = session.start_rollout(cluster.node_names[:2], options=RolloutOptions(soak=3600.0))
    await eventually(lambda: "watched for a while" in rollout.holding, timeout=60)
    assert len(session.operations) == 1
    rollout.stop()
    assert await over(rollout) == [DONE, QUEUED]
    assert any("over: 1 queued, 1 done" in said for said in messages(session))
