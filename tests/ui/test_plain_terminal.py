"""A terminal whose encoding has no blocks and arrows shows plain characters, each in the same place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.phases import Phase
from kuredtui.ui.plain_terminal import terminal_filters
from kuredtui.ui.text import clean
from tests.ui.clusters import a_node
from tests.ui.fake_session import console

BLACK = Color(0, 0, 0)


def plain(text: str, encoding: str = "ascii") -> str:
    segments = [Segment(text, Style(bold=True))]
    for line_filter in terminal_filters(encoding):
        segments = line_filter.apply(segments, BLACK)
    assert [segment.style for segment in segments] == [Style(bold=True)]
    return "".join(segment.text for segment in segments)


def test_a_terminal_that_has_all_signs_is_left_alone() -> None:
    assert terminal_filters("utf-8") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("███░░░░░ draining", "###..... draining"),
        ("━━━───── locking", "===----- locking"),
        ("■◆●▶✓", "!c*>x"),
        ("字 e", "?? e"),
        ("plain", "plain"),
    ],
)
def test_each_sign_has_a_plain_one_and_no_two_signs_of_a_row_are_alike(
    text: str, shown: str
) -> None:
    assert plain(text) == shown


@given(st.text())
def test_everything_can_be_sent_and_is_as_wide_as_it_was(text: str) -> None:
    text = clean(text)
    shown = plain(text)
    assert shown.isascii()
    assert cell_len(shown) == cell_len(text)


def test_what_an_encoding_has_it_keeps() -> None:
    assert plain("é █", "latin-1") == "é #"


async def test_the_whole_screen_passes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuredtui.ui.app.terminal_filters", lambda: terminal_filters("ascii"))
    nodes = [a_node("node-1"), a_node("node-2", cordoned=True), a_node("node-3", ready="False")]
    async with console(*nodes, size=(160, 30)) as seen:
        seen.session.move("node-1", Phase.DRAINING, "1/2 pods gone")
        seen.session.operations["node-1"].drain = DrainState(gone=1, total=2, left=[])
        await seen.see("draining ####.... 1/2 pods gone")
        for keys in ([], ["enter"], ["escape", "r"], ["escape", "question_mark"]):
            await seen.press(*keys)
            assert seen.text.isascii(), [line for line in seen.screen if not line.isascii()]
