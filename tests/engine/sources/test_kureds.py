"""The kureds of a cluster in a running session: found, told, obeyed, and watched for changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.session import Session
from kuredtui.engine.sources.metric_polling import PollSettings
from kuredtui.kube.client import Client
from kuredtui.kube.resources import DAEMONSETS
from tests.engine.conftest import finished, messages, reached, running_session
from tests.engine.facts import Carrier, set_args
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody

TIMEOUT = 30.0
OFTEN = PollSettings(interval=0.2)


@asynccontextmanager
async def a_session(client: Client, **options: object) -> AsyncIterator[Session]:
    session = Session(
        client,
        options=EngineOptions(**options),  # type: ignore[arg-type]  # a test names what it changes
        owner="tester@here",
        polling=OFTEN,
    )
    task = asyncio.create_task(session.run())
    try:
        await eventually(lambda: session.kured.looked, timeout=TIMEOUT, what="kureds looked for")
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_running_kured_is_found_and_told(cluster: TestCluster) -> None:
    async with a_session(cluster.client) as session:
        assert f"{cluster.kured_namespace}/{cluster.kured_name}" in {
            kured.full_name for kured in session.kured.found
        }
        assert session.kured.describe() in messages(session)


@pytest.mark.embedded
async def test_without_a_kured_that_is_said(cluster: TestCluster) -> None:
    await cluster.client.delete(DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace)
    async with a_session(cluster.client) as session:
        await eventually(lambda: not session.kured.found, timeout=TIMEOUT)
        await eventually(lambda: "No kured runs in this cluster." in messages(session))


async def test_several_kureds_are_named(cluster: TestCluster, carrier: Carrier) -> None:
    async with a_session(cluster.client) as session:
        names = {kured.full_name for kured in session.kured.found}
        assert f"{cluster.namespace}/{carrier.name}" in names
        assert session.kured.brief == f"{len(names)} kureds"


@pytest.mark.embedded
async def test_where_daemonsets_may_not_be_listed_the_reason_is_told(cluster: TestCluster) -> None:
    async with (
        somebody(cluster, denied=["list daemonsets"]) as client,
        a_session(client) as session,
    ):
        assert session.kured.brief == "kured?"
        assert "Whether a kured runs here cannot be seen: " in session.kured.describe()
        assert not [record for record in session.progress.records() if record.level == "error"]


async def test_what_is_set_otherwise_here_is_a_warning(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await set_args(carrier, "--lock-ttl=1h", "--be-nice")
    async with a_session(cluster.client, lock_ttl=60.0) as session:
        said = [item.message for item in session.progress.records() if item.level == "warning"]
        assert "--lock-ttl is 1m here, and 1h in kured; ours counts." in said
        assert [item for item in said if "not known here" in item and "--be-nice" in item]


async def test_an_operation_obeys_the_kured_as_it_is_set_now(
    cluster: TestCluster, carrier: Carrier
) -> None:
    name = cluster.node_names[0]
    await set_args(carrier, "--reboot-days=", "--notify-url=slack://very-secret")
    async with running_session(cluster, policy=PolicyOptions(), **carrier.options) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.WAITING)
        assert "on no day" in operation.detail
        operation.cancel()
        await operation.ended()

        await set_args(carrier, "--drain-delay=1ms", "--annotate-nodes")
        operation = session.start_reboot(name)
        assert await finished(operation) is Phase.DONE, operation.error
        assert not [item for item in messages(session) if "very-secret" in item]


async def test_a_change_of_its_settings_is_told(cluster: TestCluster, carrier: Carrier) -> None:
    async with a_session(cluster.client) as session:
        await set_args(carrier, "--concurrency=2", "--notify-url=slack://very-secret")
        await eventually(
            lambda: [item for item in messages(session) if "is set otherwise now" in item],
            timeout=TIMEOUT,
        )
        (said,) = [item for item in messages(session) if "is set otherwise now" in item]
        assert "--concurrency 1 -> 2, --notify-url (not set) -> (set, not shown)" in said


async def test_a_policy_that_cannot_be_read_makes_the_node_wait(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await set_args(carrier, "--start-time=$(START_SERVICE_HOST)")
    async with running_session(cluster, policy=PolicyOptions(), **carrier.options) as session:
        operation = session.start_reboot(cluster.node_names[0])
        await reached(operation, Phase.WAITING)
        assert operation.detail == (
            "kured's --start-time comes from the variable START_SERVICE_HOST, which is not read here; set it "
            "here, or override it."
        )
        operation.cancel()
        await operation.ended()
