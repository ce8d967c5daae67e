"""Operations under a policy: they wait, say what for, go on, or are let through by name."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine import admission
from kuredtui.engine.journal import Journal
from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.kube.resources import NODES
from tests.engine.conftest import OWNER, finished, messages, reached, running_session
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.prometheus import fake_prometheus

CLOSED = PolicyOptions(reboot_days=())


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts end without a word; look for it more often than an operator would need."""
    monkeypatch.setattr(admission, "_LOOK_AGAIN_SECONDS", 0.1)


async def check_untouched(cluster: TestCluster, operation: Operation) -> None:
    """The operation waits and has changed nothing."""
    assert operation.phase is Phase.WAITING
    node = await cluster.client.get(NODES, operation.node)
    assert OPERATION_ANNOTATION not in node.metadata.annotations
    assert not node.spec.unschedulable


async def test_it_waits_for_the_window_and_says_so(cluster: TestCluster) -> None:
    async with running_session(cluster, policy=CLOSED) as session:
        operation = session.start_reboot(cluster.node_names[0])
        await reached(operation, Phase.WAITING)
        assert operation.detail == (
            "The reboot window, on no day 00:00-23:59:59 (UTC), is closed. It never opens."
        )
        await check_untouched(cluster, operation)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED


async def test_it_goes_on_when_the_last_alert_has_ended(cluster: TestCluster) -> None:
    async with fake_prometheus() as server:
        server.alert("NodeDown")
        policy = PolicyOptions(prometheus_url=server.url)
        async with running_session(cluster, policy=policy) as session:
            operation = session.start_reboot(cluster.node_names[0])
            await reached(operation, Phase.WAITING)
            assert operation.detail == "Active alerts block reboots: NodeDown."
            await check_untouched(cluster, operation)
            server.series.clear()
            assert await finished(operation) is Phase.DONE, operation.error


async def test_an_override_lets_it_through_and_stands_in_journal_and_log(
    cluster: TestCluster, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    async with running_session(cluster, policy=CLOSED, log_file=log, drain_delay=1e6) as session:
        operation = session.start_reboot(cluster.node_names[0], override=["time-window"])
        await reached(operation, Phase.DRAINING)
        node = await cluster.client.get(NODES, operation.node)
        journal = msgspec.json.decode(node.metadata.annotations[OPERATION_ANNOTATION], type=Journal)
        assert [(given.name, given.by) for given in journal.overrides] == [("time-window", OWNER)]
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
    records = [msgspec.json.decode(line) for line in log.read_bytes().splitlines()]
    (overridden,) = [item for item in records if item["fields"].get("override")]
    assert overridden["level"] == "warning"
    assert overridden["message"].startswith(
        f"Overridden by {OWNER} (time-window): The reboot window"
    )


async def test_what_is_overridden_for_the_session_is_so_for_each_operation(
    cluster: TestCluster,
) -> None:
    async with running_session(cluster, policy=CLOSED, override=["time-window"]) as session:
        for name in cluster.node_names[:2]:
            operation = session.start_reboot(name)
            assert await finished(operation) is Phase.DONE, operation.error
        assert len([item for item in messages(session) if item.startswith("Overridden")]) == 2


async def test_an_override_of_something_else_does_not_help(cluster: TestCluster) -> None:
    async with running_session(cluster, policy=CLOSED) as session:
        operation = session.start_reboot(cluster.node_names[0], override=["alerts"])
        await reached(operation, Phase.WAITING)
        await check_untouched(cluster, operation)
        operation.cancel()
        await operation.ended()


async def test_an_unknown_override_is_refused(cluster: TestCluster) -> None:
    async with running_session(cluster) as session:
        with pytest.raises(ValueError, match="nothing called drain to override"):
            session.start_reboot(cluster.node_names[0], override=["drain"])
        assert not session.operations


async def test_a_drain_is_no_reboot_and_does_not_wait(cluster: TestCluster) -> None:
    async with running_session(cluster, policy=CLOSED) as session:
        operation = session.start_drain(cluster.node_names[0])
        await eventually(lambda: operation.outcome is Outcome.DRAINED, timeout=30)
