"""The options of one run: they count for it, before the running kured's, and for no other."""

from __future__ import annotations

from kuredtui.cluster.hook_names import HookName
from kuredtui.engine.phases import Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.session import Session
from tests.engine.conftest import finished, running_session
from tests.engine.draining import runs
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually


async def test_they_count_for_their_operation_alone(cluster: TestCluster, session: Session) -> None:
    node = cluster.node_names[0]
    await cluster.create_pod("bare", node=node)
    await eventually(lambda: runs(cluster, "bare"))
    careful = session.start_drain(node, changes={"evict_uncontrolled": False})
    assert await finished(careful) is Phase.FAILED
    assert "bare has no controller" in careful.error
    assert await finished(session.start_drain(node)) is Phase.DRAINED


async def test_a_plan_can_be_seen_with_them(cluster: TestCluster, session: Session) -> None:
    node = cluster.node_names[0]
    await cluster.create_pod("bare", node=node)
    await eventually(lambda: runs(cluster, "bare"))
    plan = await session.plan(node, changes={"evict_uncontrolled": False})
    assert [pod.name for pod in plan.refused] == ["bare"]
    assert not (await session.plan(node)).refused


async def test_the_policy_can_be_asked_beforehand(cluster: TestCluster) -> None:
    never = PolicyOptions(
        start_time="3:00", end_time="3:00", given=frozenset({"start_time", "end_time"})
    )
    async with running_session(cluster, policy=never) as session:
        answers = await session.ask_policy(cluster.node_names[0])
    assert HookName.TIME_WINDOW in [answer.hook for answer in answers]
    assert await session.ask_policy("no-such-node") == []
