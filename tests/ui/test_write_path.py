"""Keys that change the cluster: they act on what is marked, ask first, and say why they do not."""

from __future__ import annotations

import pytest

from kuredtui.engine.errors import OperationError
from kuredtui.engine.phases import Phase
from kuredtui.ui.screens.dialog import Dialog
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))
ALL = ("node-1", "node-2", "node-3")


# One node: yes or no.


@pytest.mark.parametrize(("key", "title"), [("d", "Drain node-1?"), ("c", "Cordon node-1?")])
async def test_one_node_is_asked_about_with_the_focus_on_no(key: str, title: str) -> None:
    async with console(*THREE) as seen:
        await seen.press(key)
        await seen.see(title, "Cancel (n)")
        await seen.press("enter")
        await seen.see_no(title)
        assert seen.session.calls == []


@pytest.mark.parametrize(("key", "call"), [("d", "drain"), ("c", "cordon")])
async def test_a_yes_is_carried_out(key: str, call: str) -> None:
    async with console(*THREE) as seen:
        await seen.press(key)
        await seen.see("node-1?")
        await seen.press("y")
        await eventually(lambda: seen.session.calls == [(call, "node-1")])


async def test_a_cordoned_node_is_uncordoned() -> None:
    async with console(a_node("node-1", cordoned=True)) as seen:
        await seen.press("c")
        await seen.see("Uncordon node-1?", "whoever cordoned may have had a reason")
        await seen.press("y")
        await seen.see("node-1 is uncordoned.")
        assert seen.session.calls == [("uncordon", "node-1")]


async def test_the_marked_node_is_meant_and_not_the_selected_one() -> None:
    async with console(*THREE) as seen:
        await seen.press("space", "j", "d")
        await seen.see("Drain node-1?")


# Typed ahead: what comes before the question is no answer to it.


@pytest.mark.parametrize("key", ["r", "d", "c", "R"])
async def test_a_yes_that_is_typed_ahead_of_the_question_is_none(key: str) -> None:
    async with console(*THREE) as seen:
        seen.burst(key, "y", "1", "enter")
        await seen.see("Cancel")
        await seen.until(lambda: isinstance(seen.app.screen, Dialog))
        assert seen.session.calls == []


@pytest.mark.parametrize("key", ["r", "d", "c", "R"])
async def test_enter_on_a_question_that_has_just_opened_starts_nothing(key: str) -> None:
    async with console(*THREE) as seen:
        await seen.press(key)
        await seen.until(lambda: isinstance(seen.app.screen, Dialog))
        await seen.press("enter", "escape")
        await seen.until(lambda: seen.app.screen is seen.app.main)
        assert seen.session.calls == []


async def test_two_questions_that_come_at_once_are_one() -> None:
    """A key that is pressed twice would answer the one, and then the other."""
    async with console(*THREE) as seen:
        seen.burst("r", "d")
        await seen.see("Reboot node-1?", "answer it first")
        await seen.press("n")
        await seen.until(lambda: seen.app.screen is seen.app.main)
        assert seen.session.calls == []


# More than one: the number is typed.


async def test_several_nodes_are_drained_when_their_number_is_typed() -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "d")
        await seen.see("Drain 3 nodes?", "type the number of nodes: 3", *ALL)
        await seen.press("3", "enter")
        await eventually(lambda: seen.session.calls == [("drain", name) for name in ALL])


@pytest.mark.parametrize("keys", [("enter",), ("y", "enter"), ("2", "enter"), ("3", "escape")])
async def test_anything_but_the_number_drains_nothing(keys: tuple[str, ...]) -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "d")
        await seen.see("Drain 3 nodes?")
        await seen.press(*keys, "escape")
        await seen.see_no("Drain 3 nodes?")
        assert seen.session.calls == []


async def test_the_yes_button_of_a_typed_question_cannot_be_pressed_before_the_number() -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "d")
        await seen.see("Drain 3 nodes?")
        await seen.press("tab", "tab", "enter")
        await seen.pilot.pause()
        assert seen.session.calls == []


