"""The palette: actions found by what they do, which ask as their keys do."""

from __future__ import annotations

from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeSession, console

TWO = (a_node("node-1", pending=True), a_node("node-2"))


async def test_an_action_is_found_by_what_it_does_and_asks_first() -> None:
    async with console(*TWO) as seen:
        await seen.press("ctrl+p")
        await seen.see("What do you want to do?")
        await seen.press(*"drain")
        await seen.see("Drain the marked nodes")
        await seen.press("enter")
        await seen.see("Drain node-1?")
        assert seen.session.calls == []


async def test_read_only_does_not_offer_what_it_forbids() -> None:
    session = FakeSession(TWO, read_only=True, read_only_reason="Read-only.")
    async with console(session=session) as seen:
        await seen.press("ctrl+p")
        await seen.see("Filter  (/)")
        assert "Drain  (d)" not in seen.text


async def test_a_colon_in_the_filter_is_a_letter() -> None:
    async with console(*TWO) as seen:
        await seen.press("slash", "l", "colon")
        await seen.see("l:")
        assert "What do you want to do?" not in seen.text
