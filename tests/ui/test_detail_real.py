"""The detail on a cluster: what its tabs say of a node that was drained."""

from __future__ import annotations

import pytest

from kuredtui.engine.phases import Phase
from tests.engine.conftest import finished, running_session
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody
from tests.ui.real import choose, console_on

TIMEOUT = 30.0


async def test_what_was_done_by_another_session_is_told(cluster: TestCluster) -> None:
    node = cluster.node_names[0]
    async with running_session(cluster) as session:
        operation = session.start_drain(node)
        await finished(operation)
        assert operation.phase is Phase.DRAINED

        async def told() -> bool:
            events = (await session.node_events(node)).events
            return any(
                event.reason == "OperationDrained" and operation.id in event.message
                for event in events
            )

        await eventually(told)
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, node)
        await reader.press("enter", "4")
        await reader.see("The journal on the node", "has drained this node", timeout=TIMEOUT)
        await reader.see(operation.id, "draining", timeout=TIMEOUT)
        await reader.press("3")
        await reader.see("OperationDrained", timeout=TIMEOUT)


async def test_the_pods_are_those_of_the_node(cluster: TestCluster) -> None:
    (pod,) = await cluster.create_workload("web", budget={"maxUnavailable": 0})
    async with console_on(cluster, cluster.client) as reader:
        await choose(reader, pod.spec.node_name)
        await reader.press("enter", "2")
        await reader.see("NEVER", "Budgets of these pods", "SHUT", timeout=TIMEOUT)
        assert f"{cluster.namespace}/web" in reader.text


@pytest.mark.embedded
async def test_who_may_not_list_pods_or_events_is_told_which_right_is_missing(
    cluster: TestCluster,
) -> None:
    node = cluster.node_names[0]
    async with (
        somebody(cluster, denied=["list pods", "list events"]) as client,
        console_on(cluster, client) as reader,
    ):
        await choose(reader, node)
        await reader.press("enter")
        page = reader.app.main.detail.page
        for key, resource in (("2", "pods"), ("3", "events"), ("4", "events")):
            await reader.press(key)
            said = f'cannot list resource "{resource}"'
            await eventually(lambda said=said: said in page.text, timeout=TIMEOUT)
