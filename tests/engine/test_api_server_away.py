"""An API server that is away in each phase, for longer than an operation may be silent.

In earnest these are minutes; here an operation may be silent for a moment. Nobody else has taken it
over meanwhile (which `test_resume` is about), so it goes on where it was, under a new epoch.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import pytest

from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.session import Session
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.credentials import Headers
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.engine.conftest import entered, messages, reached, running_session
from tests.engine.facts import (
    UNOBTAINABLE,
    Carrier,
    assert_as_found,
    held_up,
    hold_up,
    journal_of,
    let_go,
    node_of,
    reboot_pods,
)
from tests.support.eventually import eventually
from tests.support.line import Forgetful, Tardy

pytestmark = pytest.mark.embedded

SILENT = 1.5
LOCK_WRITES = {"verb": "patch", "path": "*/daemonsets/*"}
POD_CREATIONS = {"verb": "create", "path": "*/pods"}

Reach = Callable[[Session, Carrier, str], Awaitable[Operation]]


def refuse(carrier: Carrier, which: dict[str, str]) -> None:
    """Nothing but these requests fails from now on."""
    carrier.cluster.faults.heal()
    carrier.cluster.faults.answer(503, times=None, **which)


def of_node(name: str) -> dict[str, str]:
    """Writes of the node, but for its status: its kubelet can still say how it is."""
    return {"verb": "patch", "path": f"/api/v1/nodes/{name}"}


async def in_locking(session: Session, carrier: Carrier, name: str) -> Operation:
    """The journal stands; the lock cannot be taken."""
    refuse(carrier, LOCK_WRITES)
    operation = session.start_reboot(name)
    await reached(operation, Phase.LOCKING)
    await eventually(lambda: tried(session, "to take the lock"))
    return operation


async def in_cordoning(session: Session, carrier: Carrier, name: str) -> Operation:
    """The lock is taken; the node cannot be cordoned."""
    operation = session.start_reboot(name)
    await entered(operation, Phase.CORDONING)
    refuse(carrier, of_node(name))
    await eventually(lambda: tried(session, "to cordon"))
    return operation


async def in_draining(session: Session, carrier: Carrier, name: str) -> Operation:
    """The node is cordoned; a pod does not go, until the API server is away."""
    await hold_up(carrier.cluster, name)
    operation = session.start_reboot(name)
    await held_up(operation)
    return operation


async def in_rebooting(session: Session, carrier: Carrier, name: str) -> Operation:
    """The node is drained and the lock handed over; the reboot pod cannot be created."""
    operation = await in_draining(session, carrier, name)
    refuse(carrier, POD_CREATIONS)
    await let_go(carrier.cluster)
    await reached(operation, Phase.REBOOTING)
    await eventually(lambda: tried(session, "to create the reboot pod"))
    return operation


async def in_returning(session: Session, carrier: Carrier, name: str) -> Operation:
    """The machine is down."""
    await carrier.cluster.faults.set_boot(name, None)
    operation = session.start_reboot(name)
    await eventually(lambda: operation.detail == "down", timeout=60)
    return operation


async def in_uncordoning(session: Session, carrier: Carrier, name: str) -> Operation:
    """The machine is back; its node cannot be uncordoned."""
    operation = await in_returning(session, carrier, name)
    await carrier.cluster.faults.set_boot(name, 1)
    await entered(operation, Phase.UNCORDONING)
    refuse(carrier, of_node(name))
    await eventually(lambda: tried(session, "to uncordon"))
    return operation


async def in_releasing(session: Session, carrier: Carrier, name: str) -> Operation:
    """The node is given back; the lock cannot be released."""
    operation = await in_returning(session, carrier, name)
    refuse(carrier, LOCK_WRITES)
    await carrier.cluster.faults.set_boot(name, 1)
    await reached(operation, Phase.RELEASING, timeout=60)
    await eventually(lambda: tried(session, "to release the lock"))
    return operation


def tried(session: Session, what: str) -> bool:
    """Whether something is being tried again."""
    return any(f"Trying again {what}" in text for text in messages(session))


@pytest.mark.parametrize(
    "reach",
    [
        in_locking,
        in_cordoning,
        in_draining,
        in_rebooting,
        in_returning,
        in_uncordoning,
        in_releasing,
    ],
    ids=lambda reach: reach.__name__.removeprefix("in_"),
)
async def test_it_goes_on_where_it_was(carrier: Carrier, reach: Reach) -> None:
    name = carrier.cluster.node_names[0]
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SILENT) as session:
        operation = await reach(session, carrier, name)
        phase = operation.phase
        carrier.cluster.faults.answer(503, times=None)
        await eventually(
            lambda: any("could not be renewed" in text for text in messages(session)), timeout=60
        )
        assert (operation.phase, operation.outcome) == (phase, None)
        carrier.cluster.faults.heal()
        await carrier.cluster.faults.set_boot(name, 1)
        if phase is Phase.DRAINING:
            await let_go(carrier.cluster)
        assert await operation.ended() is Outcome.DONE, operation.error
        assert any("Nobody has taken it over" in text for text in messages(session))
    await assert_as_found(carrier, name)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id != boot
    await eventually(lambda: nothing_left(carrier))


async def nothing_left(carrier: Carrier) -> bool:
    return not await reboot_pods(carrier.cluster)


async def test_while_it_waits_for_the_lock_nothing_is_lost(carrier: Carrier) -> None:
    """No journal stands yet, so there is nothing to be silent about."""
    name = carrier.cluster.node_names[0]
    await carrier.write('{"nodeID":"manual"}')
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SILENT) as session:
        operation = session.start_reboot(name)
        await reached(operation, Phase.WAITING)
        carrier.cluster.faults.disturb("drop", times=None)
        await eventually(
            lambda: any("The lock is out of sight" in text for text in messages(session)),
            timeout=30,
        )
        assert operation.phase is Phase.WAITING
        carrier.cluster.faults.heal()
        await carrier.write(None)
        assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name)


async def test_while_the_lock_cannot_be_read_the_journal_is_renewed_all_the_same(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SILENT) as session:
        operation = await in_draining(session, carrier, name)
        carrier.cluster.faults.answer(
            503, times=None, verb="get", path=f"*/daemonsets/{carrier.name}"
        )
        await eventually(lambda: tried(session, "to read the lock again"), timeout=30)
        last = await journal_of(carrier.cluster, name)

        async def renewed() -> bool:
            return await journal_of(carrier.cluster, name) != last

        await eventually(renewed)
        assert not any("could not be renewed" in text for text in messages(session))
        carrier.cluster.faults.heal()
        operation.cancel()
        assert await operation.ended() is Outcome.CANCELLED, operation.error
    await assert_as_found(carrier, name)


async def test_a_look_at_the_lock_that_is_late_does_not_undo_a_drain_that_gave_it_back(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    faults = carrier.cluster.faults
    await hold_up(carrier.cluster, name)
    async with running_session(carrier.cluster, **carrier.options, lock_ttl=4.0) as session:
        operation = session.start_drain(name)
        await held_up(operation)
        faults.answer(503, times=None, verb="get", path=f"*/daemonsets/{carrier.name}")
        # Its pauses grow until the release, with pauses of its own, comes before its next try.
        long_pause = re.compile(r"Trying again to read the lock again in [4-9]\.")
        await eventually(lambda: any(map(long_pause.match, messages(session))), timeout=30)
        await let_go(carrier.cluster)
        await eventually(lambda: tried(session, "to release the lock"), timeout=30)
        refuse(carrier, of_node(name))  # the last word in the journal
        await eventually(lambda: tried(session, "to renew the journal"), timeout=30)
        faults.heal()
        assert await operation.ended() is Outcome.DRAINED, operation.error
    assert await carrier.holders() == []
    assert (await node_of(carrier.cluster, name)).spec.unschedulable


async def test_before_anything_is_begun_it_is_asked_again(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(carrier.cluster, **carrier.options) as session:
        carrier.cluster.faults.answer(503, times=None)
        operation = session.start_reboot(name)
        await eventually(lambda: tried(session, "to find the lock"))
        carrier.cluster.faults.heal()
        assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name)


async def test_a_reboot_pod_that_comes_after_the_cancel_does_not_find_the_node_given_back(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        line = Tardy(client, "POST", PODS.path(namespace=carrier.cluster.namespace))
        async with running_session(
            carrier.cluster, client=client, reboot_image=UNOBTAINABLE, **carrier.options
        ) as session:
            operation = session.start_reboot(name)
            await eventually(lambda: tried(session, "to create the reboot pod"), timeout=30)
            operation.cancel()
            await eventually(
                lambda: (
                    operation.outcome or any("it still comes" in text for text in messages(session))
                ),
                timeout=30,
            )
            assert await line.deliver() == HTTPStatus.CREATED
            assert await operation.ended() is Outcome.CANCELLED, operation.error
    assert await reboot_pods(carrier.cluster) == []
    await assert_as_found(carrier, name)


async def test_a_journal_that_would_be_begun_after_the_cancel_is_not(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        line = Tardy(client, "PATCH", NODES.path(name=name))
        async with running_session(carrier.cluster, client=client, **carrier.options) as session:
            operation = session.start_reboot(name)
            await eventually(lambda: tried(session, "to write the journal"), timeout=30)
            operation.cancel()
            assert await operation.ended() is Outcome.CANCELLED, operation.error
            assert await line.deliver() == HTTPStatus.CONFLICT
    await assert_as_found(carrier, name)


async def test_a_lock_that_would_be_taken_after_the_cancel_is_not(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    lock = DAEMONSETS.path(namespace=carrier.cluster.namespace, name=carrier.name)
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        line = Tardy(client, "PATCH", lock)
        async with running_session(carrier.cluster, client=client, **carrier.options) as session:
            operation = session.start_reboot(name)
            await eventually(lambda: tried(session, "to take the lock"), timeout=30)
            operation.cancel()
            assert await operation.ended() is Outcome.CANCELLED, operation.error
            assert await line.deliver() == HTTPStatus.CONFLICT
    await assert_as_found(carrier, name)


async def test_cancelled_while_nobody_knows_whether_a_journal_stands_none_is_left(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        Forgetful(client, "PATCH", NODES.path())
        async with running_session(carrier.cluster, client=client, **carrier.options) as session:
            operation = session.start_reboot(name)
            await eventually(lambda: tried(session, "to write the journal"), timeout=30)
            operation.cancel()
            assert await operation.ended() is Outcome.CANCELLED, operation.error
    await assert_as_found(carrier, name)


class Lapsing:
    """Credentials that can lapse, and be had again."""

    def __init__(self, client: Client) -> None:
        self.lapsed = False
        self._credentials = client.requests.credentials
        client.requests.credentials = self

    async def headers(self) -> Headers:
        if self.lapsed:
            raise ConfigError("The login plugin failed: log in again.")
        return await self._credentials.headers()

    async def renew(self) -> bool:
        return False


async def test_a_login_that_lapses_is_waited_for_as_a_server_is(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    async with await connect(resolve(kubeconfig=str(carrier.cluster.kubeconfig))) as client:
        login = Lapsing(client)
        async with running_session(carrier.cluster, client=client, **carrier.options) as session:
            operation = await in_draining(session, carrier, name)
            login.lapsed = True
            await let_go(carrier.cluster)
            await eventually(lambda: tried(session, "to list the node's pods"), timeout=30)
            login.lapsed = False
            assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name)


async def test_cancelled_meanwhile_it_is_undone_and_not_gone_on_with(carrier: Carrier) -> None:
    name = carrier.cluster.node_names[0]
    boot = (await node_of(carrier.cluster, name)).status.node_info.boot_id
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SILENT) as session:
        operation = await in_draining(session, carrier, name)
        carrier.cluster.faults.answer(503, times=None)
        operation.cancel()
        await eventually(
            lambda: any("could not be renewed" in text for text in messages(session)), timeout=60
        )
        carrier.cluster.faults.heal()
        await let_go(carrier.cluster)  # on which the drain would end, and the reboot follow
        assert await operation.ended() is Outcome.CANCELLED, operation.error
    await assert_as_found(carrier, name)
    assert (await node_of(carrier.cluster, name)).status.node_info.boot_id == boot


async def test_a_reboot_that_is_undone_down_to_a_drain_is_cancelled_all_the_same(
    carrier: Carrier,
) -> None:
    name = carrier.cluster.node_names[0]
    async with running_session(carrier.cluster, **carrier.options, orphan_after=SILENT) as session:
        assert await session.start_drain(name).ended() is Outcome.DRAINED
        await eventually(lambda: not session.refusal(name))
        operation = await in_draining(session, carrier, name)
        refuse(carrier, LOCK_WRITES)
        operation.cancel()
        await reached(operation, Phase.RELEASING)
        carrier.cluster.faults.answer(503, times=None)
        await eventually(
            lambda: any("could not be renewed" in text for text in messages(session)), timeout=60
        )
        carrier.cluster.faults.heal()
        assert await operation.ended() is Outcome.CANCELLED, operation.error
    journal = await journal_of(carrier.cluster, name)
    assert journal is not None
    assert journal.phase is Phase.DRAINED
    assert await carrier.holders() == []
