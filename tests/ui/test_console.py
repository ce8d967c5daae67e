"""The console around the table: header, read-only, keys in a burst, log, detail, help."""

from __future__ import annotations

import time

import pytest

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.why import Cause, Why
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


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
