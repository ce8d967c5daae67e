"""The window's answer."""

from __future__ import annotations

from datetime import UTC, datetime

from kuredtui.cluster.time_window import TimeWindow
from kuredtui.engine.policy.window import WindowHook
from tests.support.nodes import node_record

NIGHT = TimeWindow.parse(days=["mo", "tu"], start="22:00", end="5:00", zone="Europe/Berlin")


async def test_it_is_go_while_the_window_is_open() -> None:
    hook = WindowHook(NIGHT, now=lambda: datetime(2026, 11, 23, 23, tzinfo=UTC))
    assert (await hook.ask(node_record())).go


async def test_it_says_when_the_window_opens() -> None:
    hook = WindowHook(NIGHT, now=lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
    answer = await hook.ask(node_record())
    assert answer.opens_at == datetime(2026, 11, 30, 21, tzinfo=UTC)
    assert answer.reason == (
        "The reboot window, Mon Tue 22:00-05:00 (Europe/Berlin), is closed. "
        "It opens on Mon 2026-11-30 22:00 CET."
    )


async def test_it_says_when_the_window_never_opens() -> None:
    never = TimeWindow.parse(days=[], start="0:00", end="1:00", zone="UTC")
    answer = await WindowHook(never).ask(node_record())
    assert answer.opens_at is None
    assert "never opens" in answer.reason
