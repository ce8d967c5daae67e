"""The palette: actions found by what they do, which ask as their keys do."""

from __future__ import annotations

import pytest
from textual.command import Hit

from kuredtui.ui.actions import ACTIONS, BY_ID
from kuredtui.ui.palette import ActionsProvider, Palette
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, FakeSession, console
from tests.ui.test_rollout import busy

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


async def test_what_is_picked_twice_is_done_once() -> None:
    """The second press of enter came to a palette that had gone, and ended the program."""
    async with console(*TWO) as seen:
        await seen.press("ctrl+p")
        await seen.see("What do you want to do?")
        await seen.press(*"mark.toggle")
        await seen.see("Mark the selected node")
        seen.burst("enter", "enter", "enter")
        await seen.see("1 marked")
        await seen.see_no("What do you want to do?")


async def test_pages_of_a_list_without_room_end_nothing() -> None:
    """Page up in a very small terminal ended the program."""
    async with console(*TWO, size=(20, 4)) as seen:
        await seen.press("ctrl+p")
        await seen.until(lambda: isinstance(seen.app.screen, Palette))
        await seen.press("down", "pageup", "pagedown")
        await seen.press("escape")
        await seen.until(lambda: seen.app.screen is seen.app.main)


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


# Actions of other places.


async def test_every_action_is_found_by_its_letters_but_those_that_do_the_same() -> None:
    async with console(*TWO) as seen:
        provider = ActionsProvider(seen.app.main)
        for action in ACTIONS:
            hits = [hit async for hit in provider.search(action.label or action.id)]
            found = {getattr(hit.command, "args", (None,))[0] for hit in hits}
            same = BY_ID.get(action.wanted, action)
            assert same in found or action.id in ("console.palette", "console.command")


async def test_the_log_is_exported_from_the_table() -> None:
    async with console(*TWO) as seen:
        await seen.press("ctrl+p", *"exp")
        await seen.see("Export  (e · Log)")
        await seen.press("enter")
        await seen.see("Export the log")
        await seen.press("escape")
        await seen.see_no("Export the log")
        assert seen.app.focused is seen.app.main.table


async def test_what_the_log_shows_is_changed_where_it_can_be_seen() -> None:
    async with console(*TWO) as seen:
        await seen.press("l", "l")
        await seen.see_no("─Log")
        await seen.press("ctrl+p", *"log.times")
        await seen.see("Ages  (t · Log)")
        await seen.press("enter")
        await seen.see("─Log─")
        assert seen.app.main.log_pane.view.relative
        await seen.until(lambda: seen.app.focused is seen.app.main.log_pane)


async def test_a_tab_of_the_detail_opens_it() -> None:
    async with console(*TWO) as seen:
        await seen.press("ctrl+p", *"detail.labels")
        await seen.see("The tab Labels")
        await seen.press("enter")
        await seen.see("kubernetes.io/os")


async def test_from_the_rollout_a_node_is_found_in_the_table() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("Rollout of 3 nodes")
        await seen.press("ctrl+p", *"mark.pending")
        await seen.see("Mark all nodes shown that wait")
        await seen.press("enter")
        await seen.see("3 marked", "OPERATION")


async def test_from_the_rollout_its_own_actions_are_its_keys() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("Rollout of 3 nodes")
        await seen.press("j", "ctrl+p", *"skip")
        await seen.see("Skip  (s · Rollout)")
        await seen.press("enter")
        await seen.see("node-4 is")
        assert seen.session.rollout is not None
        assert seen.session.rollout.calls == ["skip node-4"]


async def test_from_a_plan_its_own_actions_are_its_keys() -> None:
    async with console(*TWO) as seen:
        await seen.press("p")
        await seen.see("Plan of the drain of node-1")
        await seen.press("ctrl+p", *"plan.options")
        await seen.see("Options  (o · Plan)")
        await seen.press("enter")
        await seen.see("Options of this run alone")


# What cannot be done now.


@pytest.mark.parametrize(
    ("letters", "title", "reason"),
    [
        ("cancel", "Cancel  (x)", "No operation is at work on node-1."),
        ("rollout.pause", "rollout.pause  (P)", "No rollout is under way."),
        ("Skip", "Skip  (s · Rollout)", "No rollout is under way."),
        ("connect", "console.retry  (^r)", "It is connected."),
        ("Keep filter", "Keep filter  (enter · Filter)", "Only while a filter is typed (/)."),
        ("plan.look", "Look again  (^r · Plan)", "Only in the plan of a drain (p)."),
        ("dialog.next", "dialog.next  (→ · Question)", "Only while a question is asked."),
    ],
)
async def test_it_says_why_and_tells_it_if_chosen(letters: str, title: str, reason: str) -> None:
    async with console(*TWO) as seen:
        await seen.press("ctrl+p", *letters)
        await seen.see(title, f"Not now: {reason}")
        hit = await best(seen, letters, title)
        await seen.press("escape")
        await hit.command()
        await seen.see_no("What do you want to do?")
        await seen.see(reason)
        assert seen.session.calls == []


async def best(seen: Console, letters: str, title: str) -> Hit:
    """What is offered for these letters under this title."""
    provider = ActionsProvider(seen.app.main)
    hits = [hit async for hit in provider.search(letters)]
    (hit,) = [hit for hit in hits if str(hit.match_display) == title]
    return hit


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("can", "Cancel  (x)"),  # though it cannot be done now
        ("exp", "Export  (e · Log)"),
        ("mark", "Mark  (space)"),
        ("back", "Back  (esc)"),  # that of here, and not those of other places
        ("context", "console.context  (^t)"),
    ],
)
async def test_the_best_comes_first(letters: str, first: str) -> None:
    async with console(*TWO) as seen:
        provider = ActionsProvider(seen.app.main)
        hits = [hit async for hit in provider.search(letters)]
        assert str(max(hits, key=lambda hit: hit.score).match_display) == first


async def test_the_demo_has_no_other_contexts() -> None:
    async with console(*TWO, demo=True) as seen:
        await seen.press("ctrl+p", *"context")
        await seen.see("Not now: The demo's cluster is the only one here")
