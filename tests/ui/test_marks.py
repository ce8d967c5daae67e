"""Marks: what keys act on, seen beside the row and in the header, whatever is sorted and filtered."""

from __future__ import annotations

import pytest

from kuredtui.engine.phases import Phase
from kuredtui.ui.actions import BY_ID
from kuredtui.ui.marks import Marks
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, console

NODES = (
    a_node("node-1", pending=True),
    a_node("node-2"),
    a_node("node-3", pending=True, cordoned=True),
    a_node("web-4", pending=False),
)


def marked(seen: Console) -> list[str]:
    """The nodes with the mark's sign in their lines."""
    return [name for name in seen.node_names if f"✓{name} " in seen.text]


async def test_space_marks_the_selected_node_and_unmarks_it() -> None:
    async with console(*NODES) as seen:
        await seen.press("j", "space")
        await seen.see(" 1 marked ")
        assert marked(seen) == ["node-2"]
        await seen.press("space")
        await seen.see_no("marked")
        assert marked(seen) == []


async def test_all_pending_can_be_marked_and_the_others_instead() -> None:
    async with console(*NODES) as seen:
        await seen.press("a")
        await seen.see(" 2 marked ")
        assert marked(seen) == ["node-1", "node-3"]
        await seen.press("i")
        await eventually(lambda: marked(seen) == ["node-2", "web-4"])
        await seen.press("backslash")
        await seen.see_no("marked")


async def test_marking_concerns_only_what_the_filter_shows() -> None:
    async with console(*NODES) as seen:
        await seen.press("slash", *"node", "enter", "i")
        await eventually(lambda: marked(seen) == ["node-1", "node-2", "node-3"])
        await seen.press("escape")
        await seen.see("web-4")
        assert marked(seen) == ["node-1", "node-2", "node-3"]


async def test_marked_nodes_that_the_filter_hides_are_counted() -> None:
    async with console(*NODES) as seen:
        await seen.press("a", "slash", *"node-1", "enter")
        await seen.see(" 2 marked, 1 hidden ")


async def test_marks_stay_with_their_nodes_when_sorted() -> None:
    async with console(*NODES) as seen:
        await seen.press("j", "space", "N")
        await eventually(lambda: seen.node_names[0] == "web-4")
        assert marked(seen) == ["node-2"]


async def test_a_node_that_goes_is_not_marked_any_more() -> None:
    async with console(*NODES) as seen:
        await seen.press("a")
        seen.session.drop(NODES[0])
        await seen.see(" 1 marked ")
        seen.session.put(a_node("node-1"))
        await seen.see("node-1")
        assert marked(seen) == ["node-3"]


async def test_the_last_marked_node_that_goes_is_counted_no_more() -> None:
    async with console(a_node("node-1"), a_node("node-2")) as seen:
        await seen.press("space")
        await seen.see("1 marked")
        seen.session.drop(a_node("node-1"))
        await seen.see_no("marked")


async def test_what_can_be_done_with_thousands_of_marks_is_known_without_sorting_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with console(*NODES) as seen:
        await seen.press("i")
        await seen.see("4 marked")
        monkeypatch.setattr(Marks, "in_order", None)
        cancel = BY_ID["node.cancel"]
        assert seen.app.ways.against(cancel) == "No operation is at work on the 4 marked nodes."
        seen.session.move("node-3", Phase.DRAINING)
        assert seen.app.ways.against(cancel) == ""
        seen.app.main.show_hints()
