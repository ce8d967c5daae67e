"""The notifications of a reboot, as a service gets them."""

from __future__ import annotations

from aiohttp import web

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.phases import Phase
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.kube.resources import NODES
from tests.engine.conftest import finished, messages, running_session
from tests.kube.little_server import little_server
from tests.support.clusters import TestCluster


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
