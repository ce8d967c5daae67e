"""Leaving the program, with an operation at work and without."""

from __future__ import annotations

from kuredtui.engine.phases import Phase
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


async def test_all_answers_to_leaving_fit_on_a_small_terminal() -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        seen.session.move("node-1", Phase.DRAINING)
        await seen.see("draining")
        await seen.press("q")
        await seen.see("Stay (n)", "Wait (w)", "Cancel first (c)", "Leave it (l)")


async def test_q_leaves_at_once_while_nothing_runs() -> None:
    async with console(*THREE) as seen:
        await seen.press("q")
        await eventually(lambda: not seen.app.is_running)


async def test_q_asks_while_an_operation_runs_and_stays_by_default() -> None:
    async with console(*THREE) as seen:
        await _leave_during_drain(seen)
        await seen.press("enter")
        await seen.see("node-2", "draining")
        assert seen.app.is_running


async def test_leaving_can_wait_for_the_operation() -> None:
    async with console(*THREE) as seen:
        await _leave_during_drain(seen)
        await seen.press("w")
        assert seen.app.is_running
        seen.session.move("node-1", Phase.DONE)
        await eventually(lambda: not seen.app.is_running)


async def test_leaving_can_cancel_the_operation_first() -> None:
    async with console(*THREE) as seen:
        await _leave_during_drain(seen)
        await seen.press("c")
        await eventually(lambda: not seen.app.is_running)
        assert seen.session.calls == [("cancel", "node-1")]


async def test_leaving_can_leave_the_operation_as_it_is() -> None:
    async with console(*THREE) as seen:
        await _leave_during_drain(seen)
        await seen.press("l")
        await eventually(lambda: not seen.app.is_running)
        assert seen.session.calls == []


async def _leave_during_drain(seen: Console) -> None:
    seen.session.move("node-1", Phase.DRAINING)
    await seen.see("draining")
    await seen.press("q")
    await seen.see("An operation is running")


async def test_it_is_asked_once_however_often_one_wants_to_leave() -> None:
    session = FakeSession([a_node("node-1")])
    session.move("node-1", Phase.DRAINING)
    async with console(session=session) as seen:
        seen.burst("ctrl+c", "ctrl+c")
        await seen.see("An operation is running")
        await seen.press("escape")
        await seen.until(lambda: seen.app.screen is seen.app.main)


async def test_it_is_asked_on_top_of_another_question() -> None:
    session = FakeSession([a_node("node-1"), a_node("node-2")])
    session.move("node-1", Phase.DRAINING)
    async with console(session=session) as seen:
        await seen.press("j", "r")
        await seen.see("Reboot node-2?")
        await seen.press("ctrl+c")
        await seen.see("An operation is running")
        await seen.press("escape")
        await seen.see("Reboot node-2?")
