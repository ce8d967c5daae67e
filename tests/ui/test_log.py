"""The log: as much of it as is wanted, and a file of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from kuredtui.kube.errors import ConfigError
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import Console, FakeSession, console

TWO = (a_node("node-1"), a_node("node-2"))
# Each once; the words stand in no key's label.
DEBUG, INFO, WARNING, ERROR = (
    "it was looked at",
    "gone is 1 of 3",
    "a budget refuses",
    "all is lost",
)


def talkative() -> FakeSession:
    """A session that has said something of each level."""
    session = FakeSession(TWO)
    session.say(DEBUG, level="debug", node="node-1")
    session.say(INFO, node="node-1", time=NOW - timedelta(minutes=3))
    session.say(WARNING, level="warning", node="node-2")
    session.say(ERROR, level="error")
    return session


async def in_the_log(seen: Console) -> None:
    """Put the focus into the log."""
    await seen.see(ERROR)
    seen.app.main.log_pane.focus()
    await eventually(lambda: seen.app.focused is seen.app.main.log_pane)


@pytest.fixture
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one is: what is typed is short then, and each key takes its time."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_what_is_less_grave_can_be_left_out_and_shown_again() -> None:
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        await seen.press("v")
        await seen.see_no(DEBUG)
        await seen.press("v")
        await seen.see("Log · warnings and errors", WARNING, ERROR)
        assert INFO not in seen.text
        await seen.press("v", "v")
        await seen.see(DEBUG, INFO, WARNING, ERROR)


async def test_it_can_be_of_the_selected_node_alone() -> None:
    async with console(session=talkative()) as seen:
        await seen.press("j")
        await in_the_log(seen)
        await seen.press("n")
        await seen.see("Log · node-2", WARNING)
        assert INFO not in seen.text
        seen.session.say("later of node-1", node="node-1")
        seen.session.say("later of node-2", node="node-2")
        await seen.see("later of node-2")
        assert "later of node-1" not in seen.text
        await seen.press("n")
        await seen.see("later of node-1")


async def test_it_can_be_lines_with_some_words_alone() -> None:
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        await seen.press("w")
        await seen.see("Show of the log")
        await seen.press(*"BUDGET", "enter")
        await seen.see("Log · with “budget”", WARNING)
        assert ERROR not in seen.text


async def test_ages_instead_of_times() -> None:
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        await seen.press("t")
        await seen.see(" ago INFO")
        assert "3m ago INFO" in seen.line_of(INFO)
        await seen.press("t")
        await seen.see_no(" ago INFO")


async def test_who_scrolled_up_keeps_the_place_while_lines_come() -> None:
    session = FakeSession(TWO)
    for number in range(100):
        session.say(f"line {number:03}.")
    async with console(session=session) as seen:
        await seen.see("line 099.")
        seen.app.main.log_pane.focus()
        await seen.press("g")
        await seen.see("line 000.", "not following")
        for number in range(100, 120):
            session.say(f"line {number:03}.")
        await eventually(lambda: len(seen.app.main.log_pane.records) == 120)
        await seen.pilot.pause()
        assert "line 000." in seen.text


@pytest.mark.parametrize("name", ["night.log", "night.jsonl"])
async def test_what_it_shows_is_exported(own_directory: Path, name: str) -> None:
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        await seen.press("v", "v", "e")
        await seen.see("Export the log", "kuredtui-20260314-")
        await seen.press(*name, "enter")
        await seen.see("2 records exported to")
    lines = (own_directory / name).read_text().splitlines()
    assert len(lines) == 2
    if name.endswith("jsonl"):
        assert json.loads(lines[0])["message"] == WARNING
    else:
        assert lines == [
            f"2026-03-14T02:00:00Z WARNING node-2 {WARNING}",
            f"2026-03-14T02:00:00Z ERROR   - {ERROR}",
        ]


async def test_a_file_that_is_there_is_not_overwritten(own_directory: Path) -> None:
    path = own_directory / "night.log"
    path.write_text("dear")
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        await seen.press("e")
        await seen.see("Export the log")
        await seen.press(*path.name, "enter")
        await seen.see("The log was not exported: File exists.")
    assert path.read_text() == "dear"


@pytest.mark.usefixtures("own_directory")
async def test_the_log_of_a_session_that_broke_can_be_exported() -> None:
    async with console(session=talkative()) as seen:
        await in_the_log(seen)
        seen.session.end.set_exception(ConfigError("The token expired."))
        await seen.see("The token expired.")
        await seen.press("e")
        await seen.see("Export the log")
        await seen.press(*"night.log", "enter")
        await seen.see("4 records exported")


async def test_it_follows_the_end_through_all_sizes() -> None:
    async with console(a_node("node-1")) as seen:
        for number in range(60):
            seen.session.say(f"line {number}.", node="node-1")
        await seen.see("line 59.")
        await seen.press("l")
        await seen.see("line 45.", "line 59.")
        await seen.press("l")
        await seen.see_no("line 59.")
        seen.session.say("hidden.", node="node-1")
        await seen.press("l")
        await seen.see("hidden.")
        seen.session.say("later.", node="node-1")
        await seen.see("later.")
