"""The process dies at any instant, and nothing is stranded (DESIGN 4.4).

The writes of an operation are counted. Then a process is killed before and after every single one of them,
and another session finds what it left: it resumes it, or rolls it back. Whoever takes over may be killed,
too, and then a third one ends it. All the while a referee watches from outside.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kuredtui.demo.scenario.kured import MANIFEST, KuredSetup
from kuredtui.engine.phases import Goal, Outcome
from kuredtui.engine.session import Session
from tests.engine.crash.child import SOON, Act, When, execute
from tests.engine.crash.lanes import Lane
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Fault, Referee, judge

_LANES = 8
_PATIENCE = 60.0


@pytest.fixture
def cluster_nodes() -> int:
    return _LANES


@pytest.fixture
def cluster_speed() -> float:
    return 20.0


@pytest.fixture
def cluster_kured() -> KuredSetup:
    """None that runs anywhere: each lane has a lock of its own, and every session would ask its pods."""
    return replace(MANIFEST, node_selector={"nowhere": "at-all"})


@dataclass(frozen=True)
class Death:
    """A process that is killed before or after its write of this number."""

    act: Act
    number: int
    when: When
    write: str

    def __str__(self) -> str:
        return f"the {self.act} killed {self.when} write {self.number}, {self.write}"


@dataclass(frozen=True)
class Case:
    """Processes that die one after the other, and what the one that lives does then.

    Attributes:
        deaths: of those who die, in order.
        then: what the last one does.
        drained: whether somebody has drained the node before, and left it so.
    """

    deaths: tuple[Death, ...]
    then: Act
    drained: bool = False

    @property
    def cordoned(self) -> bool:
        """Whether an operator had cordoned the node before; some had."""
        return self.deaths[-1].number % 3 == 0

    @property
    def outcomes(self) -> set[Outcome]:
        """How the last one may end."""
        acts = (*(death.act for death in self.deaths), self.then)
        if "roll back" in acts:
            return {Outcome.CANCELLED, Outcome.DONE}  # done: it was too late to undo it
        return {Outcome.DRAINED if "drain" in acts else Outcome.DONE}

    @property
    def rests(self) -> bool:
        """Whether it may be left drained, which is cordoned and unlocked."""
        return self.drained or self.deaths[0].act == "drain"

    def __str__(self) -> str:
        return f"{', then '.join(map(str, self.deaths))}, then {self.then}"


async def play(lane: Lane, case: Case, referee: Referee) -> None:
    """The deaths, and what comes after them."""
    await lane.fill()
    await lane.cordon(cordoned=case.cordoned)
    boot = (await lane.look()).status.node_info.boot_id
    mark = await referee.mark()
    if case.drained:
        await drain(lane)
    for death in case.deaths:
        job = lane.job(death.act, kill_at=death.number, when=death.when)
        died = await execute(job) is None
    outcome, left = None, await lane.journal()
    if left is not None and not left.resting:
        outcome = await inherit(lane, case.then)
        assert outcome in case.outcomes, outcome
    if (left := await lane.journal()) is not None:
        assert left.resting and case.rests, left
        await lane.assert_free(cordoned=True)
        assert await inherit(lane, "roll back") is Outcome.CANCELLED
    await lane.assert_free(cordoned=case.cordoned)
    await lane.empty()
    verdict = judge(await referee.since(mark), lane.rules(cordoned=case.cordoned))
    allowed = [Fault.RELEASED_CORDONED] if case.rests else []
    wrong = [found for found in verdict.findings if found.fault not in allowed]
    assert not wrong, verdict.told()
    rebooted = (await lane.look()).status.node_info.boot_id != boot
    assert len(verdict.reboots) == rebooted
    if outcome is None:
        assert died or rebooted or case.deaths[-1].act != "reboot"
    else:
        assert rebooted is (outcome is Outcome.DONE)


async def drain(lane: Lane) -> None:
    """Leave the node drained."""
    async with successor(lane) as session:
        assert await session.start_drain(lane.node).ended() is Outcome.DRAINED


async def inherit(lane: Lane, act: Act) -> Outcome:
    """Resume or roll back what was left, as soon as that is allowed."""
    async with successor(lane) as session:
        if act == "resume":
            await eventually(lambda: lane.node in session.orphans(), timeout=_PATIENCE)
            return await session.resume(lane.node).ended()
        await eventually(lambda: not session.refusal(lane.node, Goal.ROLL_BACK), timeout=_PATIENCE)
        return await session.roll_back(lane.node).ended()


@asynccontextmanager
async def successor(lane: Lane) -> AsyncIterator[Session]:
    """Another session, which takes a journal for an orphan as soon as it has not moved for a moment."""
    session = Session(
        lane.cluster.client, options=lane.options(orphan_after=SOON), owner="heir@elsewhere"
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


async def deaths_of(lane: Lane, act: Act, *before: Death, drained: bool = False) -> list[Death]:
    """Every point at which an act on this lane can be cut off, once others were cut off before."""
    await lane.fill()
    if drained:
        await drain(lane)
    for death in before:
        job = lane.job(death.act, kill_at=death.number, when=death.when)
        assert await execute(job) is None, death
    writes = await execute(lane.job(act))
    assert writes is not None
    assert len(writes) > 3
    if act == "drain":
        await inherit(lane, "roll back")
    await lane.empty()
    return [
        Death(act, number, when, write)
        for number, write in enumerate(writes, start=1)
        for when in ("before", "after")
    ]


async def play_all(lanes: Sequence[Lane], cases: Iterable[Case]) -> None:
    """All cases, each lane taking the next one when it is free."""
    rest, cluster = iter(cases), lanes[0].cluster

    async def drive(lane: Lane) -> None:
        for case in rest:
            try:
                await play(lane, case, referee)
            except AssertionError as error:
                raise AssertionError(f"{case}: {error}") from error

    async with (
        Referee(cluster.client, namespace=cluster.namespace) as referee,
        asyncio.TaskGroup() as tasks,
    ):
        for lane in lanes:
            tasks.create_task(drive(lane))


def in_turns() -> Iterator[Act]:
    """What the next one does: each of both before some writes, and after some."""
    return itertools.cycle(("resume", "roll back", "roll back", "resume"))


async def lanes_of(cluster: TestCluster, folder: Path, *, concurrency: int = 1) -> Sequence[Lane]:
    lanes = [
        Lane(cluster=cluster, node=node, concurrency=concurrency, folder=folder)
        for node in cluster.node_names
    ]
    for lane in lanes:
        await lane.make()
    return lanes


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("then", ["resume", "roll back"])
async def test_wherever_a_reboot_dies_another_ends_it(
    cluster: TestCluster, tmp_path: Path, concurrency: int, then: Act
) -> None:
    lanes = await lanes_of(cluster, tmp_path, concurrency=concurrency)
    deaths = await deaths_of(lanes[0], "reboot")
    assert len(deaths) > 20
    await play_all(lanes, [Case((death,), then) for death in deaths])


async def test_wherever_a_drain_dies_another_ends_it(cluster: TestCluster, tmp_path: Path) -> None:
    lanes = await lanes_of(cluster, tmp_path)
    deaths = await deaths_of(lanes[0], "drain")
    assert len(deaths) > 15
    await play_all(lanes, [Case((d,), then) for d, then in zip(deaths, in_turns(), strict=False)])


async def test_wherever_a_reboot_on_a_drained_node_dies_another_ends_it(
    cluster: TestCluster, tmp_path: Path
) -> None:
    """Undone it leaves the node drained, as it was found. Before a write is after the one before."""
    lanes = await lanes_of(cluster, tmp_path)
    deaths = [
        death
        for death in await deaths_of(lanes[0], "reboot", drained=True)
        if death.when == "after"
    ]
    assert len(deaths) > 8
    cases = [Case((d,), then, drained=True) for d, then in zip(deaths, in_turns(), strict=False)]
    await play_all(lanes, cases)


@pytest.mark.parametrize(
    ("at", "takes"),
    [("/eviction", ("resume", "roll back")), ("/pods", ("resume",))],
    ids=["while it drained", "once the node was told"],
)
async def test_wherever_one_who_takes_over_dies_a_third_ends_it(
    cluster: TestCluster, tmp_path: Path, at: str, takes: Sequence[Act]
) -> None:
    """Rolled back, a node that was told is brought back as if it were resumed, so that is not told twice."""
    lanes = await lanes_of(cluster, tmp_path)
    reboot = await deaths_of(lanes[0], "reboot")
    first = next(d for d in reboot if d.write.endswith(at) and d.when == "after")
    found = await asyncio.gather(
        *(deaths_of(lane, act, first) for lane, act in zip(lanes, takes, strict=False))
    )
    cases = [
        Case((first, second), then)
        for seconds in found
        for second, then in zip(seconds, in_turns(), strict=False)
    ]
    assert len(cases) > 10
    await play_all(lanes, cases)
