"""What was reported about a node, as it is read back from the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kuredtui.engine import events_seen
from kuredtui.engine.events_seen import EventsSeen, read_node_events
from kuredtui.engine.past_operations import past_operations
from kuredtui.engine.session import Session
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import EVENTS
from tests.engine.conftest import finished
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody

# A real cluster has events of its own on its nodes, and those of tests before.
MARK = uuid4().hex[:8]


@pytest.fixture
def node(cluster: TestCluster) -> str:
    return cluster.node_names[0]


def when(ago: timedelta) -> str:
    return (datetime.now(UTC) - ago).isoformat(timespec="seconds").replace("+00:00", "Z")


async def report(
    cluster: TestCluster, node: str, message: str, *, ago: timedelta = timedelta(), **fields: object
) -> None:
    """Report as client-go's older recorder does, which kubelets use."""
    body: JsonObject = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{node}."},
        "involvedObject": {"kind": "Node", "name": node, "uid": node},
        "type": "Normal",
        "reason": "Tested",
        "message": f"{MARK} {message}",
        "firstTimestamp": when(ago),
        "lastTimestamp": when(ago),
        "count": 1,
        "source": {"component": "kubelet", "host": node},
        **fields,
    }
    await cluster.client.create(EVENTS, body, namespace="default")


def messages(seen: EventsSeen) -> list[str]:
    return [
        event.message.removeprefix(f"{MARK} ")
        for event in seen.events
        if event.message.startswith(MARK)
    ]


async def test_they_are_those_of_the_node_the_newest_last(cluster: TestCluster, node: str) -> None:
    # Within one second the order is that in which they were written.
    for number, ago in enumerate((2, 3, 1, 1, 1)):
        await report(cluster, node, f"event {number}", ago=timedelta(minutes=ago))
    await report(cluster, "another-node", "of another")
    pod = {"kind": "Pod", "namespace": "default", "name": node}
    await report(cluster, node, "of a pod of that name", involvedObject=pod)
    seen = await read_node_events(cluster.client, node)
    assert messages(seen) == [f"event {number}" for number in (1, 0, 2, 3, 4)]


async def test_events_of_the_newer_api_are_read_as_well(cluster: TestCluster, node: str) -> None:
    microseconds = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    await report(
        cluster,
        node,
        "newer",
        firstTimestamp=None,
        lastTimestamp=None,
        count=0,
        source={},
        eventTime=microseconds,
        action="Testing",
        reportingComponent="example.com/agent",
        reportingInstance="agent-1",
        series={"count": 3, "lastObservedTime": microseconds},
    )
    seen = await read_node_events(cluster.client, node)
    (event,) = [event for event in seen.events if event.message == f"{MARK} newer"]
    assert (event.source, event.count) == ("example.com/agent", 3)
    assert event.last is not None


async def test_only_the_newest_are_kept(
    cluster: TestCluster, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_seen, "_MOST", 2)
    for number in range(4):
        await report(cluster, node, f"event {number}")
    seen = await read_node_events(cluster.client, node)
    assert messages(seen) == ["event 2", "event 3"]
    assert seen.left_out >= 2
    assert not seen.unread


async def test_that_not_all_could_be_read_is_told(
    cluster: TestCluster, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_seen, "_PAGE", 1)
    monkeypatch.setattr(events_seen, "_MOST_PAGES", 2)
    for number in range(3):
        await report(cluster, node, f"event {number}")
    assert (await read_node_events(cluster.client, node)).unread


@pytest.mark.embedded
async def test_without_the_right_it_says_so(cluster: TestCluster, node: str) -> None:
    async with somebody(cluster, denied=["list events"]) as client:
        with pytest.raises(Forbidden, match="events"):
            await read_node_events(client, node)


async def test_another_session_reads_what_was_done(
    cluster: TestCluster, node: str, session: Session
) -> None:
    operation = session.start_drain(node)
    await finished(operation)

    async def told() -> bool:
        events = (await session.node_events(node)).events
        found = past_operations(node, records=(), events=events)
        return any(
            (one.id, one.last.phase) == (operation.id, operation.phase) and one.owner
            for one in found
        )

    await eventually(told)
