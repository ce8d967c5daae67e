"""Commands that are typed in the rollout, in the picture and in the panes: one line, with sense there."""

from __future__ import annotations

import pytest

from kuredtui.ui.screens.main import MainScreen
from tests.ui.fake_session import Console, FakeSession, console
from tests.ui.test_rollout import FOUR, busy


async def in_the_rollout(seen: Console) -> None:
    await seen.press("R")
    await seen.see("Rollout of 3 nodes")


async def in_the_picture(seen: Console) -> None:
    await seen.press("v")
    await seen.see("Kernels by pool")


async def in_a_plan(seen: Console) -> None:
    await seen.press("p")
    await seen.see("Plan of the drain of node-1")


ELSEWHERE = pytest.mark.parametrize("go", [in_the_rollout, in_the_picture, in_a_plan])


def type_in(seen: Console, line: str) -> None:
    """A command, every key of which has arrived before the first is looked at."""
    seen.burst(":", *line, "enter")


async def at_the_table(seen: Console) -> None:
    await seen.until(lambda: isinstance(seen.app.screen, MainScreen), "the table")


# What goes to the table.


@ELSEWHERE
async def test_a_node_is_gone_to_in_the_table(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        type_in(seen, "node node-2")
        await at_the_table(seen)
        await seen.until(lambda: seen.selected == "node-2")


@ELSEWHERE
async def test_what_is_typed_after_it_is_about_that_node(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        seen.burst(":", *"node node-2", "enter", "d")
        await seen.see("Drain node-2?")


@ELSEWHERE
async def test_rows_are_filtered_in_the_table(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        type_in(seen, "filter node-2")
        await seen.see("1 of 4")
        await at_the_table(seen)


@ELSEWHERE
async def test_rows_are_sorted_in_the_table(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        type_in(seen, "sort name")
        await at_the_table(seen)
        await seen.until(lambda: seen.node_names[0] == "node-4")


@ELSEWHERE
async def test_a_detail_opens_beside_the_table(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        type_in(seen, "detail node-2")
        await seen.see("Conditions", "─ node-2 ─")


@ELSEWHERE
async def test_the_log_is_shown_and_never_hidden_by_its_command(go: object) -> None:
    async with console(session=busy()) as seen:
        await seen.press("l")  # large: the next would be hidden
        await go(seen)
        type_in(seen, "log")
        await seen.see("─Log─")
        await seen.until(lambda: seen.app.focused is seen.app.main.log_pane)


# What is asked where one is.


async def test_a_question_stands_above_the_rollout() -> None:
    async with console(session=busy()) as seen:
        await in_the_rollout(seen)
        type_in(seen, "reboot node-2")
        await seen.see("Reboot node-2?")
        await seen.press("escape")
        await seen.see("Rollout of 3 nodes")


async def test_in_the_rollout_the_node_that_is_selected_there_is_meant() -> None:
    async with console(session=busy()) as seen:
        await in_the_rollout(seen)
        await seen.press("j")
        type_in(seen, "drain")
        await seen.see("Drain node-4?")


async def test_in_the_picture_no_node_is_meant() -> None:
    async with console(session=busy()) as seen:
        await in_the_picture(seen)
        type_in(seen, "drain")
        await seen.see("No node is selected here: name one.")
        assert seen.session.calls == []


# Screens.


async def test_from_the_rollout_to_the_picture_and_from_there_to_the_table() -> None:
    async with console(session=busy()) as seen:
        await in_the_rollout(seen)
        type_in(seen, "picture")
        await seen.see("Kernels by pool")
        await seen.press("escape")
        await at_the_table(seen)


async def test_from_the_picture_to_the_rollout_and_from_there_to_the_table() -> None:
    async with console(session=busy()) as seen:
        await in_the_picture(seen)
        type_in(seen, "rollout")
        await seen.see("Rollout of 3 nodes")
        await seen.press("escape")
        await at_the_table(seen)


async def test_the_rollout_stays_where_it_is_when_it_is_asked_for_again() -> None:
    async with console(session=busy()) as seen:
        await in_the_rollout(seen)
        await seen.press("j")
        type_in(seen, "rollout")
        await seen.see_no(":rollout")
        type_in(seen, "drain")
        await seen.see("Drain node-4?")


# The line.


@ELSEWHERE
async def test_the_footer_and_the_help_tell_of_it(go: object) -> None:
    async with console(session=busy(), size=(80, 24)) as seen:
        await go(seen)
        await seen.see(": Command", "esc ", "? Help")
        await seen.press("question_mark", "G")
        await seen.see("Type a command")


@ELSEWHERE
async def test_while_it_is_typed_the_footer_tells_its_keys(go: object) -> None:
    async with console(session=busy()) as seen:
        await go(seen)
        await seen.press("colon", "q", "colon")
        await seen.see(": q:", "enter Run", "tab Complete")
        await seen.press("escape")
        await seen.see(": Command")


async def test_one_history_for_all_screens() -> None:
    async with console(session=busy()) as seen:
        type_in(seen, "sort kernel")
        await in_the_rollout(seen)
        await seen.press("colon", "up")
        await seen.see(": sort kernel")


async def test_help_is_of_the_screen_one_is_on() -> None:
    async with console(session=busy()) as seen:
        await in_the_rollout(seen)
        type_in(seen, "help")
        await seen.see("Begin no more nodes until you press it again")


async def test_left_again_the_pane_has_the_keys_that_had_them() -> None:
    async with console(session=busy()) as seen:
        await seen.press("enter")
        await seen.see("Conditions")
        page = seen.app.main.detail.page
        await seen.press("colon", "escape")
        await seen.until(lambda: seen.app.focused is page)


async def test_on_a_narrow_terminal_a_filter_does_not_stay_behind_the_detail() -> None:
    async with console(session=busy(), size=(80, 24)) as seen:
        await seen.press("enter")
        await seen.see("Conditions")
        type_in(seen, "filter node-2")
        await seen.see("1 of 4", "OPERATION")


async def test_a_question_is_not_left_by_a_colon() -> None:
    async with console(session=busy()) as seen:
        await seen.press("d")
        await seen.see("Drain node-1?")
        await seen.press("colon")
        assert "a command" not in seen.text
        await seen.press("escape")
        await seen.see_no("Drain node-1?")


# In a plan.


async def test_what_a_plan_is_of_is_meant_with_its_options() -> None:
    async with console(session=busy()) as seen:
        await in_a_plan(seen)
        await seen.press("o")
        await seen.see("Options of this run alone")
        await seen.press("tab", "tab", "space", "enter")
        await seen.see("In this run:")
        type_in(seen, "drain")
        await seen.see("Drain node-1?", "In this run alone")


async def test_another_plan_takes_its_place() -> None:
    async with console(session=busy()) as seen:
        await in_a_plan(seen)
        type_in(seen, "plan node-2")
        await seen.see("Plan of the drain of node-2")
        await seen.press("escape")
        await at_the_table(seen)


async def test_a_plan_inside_a_question_leads_only_back() -> None:
    async with console(session=busy()) as seen:
        await seen.press("d", "p")
        await seen.see("Plan of the drain of node-1")
        assert "Command" not in seen.text
        await seen.press("colon", "ctrl+p", "ctrl+t")
        assert "a command" not in seen.text
        await seen.press("escape")
        await seen.see("Drain node-1?")


async def test_in_read_only_a_plan_has_commands_and_nothing_that_changes_the_cluster() -> None:
    session = FakeSession(FOUR, read_only=True, read_only_reason="You may not patch nodes.")
    async with console(session=session) as seen:
        await in_a_plan(seen)
        await seen.see(": Command")
        assert "Reboot" not in seen.screen[-1]
        await seen.press("r")
        type_in(seen, "node node-2")
        await seen.until(lambda: seen.selected == "node-2")