async def test_those_that_are_refused_are_left_out_with_the_reason() -> None:
    async with console(*THREE) as seen:
        seen.session.refusals["node-2"] = "jane@bastion has a reboot on this node."
        await seen.press("i", "d")
        await seen.see("Drain 2 nodes?", "Left out: 1", "jane@bastion has a reboot on this node.")
        await seen.press("2", "enter")
        await eventually(
            lambda: seen.session.calls == [("drain", "node-1"), ("drain", "node-3")],
            what="a drain of the others",
        )


async def test_where_all_are_refused_nothing_is_asked() -> None:
    async with console(*THREE) as seen:
        for name in ALL:
            seen.session.refusals[name] = f"{name} is taken."
        await seen.press("i", "d")
        await seen.see("node-1 is taken. And 2 other reasons.")


async def test_those_that_are_cordoned_already_are_left_out() -> None:
    async with console(a_node("node-1"), a_node("node-2"), a_node("node-3", cordoned=True)) as seen:
        await seen.press("i", "c")
        await seen.see("Cordon 2 nodes?", "It is cordoned already.")
        await seen.press("2", "enter")
        await seen.see("2 nodes cordoned.")
        assert sorted(seen.session.calls) == [("cordon", "node-1"), ("cordon", "node-2")]


async def test_a_question_says_how_many_the_filter_hides() -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "slash", *"node-1", "enter", "d")
        await seen.see("Drain 3 nodes?", "2 hidden by the filter")


async def test_several_operations_are_cancelled_when_their_number_is_typed() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-1", Phase.DRAINING)
        seen.session.move("node-3", Phase.WAITING)
        await seen.press("i", "x")
        await seen.see("Cancel 2 operations?")
        await seen.press("2", "enter")
        await eventually(lambda: seen.session.calls == [("cancel", "node-1"), ("cancel", "node-3")])


# What goes wrong.


async def test_a_cordon_that_fails_is_said() -> None:
    class Refusing(FakeSession):
        async def cordon(self, node: str) -> bool:
            raise OperationError("Somebody is at work on it.")

    async with console(session=Refusing(THREE)) as seen:
        await seen.press("c")
        await seen.see("Cordon node-1?")
        await seen.press("y")
        await seen.see("Not cordoned: node-1: Somebody is at work on it.")


async def test_a_fault_of_the_program_is_said_and_ends_nothing() -> None:
    class Broken(FakeSession):
        def start_drain(self, node: str, **_: object) -> object:  # type: ignore[override]  # a fault
            raise KeyError(node)

    async with console(session=Broken(THREE)) as seen:
        await seen.press("d")
        await seen.see("Drain node-1?")
        await seen.press("y")
        await seen.see("A fault in this program: KeyError('node-1').")


async def test_without_a_connection_nothing_is_asked() -> None:
    async with console(*THREE) as seen:
        await seen.press("d")
        await seen.see("Drain node-1?")
        seen.session.end.set_result(None)
        await eventually(lambda: seen.app.link is not None and seen.app.link.session is None)
        await seen.press("y")
        await seen.see("There is no connection to a cluster.")
        assert seen.session.calls == []


async def test_what_was_told_before_does_not_cover_a_question() -> None:
    async with console(a_node("node-1"), size=(80, 24)) as seen:
        await seen.press("o")
        await seen.see("No operation has been left")
        await seen.press("c")
        await seen.see("Cordon node-1?")
        await seen.pilot.pause()
        assert "No operation has been left" not in seen.text


async def test_nor_the_question_whether_to_leave() -> None:
    session = FakeSession([a_node("node-1")])
    session.move("node-1", Phase.DRAINING)
    async with console(session=session, size=(80, 24)) as seen:
        await seen.press("o")
        await seen.see("No operation has been left")
        await seen.press("q")
        await seen.see("An operation is running")
        await seen.pilot.pause()
        assert "No operation has been left" not in seen.text
