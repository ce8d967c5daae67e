"""The process dies at any instant, and nothing is stranded (DESIGN 4.4).

The writes of one reboot are counted. Then a process is killed before and after every single one of them, and
another session finds what it left: it resumes it, or rolls it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.phases import Outcome
from kuredtui.engine.session import Session
from tests.engine.crash.child import When, execute
from tests.engine.crash.lanes import Lane
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.monitor import Monitor, monitoring

_LANES = 8
_PATIENCE = 60.0


@pytest.fixture
def cluster_nodes() -> int:
    return _LANES


@pytest.fixture
def cluster_speed() -> float:
    return 20.0


@dataclass(frozen=True)
class Point:
    """Where a process is killed: before or after its write of this number."""

    number: int
    when: When
    write: str

    def __str__(self) -> str:
        return f"killed {self.when} write {self.number}, {self.write}"


@asynccontextmanager
async def successor(lane: Lane) -> AsyncIterator[Session]:
    """Another session, which takes a journal for an orphan as soon as it has not moved for a moment."""
    session = Session(
        lane.cluster.client, options=lane.options(orphan_after=0.6), owner="heir@elsewhere"
    )
    running = asyncio.create_task(session.run())
    try:
        await eventually(
            lambda: session.connection.kind == "live" and lane.node in session.store,
            timeout=_PATIENCE,
        )
        yield session
    finally:
        running.cancel()
        await asyncio.wait([running])


async def crash_and_inherit(lane: Lane, point: Point, monitor: Monitor, *, resume: bool) -> None:
    """One death, and what comes after it."""
    cordoned = point.number % 3 == 0  # some nodes were cordoned by an operator before
    await lane.fill()
    await lane.cordon(cordoned=cordoned)
    boot = (await lane.look()).status.node_info.boot_id
    boots, reboots = monitor.boots(lane.node), len(monitor.reboots(lane.node))
    died = await execute(lane.job(kill_at=point.number, when=point.when)) is None
    left = OPERATION_ANNOTATION in (await lane.look()).metadata.annotations
    if left:
        outcome = await inherit(lane, resume=resume)
        expected = {Outcome.DONE} if resume else {Outcome.CANCELLED, Outcome.DONE}
        assert outcome in expected, outcome
    await lane.assert_as_found(cordoned=cordoned)
    rebooted = (await lane.look()).status.node_info.boot_id != boot
    assert rebooted or died
    assert rebooted or not (left and resume)
    await monitor.caught_up()
    assert monitor.boots(lane.node) - boots == rebooted
    new = monitor.reboots(lane.node)[reboots:]
    assert all(boot.proper for boot in new), new
    assert bool(new) >= rebooted
    await lane.empty()


async def inherit(lane: Lane, *, resume: bool) -> Outcome:
    """Resume or roll back what was left, as soon as that is allowed."""
    async with successor(lane) as session:
        await eventually(lambda: lane.node in session.orphans(), timeout=_PATIENCE)
        operation = session.resume(lane.node) if resume else session.roll_back(lane.node)
        return await operation.ended()


async def points(lane: Lane) -> list[Point]:
    """Every point at which a reboot on this lane can be cut off."""
    await lane.fill()
    writes = await execute(lane.job())
    assert writes is not None
    assert len(writes) > 10
    return [
        Point(number, when, write)
        for number, write in enumerate(writes, start=1)
        for when in ("before", "after")
    ]


async def through_all(
    lanes: Iterable[Lane], todo: list[Point], monitor: Monitor, *, resume: bool
) -> None:
    """All points, each lane taking the next one when it is free."""
    rest = iter(todo)

    async def drive(lane: Lane) -> None:
        for point in rest:
            try:
                await crash_and_inherit(lane, point, monitor, resume=resume)
            except AssertionError as error:
                raise AssertionError(f"{point}: {error}") from error

    async with asyncio.TaskGroup() as tasks:
        for lane in lanes:
            tasks.create_task(drive(lane))


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("way", ["resumed", "rolled back"])
async def test_wherever_a_process_dies_another_ends_its_operation(
    cluster: TestCluster, tmp_path: Path, concurrency: int, way: str
) -> None:
    lanes = [
        Lane(cluster=cluster, node=node, concurrency=concurrency, folder=tmp_path)
        for node in cluster.node_names
    ]
    for lane in lanes:
        await lane.make()
    async with monitoring(
        cluster.client, namespace=cluster.namespace, lock_namespace=cluster.namespace
    ) as monitor:
        todo = await points(lanes[0])
        await through_all(lanes, todo, monitor, resume=way == "resumed")
        for lane in lanes:
            assert monitor.most_owners(lane.kured) == lane.concurrency
