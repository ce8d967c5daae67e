"""What an operator does to a lock by hand: only what was seen, and never against a living operation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from kuredtui.engine.errors import OperationError
from kuredtui.engine.locks import SeenLock
from kuredtui.engine.locks_by_hand import LocksByHand
from kuredtui.engine.phases import Phase
from kuredtui.engine.session import Session
from tests.engine.conftest import finished, messages, reached
from tests.engine.facts import GHOST_LOCK, kureds_lock, write_kureds_lock
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually


async def the_lock(cluster: TestCluster, session: Session) -> tuple[LocksByHand, SeenLock]:
    """kured's lock as it is now."""
    locks = await eventually(lambda: session.locks)

    async def look() -> SeenLock | None:
        return its_own(cluster, await locks.look())

    seen = await eventually(look)
    assert seen is not None
    return locks, seen


def its_own(cluster: TestCluster, found: Sequence[SeenLock]) -> SeenLock | None:
    """The lock of the test's kured; a given cluster may have others."""
    name = (cluster.kured_namespace, cluster.kured_name)
    places = ((lock, lock.place) for lock in found)
    return next((lock for lock, at in places if at and (at.namespace, at.name) == name), None)


async def test_the_lock_of_a_node_that_is_gone_is_taken_out(
    cluster: TestCluster, session: Session
) -> None:
    await write_kureds_lock(cluster, GHOST_LOCK)
    locks, seen = await the_lock(cluster, session)
    (entry,) = seen.entries
    assert locks.is_ghost(entry)
    assert seen.place is not None
    await locks.unlock(seen.place, entry)
    assert await kureds_lock(cluster) is None
    assert any(text.startswith("Unlocked by hand") for text in messages(session))
    await eventually(lambda: (own := its_own(cluster, locks.seen())) and not own.entries)


async def test_a_lock_that_has_changed_meanwhile_is_left_alone(
    cluster: TestCluster, session: Session
) -> None:
    await write_kureds_lock(cluster, GHOST_LOCK)
    locks, seen = await the_lock(cluster, session)
    taken = GHOST_LOCK.replace("gone-1", cluster.node_names[0])
    await write_kureds_lock(cluster, taken)
    assert seen.place is not None
    with pytest.raises(OperationError, match="has changed meanwhile"):
        await locks.unlock(seen.place, seen.entries[0])
    assert await kureds_lock(cluster) == taken


async def test_the_lock_of_an_operation_goes_only_with_the_operation(
    cluster: TestCluster, session: Session
) -> None:
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    operation = session.start_drain(pods[0].spec.node_name)
    await reached(operation, Phase.DRAINING)
    locks, seen = await the_lock(cluster, session)
    (entry,) = seen.entries
    assert seen.place is not None
    with pytest.raises(OperationError, match="the lock is a part of it"):
        await locks.unlock(seen.place, entry)
    assert await kureds_lock(cluster)
    handed_over = msgspec.structs.replace(entry, node_id=entry.node)
    assert locks.refusal(handed_over)
    operation.cancel()
    assert await finished(operation) is Phase.CANCELLED


async def test_the_lock_of_the_kured_on_the_node_is_no_part_of_the_operation(
    cluster: TestCluster, session: Session
) -> None:
    """The operation waits for that kured's end, which never comes where it does not run any more."""
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    operation = session.start_drain(pods[0].spec.node_name)
    await reached(operation, Phase.DRAINING)
    locks, seen = await the_lock(cluster, session)
    (entry,) = seen.entries
    kureds = msgspec.structs.replace(entry, node_id=entry.node, created="2026-01-01T00:00:00Z")
    assert not locks.refusal(kureds)
    operation.cancel()
    assert await finished(operation) is Phase.CANCELLED


async def test_kured_is_paused_as_its_documentation_says_and_goes_on_again(
    cluster: TestCluster, session: Session
) -> None:
    locks, seen = await the_lock(cluster, session)
    assert seen.place is not None
    await locks.pause(seen.place)
    assert msgspec.json.decode(await kureds_lock(cluster) or "") == {"nodeID": "manual"}
    await eventually(lambda: (own := its_own(cluster, locks.seen())) and own.paused)
    with pytest.raises(OperationError, match="an operator who paused kured"):
        await locks.pause(seen.place)
    await locks.unpause(seen.place)
    assert await kureds_lock(cluster) is None


async def test_a_lock_that_somebody_holds_cannot_be_paused(
    cluster: TestCluster, session: Session
) -> None:
    await write_kureds_lock(cluster, GHOST_LOCK)
    locks, seen = await the_lock(cluster, session)
    assert seen.place is not None
    with pytest.raises(OperationError, match="held by gone-1"):
        await locks.pause(seen.place)
    assert await kureds_lock(cluster) == GHOST_LOCK
