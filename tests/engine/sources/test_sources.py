"""Who tells of a pending reboot, in a running session: kured's metric and our sentinel's reports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.cluster.kured_metric import SOURCE as METRIC
from kuredtui.cluster.pending import Pending
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.engine.sources.metric_polling import PollSettings
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES, PODS
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import set_denied, somebody

pytestmark = pytest.mark.embedded  # simulated pods cannot be connected to

KERNEL = "6.8.0-1099-azure"
TIMEOUT = 30.0
OFTEN = PollSettings(interval=0.2, refused=0.2, absent=0.1)


@asynccontextmanager
async def a_session(
    client: Client, cluster: TestCluster, *, sources: SourceOptions | None = None
) -> AsyncIterator[Session]:
    session = Session(
        client,
        options=EngineOptions(ds_namespace=cluster.kured_namespace),
        owner="tester@here",
        sources=sources,
        polling=OFTEN,
    )
    task = asyncio.create_task(session.run())
    try:
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])


def report(session: Session, node: str, source: str) -> Pending | None:
    record = session.store.get(node)
    reports = record.reports if record is not None else ()
    return next((item for item in reports if item.source == source), None)


def says(session: Session, node: str, state: str, *, source: str = METRIC) -> bool:
    found = report(session, node, source)
    return found is not None and found.state == state


async def test_kureds_metric_is_asked_of_every_node_also_in_a_read_only_session(
    cluster: TestCluster,
) -> None:
    assert cluster.viewer is not None
    cluster.viewer.read_only = True
    async with a_session(cluster.viewer, cluster) as session:
        await eventually(
            lambda: all(says(session, name, "no") for name in cluster.node_names),
            timeout=TIMEOUT,
            what="every kured has answered",
        )
        name = cluster.node_names[0]
        await cluster.faults.patch_node(name, KERNEL)
        await eventually(lambda: says(session, name, "yes"), timeout=TIMEOUT)
        node = session.store.get(name)
        assert node is not None
        assert node.pending.state == "yes"


async def test_the_end_of_a_session_is_no_news_of_the_nodes(cluster: TestCluster) -> None:
    async with a_session(cluster.client, cluster) as session:
        await eventually(
            lambda: all(says(session, name, "no") for name in cluster.node_names),
            timeout=TIMEOUT,
            what="every kured has answered",
        )
        cursor = session.progress.cursor()
    assert [item.message for item in cursor.fresh() if item.node] == []


async def test_without_the_right_it_is_unknown_for_that_reason_and_said_once(
    cluster: TestCluster,
) -> None:
    async with (
        somebody(cluster, denied=["get pods/proxy"]) as client,
        a_session(client, cluster) as session,
    ):
        cursor = session.progress.cursor()
        await eventually(
            lambda: all(
                (found := report(session, name, METRIC)) and "may not be read" in found.detail
                for name in cluster.node_names
            ),
            timeout=TIMEOUT,
            what="the reason is known of every node",
        )
        assert all(says(session, name, "unknown") for name in cluster.node_names)
        said = [item.message for item in cursor.fresh() if "metric" in item.message]
        assert len(said) == 1

        set_denied(cluster, [])
        await eventually(
            lambda: all(says(session, name, "no") for name in cluster.node_names),
            timeout=TIMEOUT,
            what="once allowed, it is asked again",
        )


async def test_without_the_right_to_list_kureds_the_session_goes_on(cluster: TestCluster) -> None:
    denied = ["list daemonsets", "watch daemonsets"]
    async with somebody(cluster, denied=denied) as client, a_session(client, cluster) as session:
        await eventually(lambda: session.connection.kind == "live", timeout=TIMEOUT)
        await eventually(lambda: session.server_version != "", timeout=TIMEOUT)
        assert all(report(session, name, METRIC) is None for name in cluster.node_names)


async def test_without_the_right_to_see_the_sentinel_that_is_said_once_and_is_no_error(
    cluster: TestCluster,
) -> None:
    async with (
        somebody(cluster, denied=["list pods"]) as client,
        a_session(client, cluster) as session,
    ):

        def said() -> list[str]:
            records = session.progress.records()
            return [item.message for item in records if "our sentinel runs in" in item.message]

        await eventually(said, timeout=TIMEOUT)
        assert len(said()) == 1
        assert not [item for item in session.progress.records() if item.level == "error"]


async def test_a_sentinels_report_is_read_from_its_pods_status(cluster: TestCluster) -> None:
    name = f"{cluster.namespace}-node"  # no kubelet's, which would write the pod's status itself
    client, sources = cluster.client, SourceOptions(sentinel_namespace=cluster.namespace)
    await client.create(NODES, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    booted = {"status": {"nodeInfo": {"bootID": "this-boot", "operatingSystem": "linux"}}}
    await client.patch(NODES, name, booted, subresource="status")
    line = {"bootID": "this-boot", "required": True, "packages": ["linux-base"]}
    await a_sentinel(cluster, name, json.dumps(line))
    async with a_session(client, cluster, sources=sources) as session:
        await eventually(lambda: says(session, name, "yes", source="sentinel"), timeout=TIMEOUT)
        node = session.store.get(name)
        assert node is not None
        assert (node.pending.state, node.pending.packages) == ("yes", ("linux-base",))

        await client.delete(PODS, _SENTINEL, namespace=cluster.namespace, grace_seconds=0)
        await eventually(lambda: report(session, name, "sentinel") is None, timeout=TIMEOUT)
    await client.delete(NODES, name)


_SENTINEL = "the-sentinel"


async def a_sentinel(cluster: TestCluster, node: str, message: str) -> None:
    """A pod as the sentinel's that runs again after it has reported."""
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": _SENTINEL,
            "labels": {"app.kubernetes.io/name": "kuredtui-sentinel"},
        },
        "spec": {
            "nodeName": node,
            "containers": [{"name": "sentinel", "image": "busybox:1.36"}],
        },
    }
    await cluster.client.create(PODS, body, namespace=cluster.namespace)
    ended = {"exitCode": 0, "message": message, "finishedAt": "2026-03-14T01:00:00Z"}
    status = {
        "name": "sentinel",
        "image": "busybox:1.36",
        "imageID": "",
        "ready": False,
        "restartCount": 1,
        "state": {"running": {"startedAt": "2026-03-14T01:00:00Z"}},
        "lastState": {"terminated": ended},
    }
    await cluster.client.patch(
        PODS,
        _SENTINEL,
        {"status": {"phase": "Running", "containerStatuses": [status]}},
        namespace=cluster.namespace,
        subresource="status",
    )
