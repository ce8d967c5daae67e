"""The lines of one tab of the detail: searched, and selected with the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from textual.selection import Selection
from textual.strip import Strip

from kuredtui.ui.searching import lines_with, lit, spans_of, text_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import LinePane


class DetailPage(LinePane):
    """Seen from its beginning or from its end; the keys for what it shows are the detail's."""

    ALLOW_SELECT = True

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._begins = [0]  # the row on which each line begins, and that after the last
        self._found: list[int] = []  # the lines with the words
        self._at = 0  # which of these is the one that is looked at
        self._rows = range(0)  # where that one is drawn

    def show(self, lines: Sequence[Line], *, anew: bool, from_end: bool) -> None:
        """Show these lines.

        Args:
            lines: what there is to show.
            anew: something else than before; it is not the place of scrolling that counts then.
            from_end: the end is what one looks for, and is followed by whoever is there.
        """
        at_end = from_end and (anew or self.is_vertical_scroll_end)
        if anew:
            self._at = 0
        self.replace(lines)
        if at_end:
            self.scroll_end(animate=False, immediate=True, force=True)
        elif anew:
            self.scroll_home(animate=False)

    # Searching.

    @property
    def words(self) -> str:
        """What is searched for; "" for nothing."""
        return self._words

    @property
    def result(self) -> str:
        """Which of the lines found is the one that is looked at, in words."""
        return f"{self._at + 1} of {len(self._found)}" if self._found else "none"

    @property
    def found_line(self) -> str:
        """The line that is looked at, as text; "" while nothing is found."""
        return text_of(self._lines[self._found[self._at]]) if self._found else ""

    def search(self, words: str) -> None:
        """Light up these words, and go to the first of them from the top of what is seen on."""
        self._words, self._at = words, 0
        self._look()
        top = self.scroll_offset.y
        for at in range(len(self._found)):
            self._look_at(at)
            if self._rows.stop > top:
                break
        else:
            self._look_at(0)
        self._come_to()

    def search_step(self, step: int) -> None:
        """Go to the next line found, or the previous one, round and round."""
        if self._found:
            self._look_at((self._at + step) % len(self._found))
            self._come_to()

    def _look(self) -> None:
        self._found = lines_with(self._lines, self._words)
        self._look_at(min(self._at, max(0, len(self._found) - 1)))

    def _look_at(self, at: int) -> None:
        self._at = at
        self._rows = range(0)
        if self._found:
            line = self._found[at]
            self._rows = range(self._begins[line], self._begins[line + 1])

    def _come_to(self) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if self._rows and not top <= self._rows.start < top + height:
            self.scroll_to(y=max(0, self._rows.start - height // 3), animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        """What is looked at stays in sight: the line that is typed into takes one of these."""
        super().on_resize()
        self._come_to()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """One line of the visible part, with what is found and selected in it."""
        index = self.scroll_offset.y + y
        if index >= len(self._drawn):
            return self.blank(self.size.width)
        line = self._drawn[index]
        here = index in self._rows
        if spans := spans_of(line, self._words):
            line = lit(line, spans, Tone.CURSOR if here else Tone.CURSOR_AWAY)
        elif here and not any(spans_of(self._drawn[row], self._words) for row in self._rows):
            line = lit(line, [(0, len(text_of(line)))], Tone.CURSOR)  # broken where the line is
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(index)) is not None:
            start, end = span
            line = lit(line, [(start, end if end >= 0 else len(text_of(line)))], Tone.CURSOR)
        return self.draw(line, self.size.width).apply_offsets(0, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected with the mouse, as it is drawn."""
        try:
            return selection.extract("\n".join(map(text_of, self._drawn))), "\n"
        except IndexError:  # other lines are shown by now
            return None

    def selection_updated(self, selection: Selection | None) -> None:
        """More or less of it is selected."""
        self.refresh()

    @property
    def text(self) -> str:
        """All of it, each line as it is before it wraps."""
        return "\n".join(text_of(line).rstrip() for line in self._lines)

    def _wrap(self) -> list[int]:
        rows = super()._wrap()
        self._begins = list(accumulate(rows, initial=0))
        self._look()
        return rows
