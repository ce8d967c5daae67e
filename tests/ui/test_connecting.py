"""Connecting, and what is said and done when that fails or ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kuredtui.cluster.connection import ConnectionState
from kuredtui.engine.phases import Phase
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.app import KuredTuiApp
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import FakeSession, console
from tests.ui.screen_reader import screen_lines

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


def app_with(connect: Callable[[], Awaitable[object]], label: str = "prod") -> KuredTuiApp:
    return KuredTuiApp(connect, target_label=label, clock=NOW.timestamp)  # type: ignore[arg-type]  # a fake session


def session_of(session: FakeSession) -> Callable[[], Awaitable[object]]:
    async def connect() -> object:
        return session

    return connect


async def see(app: KuredTuiApp, text: str) -> None:
    await eventually(lambda: text in "\n".join(screen_lines(app)), what=f"{text!r} to appear")


async def test_the_first_paint_says_what_is_connected_to_before_there_is_an_answer() -> None:
    answer = asyncio.get_running_loop().create_future()

    async def connect() -> object:
        return await answer

    app = app_with(connect)
    async with app.run_test(size=(80, 24)):
        await see(app, "connecting to prod ...")


async def test_a_failure_to_connect_is_one_sentence_and_q_quits() -> None:
    async def connect() -> object:
        raise ConfigError("There is no context prod in the kubeconfig; see kubectl config.")

    app = app_with(connect)
    async with app.run_test(size=(80, 24)) as pilot:
        await see(app, "There is no context prod in the kubeconfig; see kubectl config.")
        await see(app, "^r connects anew")
        await pilot.press("q")
        await eventually(lambda: not app.is_running)


async def test_an_unexpected_failure_is_a_sentence_too() -> None:
    async def connect() -> object:
        raise RuntimeError("boom")

    app = app_with(connect)
    async with app.run_test(size=(80, 24)):
        await see(app, "boom")
        assert "Traceback" not in "\n".join(screen_lines(app))


async def test_after_a_failure_it_can_be_tried_again() -> None:
    attempts: list[int] = []

    async def connect() -> object:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConfigError("No.")
        return FakeSession(THREE)

    app = app_with(connect)
    async with app.run_test(size=(80, 24)) as pilot:
        await see(app, "^r connects anew")
        await pilot.press("ctrl+r")
        await see(app, "node-2")


async def test_a_session_that_breaks_leaves_its_rows_and_says_why() -> None:
    async with console(*THREE) as seen:
        seen.session.end.set_exception(ConfigError("The token expired; log in again."))
        await seen.see("The token expired; log in again.", "node-1", "not connected")


async def test_a_new_session_shows_only_its_own_nodes() -> None:
    sessions: list[FakeSession] = []

    async def connect() -> object:
        sessions.append(FakeSession(THREE if not sessions else [a_node("node-9")]))
        return sessions[-1]

    app = app_with(connect)
    async with app.run_test(size=(80, 24)) as pilot:
        await see(app, "node-1")
        sessions[0].end.set_exception(ConfigError("Gone."))
        await see(app, "Gone.")
        await pilot.press("ctrl+r")
        await see(app, "node-9")
        assert "node-1" not in "\n".join(screen_lines(app))


async def test_leaving_ends_the_session_before_the_program_goes_on() -> None:
    ended: list[bool] = []

    class Watched(FakeSession):
        async def run(self) -> None:
            try:
                await super().run()
            finally:
                await asyncio.sleep(0)
                ended.append(True)

    async with console(session=Watched(THREE)) as seen:
        await seen.press("q")
        await eventually(lambda: not seen.app.is_running)
    assert ended == [True]


async def test_what_was_opened_is_closed_when_the_session_has_ended() -> None:
    order: list[str] = []

    class Watched(FakeSession):
        async def run(self) -> None:
            try:
                await super().run()
            finally:
                order.append("ended")

    async def connect() -> object:
        return Watched(THREE)

    async def close() -> None:
        order.append("closed")

    app = KuredTuiApp(connect, target_label="prod", close=close)  # type: ignore[arg-type]  # a fake session
    async with app.run_test(size=(80, 24)) as pilot:
        await see(app, "node-1")
        await pilot.press("q")
        await eventually(lambda: not app.is_running)
    assert order == ["ended", "closed"]


async def test_before_anything_was_heard_nothing_is_counted() -> None:
    session = FakeSession()
    session.connection = ConnectionState(kind="lost", message="Connection refused.")
    app = app_with(session_of(session))
    async with app.run_test(size=(80, 24)):
        await see(app, "○ lost")
        text = "\n".join(screen_lines(app))
        assert "0 nodes" not in text


async def test_why_there_is_no_connection_stands_where_the_rows_would_be() -> None:
    session = FakeSession()
    session.connection = ConnectionState(kind="lost", message="https://k refuses connections.")
    app = app_with(session_of(session))
    async with app.run_test(size=(80, 24)):
        await see(app, "^r connects anew")
        rows = "\n".join(screen_lines(app)[3:])
        assert "https://k refuses connections." in rows


async def test_a_lost_connection_can_be_made_anew_at_once() -> None:
    sessions: list[FakeSession] = []

    async def connect() -> object:
        sessions.append(FakeSession(THREE))
        if len(sessions) == 1:
            sessions[0].connection = ConnectionState(kind="lost", message="401: log in again.")
        return sessions[-1]

    app = app_with(connect)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(app, "401: log in again.")
        await pilot.press("ctrl+r")
        await see(app, "● live")
        await pilot.press("ctrl+r")  # there is nothing to be made anew
        await pilot.pause()
    assert len(sessions) == 2
    assert sessions[0].end.cancelled()


async def test_an_operation_is_not_cut_off_by_connecting_anew() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-1", Phase.DRAINING)
        seen.session.connect_as(ConnectionState(kind="lost", message="No."))
        await seen.see("○ lost", "draining")
        await seen.press("ctrl+r")
        await seen.see("An operation is at work")
        assert not seen.session.end.done()


async def test_the_command_to_connect_says_of_an_operation_what_the_key_says() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-1", Phase.DRAINING)
        seen.session.connect_as(ConnectionState(kind="lost", message="No."))
        await seen.see("○ lost", "draining")
        seen.burst(":", *"connect", "enter")
        await seen.see("An operation is at work: it goes on by itself")


async def test_there_is_nothing_to_connect_anew_while_connected_and_that_is_said() -> None:
    async with console(*THREE) as seen:
        await seen.press("ctrl+r")
        await seen.see("It is connected.")
