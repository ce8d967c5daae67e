"""The console around the table: connecting, header, log, dialogs, read-only, leaving."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from rich.color import ColorSystem

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.why import Cause, Why
from kuredtui.engine.phases import Phase
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.app import KuredTuiApp
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node, many_nodes
from tests.ui.fake_session import Console, FakeSession, console
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


# Connecting.


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


# Header.


async def test_the_header_says_where_who_and_how_many() -> None:
    nodes = (a_node("a", cordoned=True), a_node("b", ready="False"), a_node("c", pending=True))
    async with console(*nodes) as seen:
        assert "aks-prod-weu · v1.36.2 · jane@example.com" in seen.screen[0]
        assert "● live" in seen.screen[0]
        assert seen.screen[1].rstrip() == (
            " 3 nodes · 2 ready · 1 not ready · 1 pending, 2 unknown · 1 cordoned"
        )


async def test_counts_follow_the_nodes() -> None:
    async with console(*THREE) as seen:
        seen.session.put(a_node("node-2", cordoned=True))
        await seen.see("1 cordoned")


async def test_a_lost_connection_says_how_old_the_picture_is_and_why() -> None:
    async with console(*THREE) as seen:
        now = time.monotonic()
        seen.session.connect_as(
            ConnectionState(
                kind="lost", message="Connection refused.", fresh_at=now - 300, retry_at=now + 60
            )
        )
        await seen.see("○ lost", "as of 5m", "retry in", "Connection refused.")
        assert "node-1" in seen.text


async def test_demo_and_read_only_are_said() -> None:
    session = FakeSession(THREE, read_only=True, read_only_reason="you may not patch nodes")
    async with console(session=session, demo=True) as seen:
        assert " DEMO " in seen.screen[0]
        assert " READ-ONLY " in seen.screen[0]
        assert "you may not patch nodes" in seen.screen[1]


async def test_a_long_reason_for_read_only_leaves_the_counts_alone() -> None:
    session = FakeSession(THREE, read_only=True, read_only_reason="Read-only, because " + "x " * 99)
    async with console(session=session, size=(80, 24)) as seen:
        assert "3 nodes · 3 ready · 1 pending, 2 unknown · 0 cordoned" in seen.screen[1]
        assert "Read-only, becau" in seen.screen[1]


async def test_what_is_wrong_leaves_the_most_important_counts_alone() -> None:
    session = FakeSession(THREE)
    session.connection = ConnectionState(
        kind="lost", message="The API server is gone, and with it " + "x " * 99, fresh_at=0.0
    )
    async with console(session=session, size=(80, 24)) as seen:
        assert "3 nodes · 3 ready" in seen.screen[1]
        assert "The API server is gone, and" in seen.screen[1]


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


async def test_an_empty_cluster_says_so() -> None:
    async with console() as seen:
        await seen.see("This cluster has no nodes.")


# Read-only.


async def test_read_only_hides_the_keys_that_change_something() -> None:
    async with console(session=FakeSession(THREE, read_only=True)) as seen:
        keys = seen.screen[-1]
        assert "Reboot" not in keys
        assert "Rollout" not in keys
        assert "Cancel" not in keys
        assert "Detail" in keys


async def test_read_only_refuses_a_reboot_and_says_why() -> None:
    session = FakeSession(THREE, read_only=True, read_only_reason="you may not patch nodes")
    session.refusals["node-1"] = "Read-only: you may not patch nodes."
    async with console(session=session) as seen:
        await seen.press("r")
        await seen.see("Read-only: you may not patch nodes.")
        assert session.calls == []


async def test_read_only_help_leaves_out_the_keys_that_change_something() -> None:
    async with console(session=FakeSession(THREE, read_only=True)) as seen:
        await seen.press("question_mark")
        await seen.see("Show everything known")
        assert "Reboot the selected node" not in seen.text


# Reboot.


async def test_a_reboot_is_asked_for_with_the_focus_on_cancel() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        await seen.press("enter")
        await seen.see_no("Reboot node-1?")
        assert seen.session.calls == []


async def test_the_question_names_the_cluster() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("cluster  aks-prod-weu")


async def test_the_question_says_that_the_api_server_is_not_heard() -> None:
    async with console(*THREE) as seen:
        seen.session.connection = ConnectionState(kind="lost", fresh_at=time.monotonic() - 300)
        await seen.press("r")
        await seen.see("The API server is not heard: all this was so 5 minutes ago.")


@pytest.mark.parametrize("keys", [("y",), ("right", "right", "enter"), ("tab", "tab", "enter")])
async def test_a_confirmed_reboot_starts(keys: tuple[str, ...]) -> None:
    async with console(*THREE) as seen:
        await seen.press("j", "r")
        await seen.see("Reboot node-2?")
        await seen.press(*keys)
        await eventually(lambda: seen.session.calls == [("reboot", "node-2")])


@pytest.mark.parametrize("key", ["n", "escape", "enter", "q"])
async def test_anything_but_yes_starts_nothing(key: str) -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        await seen.press(key)
        await seen.pilot.pause()
        assert seen.session.calls == []


async def test_the_question_says_what_will_happen_and_what_is_against_it() -> None:
    async with console(a_node("a", pending=False, cordoned=True, ready="False")) as seen:
        await seen.press("r")
        await seen.see(
            "evict its pods",
            "leave it cordoned, as it was found",
            "It does not need a reboot.",
            "It is NotReady",
            "Somebody cordoned it",
        )


async def test_a_refusal_is_said_instead_of_a_question() -> None:
    async with console(*THREE) as seen:
        seen.session.refusals["node-1"] = "The lock is held by node-3 since 02:10."
        await seen.press("r")
        await seen.see("The lock is held by node-3 since 02:10.")
        assert seen.session.calls == []


async def test_a_refusal_that_came_while_the_question_stood_there_counts() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        seen.session.refusals["node-1"] = "The lock is held by node-3."
        await seen.press("y")
        await seen.see("The lock is held by node-3.")
        assert seen.session.calls == []


async def test_an_operation_is_cancelled_after_a_yes() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-1", Phase.DRAINING, "3/7 pods gone")
        await seen.see("draining ━━━───── 3/7 p")
        await seen.press("x")
        await seen.see("Cancel the operation of node-1?")
        await seen.press("y")
        await eventually(lambda: seen.session.calls == [("cancel", "node-1")])


async def test_there_is_nothing_to_cancel_without_an_operation() -> None:
    async with console(*THREE) as seen:
        await seen.press("x")
        await seen.see("no operation")


async def test_a_failed_operation_says_why() -> None:
    async with console(*THREE, size=(160, 40)) as seen:
        seen.session.move("node-1", Phase.FAILED, error="the drain timed out")
        await seen.see("failed: the drain timed out")


# Leaving.


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


# Keys that arrive faster than the screen follows, as over a slow line.


async def test_a_filter_typed_in_one_go_is_a_filter_and_nothing_else() -> None:
    async with console(*THREE, a_node("rye-4")) as seen:
        seen.burst("/", "r", "y", "e")
        await seen.see("1 of 4")
        assert seen.node_names == ["rye-4"]
        seen.burst("enter", "r")
        await seen.pilot.pause()
        assert seen.session.calls == []


async def test_what_is_typed_after_a_filter_concerns_the_nodes_that_it_shows() -> None:
    async with console(*THREE, a_node("rye-4"), a_node("rye-5")) as seen:
        seen.burst("/", "r", "y", "e", "enter", "j", "space")
        await seen.see("1 marked")
        assert seen.app.main.table.marks.in_order() == ["rye-5"]
        await seen.see("/ rye", "2 of 5")


async def test_a_filter_that_is_pasted_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(*THREE) as seen:
        table, looked = seen.app.main.table, list[object]()
        filter_by = table.filter_by
        monkeypatch.setattr(table, "filter_by", lambda test: (looked.append(test), filter_by(test)))
        seen.burst("/", *"-l agentpool=user", "enter", "j")
        await eventually(lambda: seen.selected == "node-2", what="the next node to be selected")
        assert len(looked) == 1


async def test_escape_after_a_filter_typed_in_one_go_leaves_none_behind() -> None:
    async with console(*THREE) as seen:
        seen.burst("/", "x", "y", "escape", "j")
        await eventually(lambda: seen.selected == "node-2", what="the next node to be selected")
        assert seen.node_names == ["node-1", "node-2", "node-3"]


async def test_a_slash_in_the_filter_is_a_letter() -> None:
    async with console(a_node("node-1", labels={"example.com/x": "1"}), a_node("node-2")) as seen:
        seen.burst("/", *"-l example.com/x")
        await seen.see("-l example.com/x", "1 of 2")


# Log, detail, help.


async def test_the_log_shows_what_happens_with_level_and_node() -> None:
    async with console(*THREE) as seen:
        seen.session.say("cordoned", node="node-1")
        seen.session.say("the budget web allows nothing", level="warning", node="node-1")
        await seen.see("the budget web allows nothing")
        assert "WARN  node-1 the budget web allows nothing" in seen.text


async def test_the_log_follows_and_stops_following_when_scrolled() -> None:
    async with console(*THREE) as seen:
        for number in range(50):
            seen.session.say(f"line {number}.")
        await seen.see("line 49.")
        await seen.press("tab", "g")
        await seen.see("line 0.", "not following")
        seen.session.say("line 50.")
        await eventually(lambda: seen.app.main.log_pane.virtual_size.height == 51)
        assert "line 0." in seen.text
        await seen.press("G")
        await seen.see("line 50.")


async def test_a_long_log_line_wraps_whole() -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        words = [f"word{number}" for number in range(30)]
        seen.session.say(" ".join(words))
        await seen.see(*words)


async def test_the_scrollbar_hides_nothing_of_the_log() -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        for _ in range(8):
            seen.session.say("earlier")
        seen.session.say("#" * 200)
        await seen.see("###")
        assert seen.text.count("#") == 200


async def test_the_log_can_be_large_and_hidden() -> None:
    async with console(*THREE) as seen:
        small = seen.app.main.log_pane.size.height
        await seen.press("l")
        await eventually(lambda: seen.app.main.log_pane.size.height > small)
        await seen.press("l")
        await seen.see_no("─Log")


async def test_enter_opens_the_detail_and_escape_closes_it() -> None:
    async with console(*THREE) as seen:
        await seen.press("enter")
        await seen.see("Conditions", "KubeletReady", "Ubuntu 22.04.5 LTS", "boot-of-node-1")
        await seen.press("escape")
        await seen.see_no("Conditions")
        await seen.press("j")
        assert seen.selected == "node-2"


async def test_the_detail_tells_of_what_is_not_well_first_and_in_full() -> None:
    async with console(a_node(ready="Unknown"), size=(80, 24)) as seen:
        await seen.press("enter")
        await seen.see("Conditions")
        ready, memory = seen.line_of("  Ready "), seen.line_of("MemoryPressure")
        assert seen.screen.index(ready) < seen.screen.index(memory)
        assert "kubelet has sufficient memory" not in seen.text


async def test_the_detail_follows_the_node_live() -> None:
    async with console(*THREE) as seen:
        await seen.press("enter")
        await seen.see("Conditions")
        seen.session.put(a_node("node-1", kernel="5.15.0-2000-azure"))
        await seen.see("5.15.0-2000-azure")


async def test_who_is_behind_its_pool_is_told_beside_its_kernel() -> None:
    async with console(a_node("node-1"), a_node("node-2"), size=(120, 40)) as seen:
        assert "behind" not in seen.text
        seen.session.put(a_node("node-2", kernel="5.15.0-1091-azure"))
        await seen.see("5.15.0-1089-azure  behind 1")
        assert "1 behind" in seen.screen[1]
        await seen.press("enter")
        await seen.see("5.15.0-1089-azure, behind 1")


async def test_the_detail_tells_why_the_node_waits_and_finds_out_more() -> None:
    cheap = Why(cause=Cause.FREE, sentence="Nothing stands in its way.", brief="free")
    full = Why(cause=Cause.DRAIN, sentence="Its drain would never end.", brief="drain")
    session = FakeSession(THREE)
    async with console(session=session) as seen:
        session.wait_for("node-1", cheap, in_full=full)
        await seen.press("enter")
        await seen.see("Why it waits", "Its drain would never end.")

        held = Why(cause=Cause.LOCK, sentence="The lock is held.", brief="lock", facts=("By b.",))
        session.wait_for("node-1", held)
        await seen.see("The lock is held.", "By b.")

        session.wait_for("node-1", None)
        await seen.see_no("Why it waits")


async def test_the_detail_takes_the_place_of_the_table_on_a_narrow_screen() -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        await seen.press("enter")
        await seen.see("Conditions")
        await seen.see_no("node-2")


async def test_help_lists_the_keys_of_where_one_is_first() -> None:
    async with console(*THREE) as seen:
        await seen.press("question_mark")
        await seen.see("Nodes", "Reboot the selected node")
        await seen.press("escape", "tab", "question_mark")
        await seen.see("Reading", "the log follows again")


async def test_a_key_in_the_footer_can_be_clicked() -> None:
    async with console(*THREE) as seen:
        x = seen.screen[-1].index("Help")
        await seen.pilot.click("KeyHints", offset=(x, 0))
        await seen.see("Reboot the selected node")


# Sizes, colours, hostile text.


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_everything_essential_fits(size: tuple[int, int]) -> None:
    async with console(*many_nodes(200), size=size, demo=True) as seen:
        seen.session.say("something happened")
        await seen.see("something happened")
        text = seen.text
        for essential in (
            "aks-prod-weu",
            "DEMO",
            "● live",
            "200 nodes",
            "NAME",
            "STATUS",
            "PENDING",
            "KERNEL",
            "OPERATION",
            "q Quit",
            "r Reboot",
        ):
            assert essential in text
        assert len(seen.screen) == size[1]
        assert ("CORDON" in text) == (size[0] >= 120)


async def test_every_column_is_shown_when_there_is_room() -> None:
    async with console(*many_nodes(20), size=(200, 60)) as seen:
        heading = seen.line_of("STATUS")
        assert heading.split() == [
            "NAME▲",
            "POOL",
            "STATUS",
            "CORDON",
            "PENDING",
            "KERNEL",
            "WHY",
            "VERSION",
            "AGE",
            "OPERATION",
        ]


async def test_without_colours_nothing_is_coloured_and_the_cursor_is_still_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(*THREE) as seen:
        strips = seen.app.screen._compositor.render_strips(seen.app.size)
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert all(colour.is_default for colour in colours)
        cursor = next(strip for strip in strips if "node-1" in strip.text)
        assert any(segment.style and segment.style.reverse for segment in cursor)


async def test_a_terminal_of_sixteen_colours_gets_colours_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The nearest of sixteen would show ready as grey and cordoned as red."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM", raising=False)
    async with console(a_node("node-1"), a_node("node-2", cordoned=True)) as seen:
        line = seen.app.main.table.render_line(2)  # below the selected one
        numbers = {
            segment.text.strip(): segment.style.color.downgrade(ColorSystem.STANDARD).number
            for segment in line
            if segment.style and segment.style.color
        }
        green, magenta = 2, 5
        assert (numbers["Ready"], numbers["cordoned"]) == (green, magenta)


HOSTILE = "\x1b[31m[red]‮evil‬\r\nשלום 漢字 e\u0301\u0301\u0301 👩‍👩‍👧"


async def test_hostile_text_is_drawn_harmlessly_and_leaves_the_columns_aligned() -> None:
    nodes = (
        a_node("node-1"),
        a_node("node-2", pool=HOSTILE, kernel=HOSTILE, version=HOSTILE),
        a_node("node-3", labels={"x": HOSTILE}, annotations={"y": HOSTILE * 500}),
    )
    async with console(*nodes, size=(200, 40)) as seen:
        seen.session.say(HOSTILE, node=HOSTILE)
        seen.session.move("node-3", Phase.DRAINING, HOSTILE)
        await seen.see("draining")
        await seen.press("G", "enter")
        await seen.see("Labels")
        await seen.press("G")
        for strip in seen.app.screen._compositor.render_strips(seen.app.size):
            assert strip.cell_length == 200
            assert not set(strip.text) & set("\x1b\x9b\r\n‮‬\u200d")
        assert "[red]" in seen.text


async def test_hostile_text_in_a_dialog_is_no_markup() -> None:
    async with console(a_node("[bold]a", pool=HOSTILE, kernel="[/]")) as seen:
        await seen.press("r")
        await seen.see("Reboot [bold]a?", "[/]")
