"""The registry of actions: one list for bindings, footers and the help, on every screen."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from kuredtui.engine.phases import Phase
from kuredtui.ui.actions import ACTIONS, BY_ID
from kuredtui.ui.actions.key_names import written
from kuredtui.ui.app import KuredTuiApp
from kuredtui.ui.screens.dialog import Dialog
from kuredtui.ui.screens.form import Cycle, FormScreen
from kuredtui.ui.screens.help import HelpScreen
from kuredtui.ui.screens.main import MainScreen
from kuredtui.ui.screens.pick import PickScreen
from kuredtui.ui.screens.picture import PictureScreen
from kuredtui.ui.screens.plan import PlanScreen
from kuredtui.ui.screens.rollout import RolloutScreen
from kuredtui.ui.widgets.filter_bar import FilterBar
from kuredtui.ui.widgets.log_pane import LogPane
from kuredtui.ui.widgets.node_table import NodeTable
from tests.ui.clusters import a_node
from tests.ui.fake_session import console

TWO = (a_node("node-1", pending=True), a_node("node-2"))
OURS = (
    KuredTuiApp,
    MainScreen,
    PictureScreen,
    PlanScreen,
    RolloutScreen,
    PickScreen,
    FormScreen,
    Cycle,
    Dialog,
    HelpScreen,
    NodeTable,
    FilterBar,
    LogPane,
)


def test_an_id_names_one_action() -> None:
    assert {
        name: count for name, count in Counter(action.id for action in ACTIONS).items() if count > 1
    } == {}


@pytest.mark.parametrize("owner", OURS, ids=lambda owner: owner.__name__)
def test_every_binding_is_of_the_registry(owner: type) -> None:
    bindings = owner.__dict__["BINDINGS"]
    assert [b for b in bindings if not (isinstance(b, Binding) and b.id in BY_ID)] == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("r", "r"),
        ("R", "R"),
        ("ctrl+r", "^r"),
        ("slash", "/"),
        ("question_mark", "?"),
        ("ctrl+backslash", "^\\"),
        ("shift+tab", "shift+tab"),
        ("escape", "esc"),
        ("enter", "enter"),
        ("pagedown", "pgdn"),
        ("f5", "f5"),
    ],
)
def test_keys_are_written_as_people_do(key: str, text: str) -> None:
    assert written(key) == text


async def test_the_help_of_a_plan_shows_its_keys_and_no_others() -> None:
    async with console(*TWO) as seen:
        await seen.press("p")
        await seen.see("Plan of the drain of node-1", "o Options", "^r Look again", "? Help")
        await seen.press("question_mark")
        await seen.see("Make the plan anew", "Leave from wherever you are")
        assert "Sorting" not in seen.text
        await seen.press("escape")
        await seen.see_no("Make the plan anew")
        await seen.see("Plan of the drain of node-1")


async def test_the_help_of_a_question_opens_above_it() -> None:
    async with console(*TWO) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        await seen.press("question_mark")
        await seen.see("The first answer, which changes nothing")
        await seen.press("q")
        await seen.see_no("The first answer")
        await seen.see("Reboot node-1?")
        assert seen.session.calls == []


async def test_where_a_text_is_typed_a_question_mark_is_a_letter_and_f1_the_help() -> None:
    async with console(*TWO) as seen:
        await seen.press("slash", "a", "question_mark")
        await seen.see("a?")
        await seen.press("f1")
        await seen.see("Keep the filter and go back")


async def test_leaving_from_a_plan_asks_when_an_operation_runs() -> None:
    async with console(*TWO) as seen:
        seen.session.move("node-2", Phase.DRAINING)
        await seen.press("p")
        await seen.see("Plan of the drain of node-1")
        await seen.press("ctrl+q")
        await seen.see("An operation is running")
