"""The header: who holds the lock, the window, the rollout, and what kind of cluster it is."""

from __future__ import annotations

import pytest

from kuredtui.cluster.time_window import EVERY_DAY, TimeWindow
from kuredtui.engine.rollout_entry import Entry, EntryState
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeLocks, FakeRollout, FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))
HELD = '{"nodeID":"node-2","created":"2026-03-14T01:48:30Z","TTL":0}'


async def second_line(session: FakeSession, *, size: tuple[int, int] = (160, 30)) -> str:
    async with console(session=session, size=size) as seen:
        return seen.screen[1]


@pytest.mark.parametrize(
    ("locks", "said"),
    [
        (FakeLocks(HELD), "lock node-2 11m"),
        (FakeLocks(HELD, ghosts=["node-2"]), "lock node-2 11m GHOST"),
        (FakeLocks('{"nodeID":"manual"}'), "kured PAUSED"),
        (
            FakeLocks(f'{{"maxOwners":2,"locks":[{HELD},{HELD.replace("node-2", "b")}]}}'),
            "lock node-2 11m +1",
        ),
        (FakeLocks(f"{HELD.replace('node-2', 'kuredtui:node-2')}"), "lock node-2 11m"),
    ],
)
async def test_who_holds_the_lock_and_for_how_long(locks: FakeLocks, said: str) -> None:
    session = FakeSession(THREE)
    session.locks = locks
    assert said in await second_line(session)


async def test_a_lock_that_nobody_holds_takes_no_room() -> None:
    session = FakeSession(THREE)
    session.locks = FakeLocks('{"maxOwners":2,"locks":[]}')
    assert "lock" not in await second_line(session)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("22:00", "5:00", "window open until 05:00"),
        ("4:00", "5:00", "window opens Sat 04:00"),
    ],
)
async def test_the_window_says_until_when_or_from_when_on(start: str, end: str, said: str) -> None:
    session = FakeSession(THREE)
    session.window = TimeWindow.parse(days=EVERY_DAY, start=start, end=end, zone="UTC")
    assert said in await second_line(session)


async def test_a_window_that_never_closes_takes_no_room() -> None:
    session = FakeSession(THREE)
    session.window = TimeWindow.parse(days=EVERY_DAY, start="0:00", end="23:59:59", zone="UTC")
    assert "window" not in await second_line(session)


async def test_a_rollout_is_seen_from_the_table_too() -> None:
    session = FakeSession(THREE)
    entries = {
        name: Entry(node=name, uid="", boot_id="", state=state)
        for name, state in (("node-1", EntryState.DONE), ("node-2", EntryState.QUEUED))
    }
    session.rollout = FakeRollout(entries, paused=True)
    assert "rollout 1/2 paused" in await second_line(session)


async def test_what_grows_during_the_night_is_kept_on_a_small_terminal() -> None:
    session = FakeSession(THREE)
    session.locks = FakeLocks(HELD, ghosts=["node-2"])
    assert "lock node-2 11m GHOST" in await second_line(session, size=(80, 24))


async def test_a_production_cluster_is_marked_in_the_header_and_in_questions() -> None:
    async with console(*THREE, production=True) as seen:
        assert " PRODUCTION " in seen.screen[0]
        await seen.press("d")
        await seen.see("Drain node-1?", "aks-prod-weu (PRODUCTION)")
        await seen.press("escape")
    async with console(*THREE) as seen:
        assert "PRODUCTION" not in seen.text
        await eventually(lambda: seen.selected == "node-1")
