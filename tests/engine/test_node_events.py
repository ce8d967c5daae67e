"""Events on the node, as the API has them and as kubectl shows them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuredtui.cluster.node import record as node_record
from kuredtui.engine.node_events import NodeEvents
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Level, Progress
from kuredtui.kube.resources import EVENTS, NODES
from kuredtui.kube.types import Event
from tests.engine.conftest import finished, running_session
from tests.support.clusters import TestCluster
from tests.support.kubectl import Kubectl, require_kubectl

OWNER = "alice@laptop"


class Reported:
    """A reader of events of its own for one node.

    Attributes:
        said: what was published about events.
    """

    def __init__(self, cluster: TestCluster) -> None:
        self.said: list[Progress] = []
        self.node = cluster.node_names[0]
        self._cluster = cluster
        self._reader = NodeEvents(
            cluster.client,
            owner=OWNER,
            find=lambda name: node_record(self._node) if name == self.node else None,
            publish=self.said.append,
        )

    async def find_node(self) -> None:
        self._node = await self._cluster.client.get(NODES, self.node)

    async def enter(
        self, phase: str, message: str, *, level: Level = "info", operation: str = "abc"
    ) -> None:
        record = Progress(
            message=message, level=level, node=self.node, operation=operation, phase=phase
        )
        await self._reader([record])

    async def events(self) -> list[Event]:
        """Ours on the node, oldest first."""
        page = await self._cluster.client.list(
            EVENTS,
            namespace="default",
            field_selector=f"source=kuredtui,involvedObject.name={self.node}",
        )
        return sorted(page.items, key=lambda event: int(event.metadata.resource_version))


@pytest.fixture
async def reported(cluster: TestCluster) -> AsyncIterator[Reported]:
    reported = Reported(cluster)
    await reported.find_node()
    yield reported
    if cluster.embedded:
        return
    for event in await reported.events():
        await cluster.client.delete(EVENTS, event.metadata.name, namespace="default")


async def test_each_phase_is_an_event_and_no_record_within_it_is(reported: Reported) -> None:
    await reported.enter("locking", "Taking the lock.")
    await reported.enter("locking", "Holding the lock.")
    await reported.enter("draining", "Draining the node.")
    await reported.enter("failed", "Failed: it will not drain.", level="error")
    events = await reported.events()
    assert [(event.reason, event.type) for event in events] == [
        ("Locking", "Normal"),
        ("Draining", "Normal"),
        ("OperationFailed", "Warning"),
    ]
    assert events[0].message == "Taking the lock. (by alice@laptop, operation abc)"
    assert events[0].involved_object.uid != reported.node


async def test_what_happens_to_nodes_by_itself_is_no_event(reported: Reported) -> None:
    await reported.enter("", "The node is NotReady.", operation="")
    assert await reported.events() == []


async def test_two_operations_do_not_hide_one_another(reported: Reported) -> None:
    await reported.enter("draining", "Draining.", operation="a")
    await reported.enter("draining", "Draining.", operation="b")
    assert len(await reported.events()) == 2


async def test_a_long_message_is_cut_and_still_names_who_did_it(reported: Reported) -> None:
    await reported.enter("failed", "x" * 5000)
    (event,) = await reported.events()
    assert len(event.message) == 1024
    assert event.message.endswith("xx (by alice@laptop, operation abc)")


async def test_read_only_writes_none(cluster: TestCluster, reported: Reported) -> None:
    cluster.client.read_only = True
    try:
        await reported.enter("locking", "Taking the lock.")
    finally:
        cluster.client.read_only = False
    assert await reported.events() == []
    assert reported.said == []


@pytest.mark.embedded
async def test_events_that_cannot_be_written_are_said_once_and_stop_nothing(
    cluster: TestCluster, reported: Reported
) -> None:
    cluster.faults.answer(403, verb="create", path="*/events", times=None)
    await reported.enter("locking", "Taking the lock.")
    await reported.enter("cordoning", "Cordoning.")
    cluster.faults.heal()
    await reported.enter("draining", "Draining.")
    assert [event.reason for event in await reported.events()] == ["Draining"]
    assert [record.level for record in reported.said] == ["warning"]
    assert "Events on nodes cannot be written" in reported.said[0].message


async def test_a_reboot_leaves_its_story_on_the_node(
    cluster: TestCluster, reported: Reported
) -> None:
    async with running_session(cluster) as session:
        operation = session.start_reboot(reported.node)
        assert await finished(operation) is Phase.DONE, operation.error
    reasons = [event.reason for event in await reported.events()]
    assert reasons == [
        "Locking",
        "Cordoning",
        "Draining",
        "Rebooting",
        "Returning",
        "Uncordoning",
        "Releasing",
        "OperationDone",
    ]


async def test_kubectl_describe_node_tells_the_story(
    cluster: TestCluster, reported: Reported, tmp_path: Path
) -> None:
    require_kubectl()
    await reported.enter("draining", "Draining the node.")
    await reported.enter("done", "Done in 95 s.")
    kubectl = Kubectl(kubeconfig=cluster.kubeconfig, home=tmp_path)
    text = await kubectl("describe", "node", reported.node)
    assert re.search(
        r"Normal +Draining +\S+ +kuredtui +Draining the node. \(by alice@laptop, operation abc\)",
        text,
    )
    assert re.search(r"Normal +OperationDone +\S+ +kuredtui +Done in 95 s.", text)
