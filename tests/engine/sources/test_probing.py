"""Asking one node on demand, by exec in kured's pod, or in our sentinel's."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kuredtui.cluster.pending import Pending
from kuredtui.cluster.probe_report import SOURCE
from kuredtui.engine.session import Session
from kuredtui.kube.resources import DAEMONSETS, PODS
from kuredtui.manifests.rbac import KuredPlace, Subject, rbac_manifest
from kuredtui.manifests.sentinel import sentinel_manifest
from tests.engine.conftest import running_session
from tests.rbac.granted import granted
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody, somebody_with

pytestmark = pytest.mark.embedded  # simulated pods cannot be connected to

KERNEL = "6.8.0-1099-azure"
TIMEOUT = 30.0


async def probed(session: Session, node: str) -> Pending:
    """The answer, once kured's pod on the node is known."""

    async def answer() -> Pending | None:
        found = await session.probe(node)
        early = ("neither a kured nor", "not known yet")
        return None if any(words in found.detail for words in early) else found

    found = await eventually(answer, timeout=TIMEOUT)
    assert found is not None
    record = session.store.get(node)
    assert record is not None
    assert found in record.reports
    return found


async def test_a_node_tells_since_when_it_waits_and_for_what(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    async with running_session(cluster) as session:
        assert (await probed(session, name)).state == "no"
        await cluster.faults.patch_node(name, KERNEL)

        async def told() -> bool:
            return (await probed(session, name)).state == "yes"

        await eventually(told, timeout=TIMEOUT)
        found = await probed(session, name)
        assert found.packages == (f"linux-image-{KERNEL}", "linux-base")
        assert found.since is not None
        record = session.store.get(name)
        assert record is not None
        assert found.boot_id == record.boot_id


async def test_the_sentinel_command_is_asked_where_kured_has_one(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    kured = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    container = kured.spec.template.spec.containers[0]
    command = [*container.command, "--reboot-sentinel-command=sh -c '! needs-restarting -r'"]
    body = {"spec": {"template": {"spec": {"containers": [{"name": "kured", "command": command}]}}}}
    await cluster.client.patch(
        DAEMONSETS, kured.metadata.name, body, namespace=cluster.kured_namespace, kind="strategic"
    )
    await cluster.faults.patch_node(name, KERNEL)
    async with running_session(cluster) as session:

        async def told() -> bool:
            found = await probed(session, name)
            return found.state == "yes" and found.since is None

        await eventually(told, timeout=TIMEOUT, what="the command, not the file, has spoken")
        record = session.store.get(name)
        assert record is not None
        assert record.status == "Ready"


async def test_without_the_right_it_is_unknown_with_that_reason(cluster: TestCluster) -> None:
    async with (
        somebody(cluster, denied=["get pods/exec", "create pods/exec"]) as client,
        running_session(cluster, client=client) as session,
    ):
        found = await probed(session, cluster.node_names[0])
        assert found.state == "unknown"
        assert "may not" in found.detail


async def test_a_read_only_session_asks_nobody(cluster: TestCluster) -> None:
    assert cluster.viewer is not None
    async with running_session(cluster, client=cluster.viewer) as session:
        await eventually(lambda: session.read_only, timeout=TIMEOUT)
        found = await probed(session, cluster.node_names[0])
        assert (found.state, found.source) == ("unknown", SOURCE)
        assert "read-only" in found.detail


WHO = Subject(kind="User", name="somebody")
KURED_EXEC = ["get pods/exec", "create pods/exec"]


async def sentinel_of(cluster: TestCluster, **arguments: Any) -> None:
    """Our sentinel on all nodes; there is no namespace of its own."""
    manifest = sentinel_manifest(namespace=cluster.namespace, **arguments)
    _, daemonset = yaml.safe_load_all(manifest)
    await cluster.client.create(DAEMONSETS, daemonset, namespace=cluster.namespace)


async def without_kured(cluster: TestCluster) -> None:
    await cluster.client.delete(DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace)

    async def gone() -> bool:
        page = await cluster.client.list(PODS, namespace=cluster.kured_namespace)
        return not any(pod.metadata.labels.get("name") == "kured" for pod in page.items)

    await eventually(gone, timeout=TIMEOUT)


async def asked_until(session: Session, node: str, state: str) -> Pending:
    """Until the sentinel's pod runs and says so; it is restarted after each change."""

    async def told() -> Pending | None:
        found = await session.probe(node)
        return found if found.state == state else None

    found = await eventually(told, timeout=TIMEOUT)
    assert found is not None
    return found


@pytest.mark.parametrize("arguments", [{}, {"command": "test -e /host/run/reboot-required"}])
async def test_where_no_kured_runs_the_sentinel_is_asked(
    cluster: TestCluster, arguments: dict[str, str]
) -> None:
    name = cluster.node_names[0]
    await without_kured(cluster)
    await sentinel_of(cluster, **arguments)
    async with running_session(cluster, sentinel_namespace=cluster.namespace) as session:
        await asked_until(session, name, "no")
        await cluster.faults.patch_node(name, KERNEL)
        found = await asked_until(session, name, "yes")
        record = session.store.get(name)
        assert record is not None
        assert found.boot_id == record.boot_id
        if not arguments:
            assert found.packages == (f"linux-image-{KERNEL}", "linux-base")


async def test_with_the_printed_rights_and_no_exec_in_kureds_pod_the_sentinel_is_asked(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await sentinel_of(cluster)
    kured = KuredPlace(namespace=cluster.kured_namespace, name=cluster.kured_name)
    manifest = rbac_manifest(
        "operator", subject=WHO, kured=kured, sentinel_namespace=cluster.namespace
    )
    rules = [
        grant.rule
        for grant in granted(manifest, subject=WHO.name)
        if (grant.resource, grant.namespace) != ("pods/exec", cluster.kured_namespace)
    ]
    async with (
        somebody_with(cluster, rules) as client,
        running_session(cluster, client=client, sentinel_namespace=cluster.namespace) as session,
    ):
        await asked_until(session, name, "no")


async def test_where_both_refuse_both_reasons_are_told(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await sentinel_of(cluster)
    async with (
        somebody(cluster, denied=KURED_EXEC) as client,
        running_session(cluster, client=client, sentinel_namespace=cluster.namespace) as session,
    ):

        async def told() -> bool:
            found = await session.probe(name)
            return "kured's pod" in found.detail and "the sentinel's pod" in found.detail

        await eventually(told, timeout=TIMEOUT)
