"""A viewer at the console, with the printed rights and no others: what is on the screen, and no complaint."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.demo.scenario.kured import MANIFEST
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.kube.client import Client
from kuredtui.kube.pod_pages import read_metrics
from kuredtui.kube.resources import PODS
from kuredtui.manifests.rbac import KuredPlace, Subject, rbac_manifest
from kuredtui.ui.app import KuredTuiApp
from tests.rbac.granted import granted
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody_with
from tests.ui.screen_reader import Reader

pytestmark = pytest.mark.embedded
TIMEOUT = 30.0
KERNEL = "6.8.0-1099-azure"
WHO = Subject(kind="User", name="somebody")
VIEWER = granted(
    rbac_manifest(
        "viewer", subject=WHO, kured=KuredPlace(namespace=MANIFEST.namespace, name=MANIFEST.name)
    ),
    subject=WHO.name,
)


@asynccontextmanager
async def console_of_viewer(cluster: TestCluster) -> AsyncIterator[tuple[Reader, Session]]:
    """The console, and the session in it."""
    sessions: list[Session] = []
    async with somebody_with(cluster, [grant.rule for grant in VIEWER]) as client:

        async def connect() -> Session:
            sessions.append(Session(client, options=EngineOptions(), owner="viewer@here"))
            return sessions[-1]

        app = KuredTuiApp(connect, target_label="test")
        async with app.run_test(size=(200, 60), notifications=True) as pilot:
            reader = Reader(app, pilot)
            await eventually(lambda: all(n in app.main.table.rows for n in cluster.node_names))
            yield reader, sessions[-1]


async def kured_sees(client: Client, node: str) -> bool:
    """Whether the node's kured says by its metric that it waits."""
    page = await client.list(
        PODS, namespace=MANIFEST.namespace, field_selector=f"spec.nodeName={node}"
    )
    for pod in page.items:
        if pod.status.phase == "Running":
            text = await read_metrics(
                client, namespace=MANIFEST.namespace, pod=pod.metadata.name, port=8080
            )
            return text.rstrip().endswith(" 1")
    return False


async def test_a_viewer_sees_who_waits_and_why_and_is_told_what_they_may_not(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: kured_sees(cluster.client, name), timeout=TIMEOUT)
    async with console_of_viewer(cluster) as (reader, session):
        await reader.see("READ-ONLY", "kured 1.23.0", "1 pending", timeout=TIMEOUT)
        assert " yes " in reader.line_with(f" {name} ")
        assert all(reader.line_with(f" {node} ") for node in cluster.node_names)

        await reader.press("slash", *name, "enter")
        await eventually(lambda: reader.selected == name)
        await reader.press("enter")
        await reader.see("Why it waits", "its kured looks every 24h", timeout=TIMEOUT)
        await reader.see("Read-only, because user somebody may not patch nodes")
        await reader.press("escape")

        await reader.press("r")
        await reader.see("Read-only, because user somebody may not patch nodes")
        errors = [item for item in session.progress.records() if item.level == "error"]
        assert not errors
        assert not [item for item in reader.app._notifications if item.severity == "error"]
        assert session.connection.kind == "live"


async def test_a_viewer_may_plan_and_have_the_lock_explained(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await cluster.create_workload("web", replicas=3)
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: kured_sees(cluster.client, name), timeout=TIMEOUT)
    async with console_of_viewer(cluster) as (reader, session):
        await reader.see("READ-ONLY", "1 pending", timeout=TIMEOUT)
        plan = await session.plan(name)
        assert plan.pods
        why = await eventually(lambda: session.why(name), timeout=TIMEOUT)
        assert why is not None
        full = await session.why_in_full(name)
        assert full is not None
        assert not [fact for fact in full.facts if "forbidden" in fact]
        probed = await session.probe(name)
        assert (probed.state, probed.detail) == (
            "unknown",
            "a read-only session runs no command in a pod",
        )
        assert not [item for item in session.progress.records() if item.level == "error"]
