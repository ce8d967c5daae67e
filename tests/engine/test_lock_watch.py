"""The log tells who takes the lock and who gives it back; what we do ourselves is told by the operation."""

from __future__ import annotations

import json

import pytest

from kuredtui.engine import lock_watch, reasons
from kuredtui.engine.lock_watch import LockWatch
from kuredtui.engine.phases import Phase
from kuredtui.engine.session import Session
from tests.engine.conftest import colleague, finished, orphan, running_session
from tests.engine.facts import Carrier, held_by, held_up, hold_up
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody

TIMEOUT = 30.0
TAKEN, RELEASED = "The node's kured has taken the lock.", "The node's kured holds the lock no more."


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(lock_watch, "READ_SECONDS", 0.1)


def entry(node_id: str) -> str:
    return json.dumps({"nodeID": node_id, "created": "2026-03-14T03:00:00Z", "TTL": 0})


def about_lock(session: Session) -> list[tuple[str, str]]:
    """What was said of the lock, with the node."""
    return [
        (record.node, record.message)
        for record in session.progress.records()
        if "kured" in record.message and ("the lock" in record.message or "paused" in record.message)
        and not record.operation
    ]  # fmt: skip


async def follow(carrier: Carrier, session: Session, *texts: str | None) -> list[tuple[str, str]]:
    """What is said while the lock reads like this, one after the other; it is seen before, too."""
    await seen(carrier, session, None)
    before = len(about_lock(session))
    for text in texts:
        await carrier.write(text)
        await seen(carrier, session, text)
    return about_lock(session)[before:]


async def seen(carrier: Carrier, session: Session, text: str | None) -> None:
    """Return when the lock is seen to read so, of which nothing may be said."""

    def watches() -> list[LockWatch]:
        learning = session._learning
        return [watch for watch, _ in learning.reasons._locks.values()] if learning else []

    place = (carrier.cluster.namespace, carrier.name)

    def reads_so() -> bool:
        return any(
            watch.looked
            and watch.text == text
            and (watch.place.namespace, watch.place.name) == place
            for watch in watches()
        )

    await eventually(
        reads_so,
        timeout=TIMEOUT,
        what=lambda: str([(str(watch.place), watch.text, watch.unseen) for watch in watches()]),
    )


@pytest.mark.parametrize("denied", [(), ("watch daemonsets",)], ids=["watched", "read"])
@pytest.mark.embedded
async def test_a_kured_that_takes_the_lock_and_gives_it_back_is_told(
    cluster: TestCluster, carrier: Carrier, denied: tuple[str, ...]
) -> None:
    name = cluster.node_names[0]
    async with (
        somebody(cluster, denied=denied) as client,
        running_session(cluster, client=client, **carrier.options) as session,
    ):
        told = await follow(carrier, session, entry(name), None)
        assert told == [(name, TAKEN), (name, RELEASED)]


async def test_another_kuredtui_is_told_and_a_handover_is_not(
    cluster: TestCluster, carrier: Carrier
) -> None:
    name = cluster.node_names[0]
    async with running_session(cluster, **carrier.options) as session:
        told = await follow(carrier, session, entry(f"kuredtui:{name}"), entry(name), None)
    assert told == [
        (name, "A kuredtui has taken the lock."),
        (name, "A kuredtui holds the lock no more."),
    ]


async def test_a_pause_is_a_warning(cluster: TestCluster, carrier: Carrier) -> None:
    async with running_session(cluster, **carrier.options) as session:
        told = await follow(carrier, session, held_by("manual"), None)
    assert told == [
        ("", "kured is paused: its lock is held by hand."),
        ("", "kured is not paused any more."),
    ]


async def test_our_own_operations_speak_for_themselves(
    cluster: TestCluster, carrier: Carrier
) -> None:
    async with running_session(cluster, **carrier.options) as session:
        await seen(carrier, session, None)
        operation = session.start_reboot(cluster.node_names[0])
        assert await finished(operation) is Phase.DONE, operation.error
        await seen(carrier, session, None)
        assert about_lock(session) == []


async def test_a_kured_that_is_quicker_than_our_waiting_operation_is_told(
    cluster: TestCluster, carrier: Carrier
) -> None:
    name = cluster.node_names[0]
    async with running_session(cluster, **carrier.options) as session:
        await follow(carrier, session, held_by("another"))
        operation = session.start_reboot(name)
        await eventually(lambda: operation.phase is Phase.WAITING, timeout=TIMEOUT)
        await carrier.write(entry(name))
        await eventually(lambda: (name, TAKEN) in about_lock(session), timeout=TIMEOUT)
        operation.cancel()
        await operation.ended()
    await carrier.write(None)


async def test_what_another_left_and_we_roll_back_speaks_for_itself(
    cluster: TestCluster, carrier: Carrier
) -> None:
    name = cluster.node_names[0]
    await hold_up(cluster, name)
    async with running_session(cluster, **carrier.options) as session:
        await held_up(session.start_reboot(name))
    async with colleague(carrier) as session:
        await seen(carrier, session, await carrier.text())
        await orphan(session, name)
        await session.roll_back(name).ended()
        await seen(carrier, session, None)
        assert about_lock(session) == []
