"""What a person waits for goes before what the session does besides."""

from __future__ import annotations

import asyncio

import pytest
from textual.drivers.linux_driver import LinuxDriver
from textual.events import InputEvent, Key, MouseMove

from kuredtui.engine.slices import Slices
from kuredtui.ui.terminal_driver import TerminalDriver
from tests.ui.clusters import a_node
from tests.ui.fake_session import console

MOVED = MouseMove(None, 1, 1, 0, 0, 0, shift=False, meta=False, ctrl=False)


@pytest.mark.parametrize(
    ("event", "times"),
    [
        pytest.param(Key("j", "j"), 1, id="a key does"),
        pytest.param(MOVED, 0, id="a mouse that merely moves does not"),
    ],
)
async def test_what_hurries_the_session(
    monkeypatch: pytest.MonkeyPatch, event: InputEvent, times: int
) -> None:
    sent: list[object] = []
    hurried: list[Slices] = []
    monkeypatch.setattr(LinuxDriver, "send_message", lambda _self, message: sent.append(message))
    monkeypatch.setattr(Slices, "hurry", lambda slices: hurried.append(slices))
    async with console(a_node("node-1")) as seen:
        assert seen.app.session is not None
        driver = TerminalDriver(seen.app)  # type: ignore[arg-type]  # App is invariant in its result
        driver.send_message(event)
        await asyncio.sleep(0)  # it is told from another thread
        assert hurried == times * [seen.app.session.slices]
    assert sent == [event]
