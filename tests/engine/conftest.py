"""What the engine's tests share: a running session on the test's cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuredtui.cluster.store import NodeStore
from kuredtui.engine.clock import seconds_with_sleep
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.operation import Operation
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.policies import Policies
from kuredtui.engine.session import Session
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.kube.client import Client
from tests.engine.facts import Carrier
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

OWNER = "tester@here"
# When a journal that does not change is an orphan, for those who should not have to wait for it.
SOON = 0.6


def options_for(cluster: TestCluster, **changes: object) -> EngineOptions:
    """The engine's settings for this cluster: its own kured, and nothing that takes long."""
    return EngineOptions(
        **{  # type: ignore[arg-type]  # a test names the settings it changes
            "ds_namespace": cluster.kured_namespace,
            "evict_uncontrolled": True,
            "reboot_timeout": 60.0,
            **changes,
        }
    )


@asynccontextmanager
async def running_session(
    cluster: TestCluster,
    *,
    policy: PolicyOptions | None = None,
    notify: NotifyOptions | None = None,
    override: Iterable[str] = (),
    log_file: Path | None = None,
    owner: str = OWNER,
    client: Client | None = None,
    clock: Callable[[], float] = seconds_with_sleep,
    sentinel_namespace: str = "",
    **changes: object,
) -> AsyncIterator[Session]:
    """A session that knows the cluster's nodes.

    Args:
        cluster: the cluster.
        policy: when a reboot may begin; None: at any time.
        notify: who is told.
        override: what is overridden in all operations.
        log_file: where the records go.
        owner: whose it is.
        client: through which connection; None: the administrator's.
        clock: of an owner whose machine may sleep.
        sentinel_namespace: where our sentinel is; "": where it usually is.
        changes: of the engine's settings.
    """
    connection = client or cluster.client

    def hooks(store: NodeStore) -> Hooks:
        if policy is None:
            return Hooks()
        return Hooks(policy=Policies(policy, client=connection, find=store.get))

    session = Session(
        connection,
        options=options_for(cluster, **changes),
        owner=owner,
        log_file=log_file,
        hooks=hooks,
        notify=notify,
        override=override,
        clock=clock,
        sources=SourceOptions(sentinel_namespace=sentinel_namespace)
        if sentinel_namespace
        else None,
    )
    task = asyncio.create_task(session.run())
    try:
        await eventually(
            lambda: (
                session.connection.kind == "live"
                and all(name in session.store for name in cluster.node_names)
            ),
            timeout=60,
        )
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def colleague(carrier: Carrier, **changes: object) -> AsyncIterator[Session]:
    """Somebody else, on another machine, who takes a journal for an orphan soon."""
    async with running_session(
        carrier.cluster, **carrier.options, owner="colleague@desk", orphan_after=SOON, **changes
    ) as session:
        yield session


async def orphan(session: Session, name: str) -> None:
    """Return when the session takes the node's operation for an orphan."""
    await eventually(lambda: name in session.orphans(), what=f"{name} is an orphan")


@pytest.fixture
async def session(cluster: TestCluster) -> AsyncIterator[Session]:
    """A session with default options."""
    async with running_session(cluster) as running:
        yield running


@pytest.fixture
async def carrier(cluster: TestCluster) -> Carrier:
    """A lock of the test's own, in which no kured has a part."""
    carrier = Carrier(cluster=cluster)
    await carrier.make()
    return carrier


async def finished(operation: Operation, *, timeout: float = 60) -> Phase:
    """The phase in which the operation ended."""
    await eventually(
        lambda: operation.phase.finished, timeout=timeout, what=f"end of {operation.phase}"
    )
    return operation.phase


async def reached(operation: Operation, *phases: Phase, timeout: float = 30) -> None:
    """Return when the operation is in one of the phases."""
    await eventually(
        lambda: operation.phase in phases,
        timeout=timeout,
        what=lambda: f"{phases}, not {operation.phase} {operation.error}",
    )


async def entered(operation: Operation, phase: Phase) -> None:
    """Return in the very turn of the loop in which the operation enters the phase, before it writes."""
    async with asyncio.timeout(60):
        while operation.phase is not phase:  # noqa: ASYNC110 - not a turn later
            await asyncio.sleep(0)


def messages(session: Session) -> list[str]:
    """What was said so far."""
    return [record.message for record in session.progress.records()]
