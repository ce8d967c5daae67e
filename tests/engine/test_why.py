"""Why nodes wait, in a running session: as the engine would decide, and without asking for each node."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kuredtui.cluster.why import Cause, Why
from kuredtui.demo.scenario.kured import MANIFEST
from kuredtui.engine import reasons
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.session import Session
from kuredtui.kube.resources import NODES
from tests.engine.conftest import finished, reached, running_session
from tests.engine.facts import Carrier, held_by, hold_up, let_go
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.prometheus import fake_prometheus

TIMEOUT = 30.0
CLOSED = PolicyOptions(reboot_days=())


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "LOOK_SECONDS", 0.1)


@asynccontextmanager
async def waiting(
    carrier: Carrier, *, policy: PolicyOptions | None = None, **changes: object
) -> AsyncIterator[tuple[Session, str]]:
    """A session in which one node waits for a reboot, and its name."""
    name = carrier.cluster.node_names[0]
    await announce(carrier.cluster, name, needed=True)
    options = {**carrier.options, **changes}
    async with running_session(carrier.cluster, policy=policy, **options) as session:
        yield session, name
    await announce(carrier.cluster, name, needed=False)


async def announce(cluster: TestCluster, name: str, *, needed: bool) -> None:
    """Say whether the node needs a reboot, by Flatcar's annotation, which no kured here knows."""
    key = "flatcar-linux-update.v1.flatcar-linux.net/reboot-needed"
    body = {"metadata": {"annotations": {key: str(needed).lower()}}}
    await cluster.client.patch(NODES, name, body)


async def because(session: Session, name: str, test: Callable[[Why], bool]) -> Why:
    """The reason, as soon as it is of that kind."""
    found = await eventually(
        lambda: (why := session.why(name)) is not None and test(why) and why,
        timeout=TIMEOUT,
        what=lambda: f"another reason than {session.why(name)}",
    )
    assert isinstance(found, Why)
    return found


async def test_a_lock_is_the_reason_in_the_words_of_an_operation_that_waits_for_it(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await carrier.write(held_by(cluster.node_names[1]))
    async with waiting(carrier) as (session, name):
        why = await because(session, name, lambda why: why.cause is Cause.LOCK)
        operation = session.start_reboot(name)
        await reached(operation, Phase.WAITING)
        assert operation.detail == why.sentence
        assert (now := session.why(name)) is not None
        assert (now.cause, now.brief) == (Cause.OPERATION, "waiting for the lock")
        operation.cancel()
        await operation.ended()


GHOST = (
    '{"nodeID":"gone","metadata":{"unschedulable":false},"created":"2025-11-02T03:14:15Z","TTL":0}'
)


@pytest.mark.parametrize(
    ("lock", "cause"), [(held_by("manual"), Cause.PAUSED), (GHOST, Cause.GHOST)]
)
async def test_a_pause_and_a_ghost_are_told_apart(
    carrier: Carrier, lock: str, cause: Cause
) -> None:
    await carrier.write(lock)
    async with waiting(carrier) as (session, name):
        await because(session, name, lambda why: why.cause is cause)
        await carrier.write(None)
        await because(session, name, lambda why: why.cause is not cause)


async def test_a_closed_window_is_the_reason_in_the_words_of_an_operation(carrier: Carrier) -> None:
    async with waiting(carrier, policy=CLOSED) as (session, name):
        why = await because(session, name, lambda why: why.cause is Cause.POLICY)
        operation = session.start_reboot(name)
        await reached(operation, Phase.WAITING)
        assert operation.detail == why.sentence
        operation.cancel()
        await operation.ended()


async def test_an_alert_is_asked_for_once_for_all_and_is_the_reason(carrier: Carrier) -> None:
    async with fake_prometheus() as server:
        server.alert("NodeDown")
        policy = PolicyOptions(prometheus_url=server.url)
        async with waiting(carrier, policy=policy) as (session, name):
            why = await because(session, name, lambda why: why.cause is Cause.POLICY)
            assert why.brief == "alert NodeDown"


async def test_a_blocking_pod_and_a_budget_are_found_on_demand(
    cluster: TestCluster, carrier: Carrier
) -> None:
    policy = PolicyOptions(blocking_pod_selector=(f"run={cluster.namespace}",))
    async with waiting(carrier, policy=policy) as (session, name):
        await because(session, name, lambda why: True)
        await hold_up(cluster, name)
        why = await session.why_in_full(name)
        assert why is not None
        assert why.sentence.startswith(f"Its drain would never end: {cluster.namespace}/held ")
        await cluster.create_pod("job", node=name, labels={"run": cluster.namespace})
        why = await session.why_in_full(name)
        assert why is not None
        assert why.brief == f"pod {cluster.namespace}/job"
        await let_go(cluster)


async def test_a_drain_that_a_budget_holds_up_is_told_with_the_pod_and_its_budget(
    cluster: TestCluster, carrier: Carrier
) -> None:
    async with waiting(carrier) as (session, name):
        await hold_up(cluster, name)
        operation = session.start_drain(name)
        await because(session, name, lambda why: f"{cluster.namespace}/held " in why.sentence)
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED
        await let_go(cluster)


async def test_a_drain_that_failed_is_told_with_how_often_and_why(
    cluster: TestCluster, carrier: Carrier
) -> None:
    async with waiting(carrier, drain_timeout=0.3) as (session, name):
        await hold_up(cluster, name)
        for often in ("once", "twice"):
            assert await finished(session.start_reboot(name)) is Phase.FAILED
            why = await because(session, name, lambda why: why.cause is Cause.FAILED)
            assert why.sentence.startswith(f"Its reboot failed {often}: ")
            assert "held" in why.sentence
        await let_go(cluster)
        patiently = session.start_reboot(name, changes={"drain_timeout": 60.0})
        assert await finished(patiently) is Phase.DONE
        await because(session, name, lambda why: why.cause is not Cause.FAILED)


async def test_a_node_that_needs_no_reboot_has_no_reason(
    cluster: TestCluster, carrier: Carrier
) -> None:
    async with waiting(carrier) as (session, name):
        await because(session, name, lambda why: True)
        await announce(cluster, name, needed=False)
        await eventually(lambda: session.why(name) is None, timeout=TIMEOUT)


LABEL = "why.kuredtui.io/kured"


@pytest.mark.parametrize("cluster_kured", [replace(MANIFEST, node_selector={LABEL: "yes"})])
async def test_where_kured_does_not_run_that_is_the_reason(cluster: TestCluster) -> None:
    with_kured, without, *_ = cluster.node_names
    await cluster.client.patch(NODES, with_kured, {"metadata": {"labels": {LABEL: "yes"}}})
    for name in (with_kured, without):
        await announce(cluster, name, needed=True)
    async with running_session(cluster, ds_name=cluster.kured_name) as session:
        why = await because(session, without, lambda why: why.cause is Cause.NO_KURED)
        assert why.sentence == "kured 1.23.0 does not run on it, so nobody reboots it by itself."
        await because(session, with_kured, lambda why: why.cause is not Cause.NO_KURED)
    for name in (with_kured, without):
        await announce(cluster, name, needed=False)
