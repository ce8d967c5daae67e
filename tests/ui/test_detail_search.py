"""Finding and copying in the detail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.ui.searching import lit, spans_of, text_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets import line_pane
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, FakeSession, console

SMALL = (80, 24)
TWO = (
    a_node(
        "node-1",
        labels={f"example.com/label-{number:02}": f"value-{number:02}" for number in range(40)},
        annotations={"example.com/note": "Beware of the Leopard"},
    ),
    a_node("node-2"),
)

pieces = st.tuples(st.text("ab字é ", max_size=6), st.sampled_from([Tone.PLAIN, Tone.DIM]))
lines = st.lists(pieces, max_size=4).map(tuple)


@given(line=lines, words=st.text("ab字é ", min_size=1, max_size=3))
def test_what_is_lit_is_what_was_found_and_the_text_stays(line: Line, words: str) -> None:
    spans = spans_of(line, words)
    shown = lit(line, spans, Tone.CURSOR)
    assert text_of(shown) == text_of(line)
    bright = "".join(text for text, tone in shown if tone is Tone.CURSOR)
    assert bright == "".join(text_of(line)[start:end] for start, end in spans)
    assert bright == words * len(spans)


async def on_the_labels(seen: Console) -> None:
    await seen.press("enter", "5")
    await seen.see("Labels")


def copied(seen: Console) -> str:
    return seen.app.clipboard


async def test_words_are_found_as_they_are_typed_whatever_their_case() -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        assert "Leopard" not in seen.text
        seen.burst("/", *"LEOPARD")
        await seen.see("Beware of the Leopard", "1 of 1")
        assert seen.app.main.detail.is_typed_into


async def test_among_very_many_lines_a_search_wraps_none_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        page = seen.app.main.detail.page
        long: list[Line] = [
            ((f"step {number} {'of many ' * 20}", Tone.PLAIN),) for number in range(1200)
        ]
        page.show(long, anew=True, from_end=True)
        monkeypatch.setattr(line_pane, "wrap_line", None)
        page.search("of many")
        assert page.found_line.count("of many") > 1
        page.search("step 7 ")
        await seen.pilot.pause()
        assert "step 7 " in seen.text


async def test_one_goes_from_one_line_found_to_the_next_and_back() -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"label-", "enter")
        await seen.see("1 of 40")
        await seen.press("n", "n")
        await seen.see("3 of 40")
        await seen.press("N", "N", "N")
        await seen.see("40 of 40", "value-39")
        await seen.press("n")
        await seen.see("1 of 40", "value-00")


async def test_the_search_begins_where_one_reads() -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        await seen.press("pagedown", "pagedown")
        await seen.see_no("value-00")
        seen.burst("/", *"value-")
        await seen.see(" of 40")
        assert "1 of 40" not in seen.text
        top = seen.app.main.detail.page.scroll_offset.y
        assert top > 0


async def test_what_is_not_there_is_not_found() -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"nowhere")
        await seen.see("none")
        seen.burst("enter", "n", "y")
        await eventually(lambda: copied(seen))
        assert "value-39" in copied(seen)


async def test_escape_leaves_the_search_first_and_the_detail_then() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"leopard", "escape")
        await eventually(lambda: seen.app.focused is seen.app.main.detail.page)
        assert not seen.app.main.detail.page.words
        seen.burst("/", *"leopard", "enter")
        await eventually(lambda: seen.app.focused is seen.app.main.detail.page)
        await seen.press("escape")
        assert not seen.app.main.detail.page.words
        assert seen.app.main.detail.display
        await seen.press("escape")
        assert not seen.app.main.detail.display


async def test_a_slash_among_the_words_is_a_letter_and_so_are_the_keys_of_the_tabs() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"com/label-1")
        await seen.see("of 10")
        assert seen.app.main.detail.tab == "Labels"


async def test_the_filter_of_the_table_is_a_slash_away_from_there() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        await seen.press("tab", "tab")
        seen.burst("/", *"node-2")
        await seen.see("1 of 2")
        assert seen.selected == "node-2"


async def test_the_search_goes_on_in_what_changes_meanwhile() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"leopard", "enter")
        await seen.see("1 of 1")
        seen.session.put(a_node("node-1", annotations={"a": "Leopard", "b": "another leopard"}))
        await seen.see("of 2")


async def test_words_that_are_broken_at_the_end_of_a_line_are_found() -> None:
    node = a_node("node-1", annotations={"note": "word " * 30 + "end"})
    async with console(node, size=SMALL) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"word word word word word word word word word word word word word word w")
        await seen.see("1 of 1")
        await seen.press("enter", "y")
        await eventually(lambda: copied(seen).startswith("note = word word"))


async def test_its_keys_in_the_footer_can_be_clicked() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        await seen.pilot.click("KeyHints", offset=(seen.screen[-1].index("Tabs"), 0))
        await eventually(lambda: seen.app.main.detail.tab == "Node")
        await seen.pilot.click("KeyHints", offset=(seen.screen[-1].index("Find"), 0))
        await eventually(lambda: seen.app.main.detail.is_typed_into)


# Copying.


async def test_the_whole_tab_is_copied_as_plain_text() -> None:
    async with console(*TWO, size=SMALL) as seen:
        await on_the_labels(seen)
        await seen.press("y")
        await seen.see("Copied all of Labels", "OSC 52")
        text = copied(seen)
        assert text.startswith("node-1\nLabels\n  agentpool = user\n")
        assert "  example.com/note = Beware of the Leopard\n" in text


async def test_the_line_that_is_found_is_copied() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        seen.burst("/", *"leopard", "enter", "y")
        await seen.see("Copied the line that is found")
        assert copied(seen) == "example.com/note = Beware of the Leopard"
        await seen.press("Y")
        await eventually(lambda: "value-39" in copied(seen))


async def test_what_is_selected_with_the_mouse_is_copied() -> None:
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        line = seen.line_of("value-07")
        row, left = seen.screen.index(line), line.index("example.com/label-07")
        await seen.pilot.mouse_down(offset=(left, row))
        await seen.pilot.hover(offset=(left + 10, row))
        await seen.pilot.hover(offset=(left + len("example.com"), row))
        await seen.pilot.mouse_up(offset=(left + len("example.com"), row))
        await seen.press("y")
        await seen.see("Copied what is selected")
        assert copied(seen) == "example.com/"


async def test_a_copy_holds_nothing_that_a_terminal_obeys() -> None:
    session = FakeSession([a_node("node-1", annotations={"x": "[red]\x1b[2J\u202eabc" * 500})])
    async with console(session=session) as seen:
        await on_the_labels(seen)
        await seen.press("y")
        await eventually(lambda: copied(seen))
        assert "[red]" in copied(seen)
        assert not set(copied(seen)) & {"\x1b", "\u202e"}


async def test_no_more_is_copied_than_terminals_take_and_that_is_said() -> None:
    node = a_node("node-1", annotations={f"note-{n:03}": "字" * 500 for n in range(100)})
    async with console(node) as seen:
        await on_the_labels(seen)
        await seen.press("Y")
        await seen.see("Copied the beginning of Labels")
        assert 70_000 < len(copied(seen).encode()) < 75_000
        assert copied(seen).endswith("字" * 500)


async def test_in_tmux_it_is_said_what_tmux_has_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    async with console(*TWO) as seen:
        await on_the_labels(seen)
        await seen.press("Y")
        await seen.see("set-clipboard on")
