"""The notifications of a reboot, as a service gets them."""

from __future__ import annotations

import pytest
from aiohttp import web

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.phases import Phase
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.kube.resources import NODES
from tests.engine.conftest import finished, messages, running_session
from tests.engine.facts import Carrier, set_args
from tests.kube.little_server import little_server
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually


class Service:
    """Remembers what it was sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.status = 200

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.texts.append((await request.read()).decode())
        return web.Response(status=self.status)


async def test_a_reboot_is_told_from_drain_to_uncordon(cluster: TestCluster) -> None:
    service, name = Service(), cluster.node_names[0]
    async with little_server(service.answer) as url:
        notify = NotifyOptions(notify_url=Hidden(f"generic+{url}/s3cret"))
        async with running_session(cluster, notify=notify) as session:
            operation = session.start_reboot(name)
            assert await finished(operation) is Phase.DONE, operation.error
    assert service.texts == [
        f"Draining node {name}",
        f"Rebooting node {name}",
        f"Node {name} rebooted & uncordoned successfully!",
    ]


async def test_a_node_that_stays_cordoned_is_not_said_to_be_uncordoned(
    cluster: TestCluster,
) -> None:
    service, name = Service(), cluster.node_names[0]
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    async with little_server(service.answer) as url:
        notify = NotifyOptions(notify_url=Hidden(f"generic+{url}/s3cret"))
        async with running_session(cluster, notify=notify) as session:
            operation = session.start_reboot(name)
            assert await finished(operation) is Phase.DONE, operation.error
    assert service.texts == [f"Draining node {name}", f"Rebooting node {name}"]


async def test_a_service_that_fails_stops_no_reboot_and_no_secret_is_told(
    cluster: TestCluster,
) -> None:
    service = Service()
    service.status = 500
    async with little_server(service.answer) as url:
        notify = NotifyOptions(notify_url=Hidden(f"generic+{url}/s3cret"))
        async with running_session(cluster, notify=notify) as session:
            operation = session.start_reboot(cluster.node_names[0])
            assert await finished(operation) is Phase.DONE, operation.error
        said = messages(session)
    assert "Notifications cannot be sent: the webhook did not take it (HTTP status 500)." in said
    assert not any("s3cret" in message for message in said)


async def test_whom_kured_tells_is_told_in_its_words_and_no_secret_is(
    cluster: TestCluster, carrier: Carrier
) -> None:
    service, name = Service(), cluster.node_names[0]
    async with little_server(service.answer) as url:
        await set_args(
            carrier, f"--notify-url=generic+{url}/s3cret", "--message-template-drain=Off goes %s"
        )
        async with running_session(cluster, **carrier.options) as session:
            await eventually(lambda: session.kured.looked)
            operation = session.start_reboot(name)
            assert await finished(operation) is Phase.DONE, operation.error
        assert not any("s3cret" in message for message in messages(session))
    assert service.texts[:2] == [f"Off goes {name}", f"Rebooting node {name}"]


@pytest.mark.parametrize("given", ["notify_url", "slack_hook_url"])
async def test_the_user_may_have_nobody_told(
    cluster: TestCluster, carrier: Carrier, given: str
) -> None:
    service = Service()
    async with little_server(service.answer) as url:
        await set_args(carrier, f"--notify-url=generic+{url}/s3cret")
        nobody = NotifyOptions(given=frozenset({given}))
        async with running_session(cluster, notify=nobody, **carrier.options) as session:
            await eventually(lambda: session.kured.looked)
            operation = session.start_reboot(cluster.node_names[0])
            assert await finished(operation) is Phase.DONE, operation.error
    assert service.texts == []


async def test_a_kureds_url_that_cannot_be_used_is_said_once_and_without_it(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await set_args(carrier, "--notify-url=teams://s3cret@a/b/c")
    async with running_session(cluster, **carrier.options) as session:
        await eventually(lambda: session.kured.looked)
        operation = session.start_reboot(cluster.node_names[0])
        assert await finished(operation) is Phase.DONE, operation.error
        said = [item for item in messages(session) if item.startswith("Whom kured notifies")]
        assert len(said) == 1
        assert not any("s3cret" in message for message in messages(session))
