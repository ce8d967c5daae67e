"""The reboot through exec in kured's own pod, and what becomes of it when something breaks off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.demo.apiserver import Fault
from kuredtui.engine.journal import read_journal
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.engine.conftest import finished, messages, options_for, running_session
from tests.engine.crash.child import Job, When, execute
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded  # a simulated pod on a real cluster can be told nothing

LOCK = "weave.works/kured-node-lock"
EXEC = "*/exec"
TIMEOUT = 60.0


@pytest.fixture
def cluster_nodes() -> int:
    return 2


@pytest.fixture
async def node(cluster: TestCluster) -> str:
    """A node on which kured runs, and which boots quickly."""
    name = cluster.node_names[0]
    patch = {"metadata": {"annotations": {"demo.kuredtui.io/boot": "5"}}}
    await cluster.client.patch(NODES, name, patch)
    await eventually(lambda: kured_runs(cluster, name), timeout=TIMEOUT)
    return name


@asynccontextmanager
async def session_of(cluster: TestCluster, **changes: object) -> AsyncIterator[Session]:
    async with running_session(cluster, reboot_method="kured-exec", **changes) as session:
        yield session


async def kured_runs(cluster: TestCluster, node: str) -> bool:
    page = await cluster.client.list(
        PODS,
        namespace=cluster.kured_namespace,
        label_selector="name=kured",
        field_selector=f"spec.nodeName={node}",
    )
    return [pod.status.phase for pod in page.items] == ["Running"]


async def boot_of(cluster: TestCluster, node: str) -> str:
    return (await cluster.client.get(NODES, node)).status.node_info.boot_id


async def assert_given_back(cluster: TestCluster, node: str) -> None:
    found = await cluster.client.get(NODES, node)
    assert not found.spec.unschedulable
    assert OPERATION_ANNOTATION not in found.metadata.annotations
    kured = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    assert LOCK not in kured.metadata.annotations


async def test_a_node_is_rebooted_through_kured_and_no_pod_of_ours(
    cluster: TestCluster, node: str
) -> None:
    before = await boot_of(cluster, node)
    async with session_of(cluster) as session:
        operation = session.start_reboot(node)
        assert await finished(operation) is Phase.DONE, operation.error
        assert not any("reboot pod" in said for said in messages(session))
    assert await boot_of(cluster, node) != before
    await assert_given_back(cluster, node)


async def test_where_no_kured_runs_it_is_refused_before_anything_is_begun(
    cluster: TestCluster, node: str
) -> None:
    patch = {"spec": {"template": {"spec": {"nodeSelector": {"nowhere": "at-all"}}}}}
    await cluster.client.patch(
        DAEMONSETS, cluster.kured_name, patch, namespace=cluster.kured_namespace
    )

    async def gone() -> bool:
        return not await kured_runs(cluster, node)

    await eventually(gone, timeout=TIMEOUT)
    async with session_of(cluster) as session:
        operation = session.start_reboot(node)
        assert await finished(operation) is Phase.FAILED
        assert f"runs on {node}, so it cannot be rebooted through it" in operation.error
    await assert_given_back(cluster, node)


async def test_a_kured_without_privileges_is_refused(cluster: TestCluster, node: str) -> None:
    operations = [{"op": "remove", "path": "/spec/template/spec/containers/0/securityContext"}]
    await cluster.client.patch(
        DAEMONSETS,
        cluster.kured_name,
        operations,
        namespace=cluster.kured_namespace,
        kind="json",
    )

    async def replaced() -> bool:
        page = await cluster.client.list(
            PODS,
            namespace=cluster.kured_namespace,
            label_selector="name=kured",
            field_selector=f"spec.nodeName={node}",
        )
        return [(p.status.phase, p.spec.containers[0].privileged) for p in page.items] == [
            ("Running", False)
        ]

    await eventually(replaced, timeout=TIMEOUT)
    async with session_of(cluster) as session:
        operation = session.start_reboot(node)
        assert await finished(operation) is Phase.FAILED
        assert "is not privileged" in operation.error
    await assert_given_back(cluster, node)


async def test_a_refusal_when_it_is_told_is_undone(cluster: TestCluster, node: str) -> None:
    assert cluster.demo is not None
    before = await boot_of(cluster, node)
    fault = Fault(action="status", status=403, path=EXEC, times=None)
    async with session_of(cluster) as session:
        cluster.demo.server.inject(fault)
        operation = session.start_reboot(node)
        assert await finished(operation) is Phase.FAILED
        assert operation.error.startswith("The node was not told to reboot.")
    assert await boot_of(cluster, node) == before
    await assert_given_back(cluster, node)


async def test_no_answer_may_have_been_heard_so_the_node_is_waited_for(
    cluster: TestCluster, node: str
) -> None:
    assert cluster.demo is not None
    async with session_of(cluster, reboot_timeout=1.0, orphan_after=2.0) as session:
        cluster.demo.server.inject(Fault(action="drop", path=EXEC, times=None))
        operation = session.start_reboot(node)
        assert await operation.ended() is Outcome.STRANDED
        assert any("Whether the node has heard is not known" in m for m in messages(session))
        found = await cluster.client.get(NODES, node)
        # Whether it is still cordoned is up to its kured: one that has just started finds its own
        # lock, and takes the node for one that is back.
        journal = read_journal(found.metadata.annotations[OPERATION_ANNOTATION])
        assert journal.phase is Phase.RETURNING
        cluster.demo.server.faults.clear()
        await eventually(lambda: node in session.orphans(), timeout=TIMEOUT)
        again = session.roll_back(node)
        assert await again.ended() is Outcome.CANCELLED, again.error
    await assert_given_back(cluster, node)


@pytest.mark.parametrize("way", ["resumed", "rolled back"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_process_that_dies_at_the_command_leaves_what_another_ends(
    cluster: TestCluster, node: str, tmp_path: Path, when: When, way: str
) -> None:
    patience = (
        2.0 if when == "before" else 20.0
    )  # the journal has it, so it is the successor's, too
    options = options_for(cluster, reboot_method="kured-exec", reboot_timeout=patience)
    kubeconfig = str(cluster.kubeconfig)
    log = tmp_path / "log"
    before = await boot_of(cluster, node)
    job = Job(
        kubeconfig=kubeconfig, node=node, options=options, kill_at_exec=True, when=when, log=log
    )
    assert await execute(job) is None
    async with session_of(cluster, orphan_after=0.6) as session:
        await eventually(lambda: node in session.orphans(), timeout=TIMEOUT)
        resumed = way == "resumed"
        operation = session.resume(node) if resumed else session.roll_back(node)
        outcome = await operation.ended()
        if when == "after":
            assert outcome is Outcome.DONE, operation.error
            assert await boot_of(cluster, node) != before
        else:
            # It may have been heard for all that anybody knows, so its time is waited for.
            expected = Outcome.STRANDED if resumed else Outcome.CANCELLED
            assert outcome is expected, operation.error
            assert await boot_of(cluster, node) == before
            if resumed:
                await eventually(lambda: node in session.orphans(), timeout=TIMEOUT)
                again = session.resume(node)
                assert await again.ended() is Outcome.DONE, again.error
    await assert_given_back(cluster, node)
