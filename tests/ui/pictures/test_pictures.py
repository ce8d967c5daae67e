"""Every screen as it is drawn, at three sizes and without colours, compared with pictures kept beside this.

    pytest tests/ui/pictures --snapshot-update

draws them anew; the difference is read, line by line, before it is committed.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.widgets import Input

from kuredtui.cluster.connection import ConnectionState
from tests.support.eventually import eventually
from tests.ui.fake_session import Console, console
from tests.ui.pictures.night import BLOCKED, night
from tests.ui.pictures.screen_picture import screen_picture

SIZES = ((80, 24), (120, 40), (200, 60))
Scene = Callable[[Console], Awaitable[None]]
SCENES: dict[str, Scene] = {}


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each picture."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def scene(show: Scene) -> Scene:
    """Have it photographed under the function's name."""
    SCENES[show.__name__] = show
    return show


async def on_the_blocked_node(seen: Console) -> None:
    """The last but one of the table."""
    await seen.press("G", "k")
    await eventually(lambda: seen.selected == BLOCKED)


@scene
async def table(seen: Console) -> None:
    await seen.press("D")


@scene
async def filtered(seen: Console) -> None:
    await seen.press("slash", *"user")
    await seen.see("6 of 12")


@scene
async def detail(seen: Console) -> None:
    await on_the_blocked_node(seen)
    await seen.press("enter")
    await seen.see("The budget shop/db allows no pod of it to go.")


@scene
async def plan(seen: Console) -> None:
    await on_the_blocked_node(seen)
    await seen.press("p")
    await seen.see("NEVER")


@scene
async def question(seen: Console) -> None:
    await on_the_blocked_node(seen)
    await seen.press("d")
    await seen.see(f"Drain {BLOCKED}?", "db-0")


@scene
async def typed_question(seen: Console) -> None:
    seen.session.rollout = None
    seen.session.changed.set()
    await seen.see_no("rollout 2/4")  # in the header, too
    await seen.press("R")
    await seen.see("in a rollout?", "type the number")


@scene
async def options(seen: Console) -> None:
    await typed_question(seen)
    await seen.press("ctrl+o")
    await seen.see("How the rollout goes")


@scene
async def rollout(seen: Console) -> None:
    await seen.press("R")
    await seen.see("Rollout of 4 nodes", "3/7 pods gone")


@scene
async def orphans(seen: Console) -> None:
    await seen.press("o")
    await seen.see("aks-gpu-7-1")


@scene
async def help_(seen: Console) -> None:
    await seen.press("question_mark")
    await seen.see("Keys")


@scene
async def picture(seen: Console) -> None:
    await seen.press("v")
    await seen.see("pending now", "newest")


@scene
async def log(seen: Console) -> None:
    await seen.press("l", "tab")
    await seen.see("did not come back")


@scene
async def lost(seen: Console) -> None:
    seen.session.connect_as(
        ConnectionState(kind="lost", fresh_at=None, message="no route to host 10.0.0.1:443")
    )
    await seen.see("no route to host")


async def settled(seen: Console) -> str:
    """The picture, when it stays as it is."""
    for field in seen.app.screen.query(Input):
        field.cursor_blink = False
    before = ""
    while (now := screen_picture(seen.app)) != before:
        before = now
        await seen.pilot.pause()
        await seen.pilot.pause(0.05)
    return now


async def photographed(name: str, size: tuple[int, int]) -> str:
    async with console(session=night(), size=size, production=True) as seen:
        await SCENES[name](seen)
        return await settled(seen)


@pytest.fixture(autouse=True)
def _one_place_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
async def test_as_drawn_before(
    name: str, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    assert await photographed(name, size) == snapshot(extension_class=TextFile)


@pytest.mark.parametrize("name", SCENES)
async def test_without_colours_as_drawn_before(
    name: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert await photographed(name, (80, 24)) == snapshot(extension_class=TextFile)
