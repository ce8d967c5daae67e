"""The lines of the node table: thousands of rows, of which only the lines that changed are drawn again.

Textual's DataTable redraws every visible cell for one that changed. This one keeps the rows in `Rows`,
knows what each line on the screen shows, and after any change compares that with what it should show:
one pass over the visible lines, whatever the number of rows. Drawn lines are kept, by row, so moving the
cursor or scrolling draws two lines and copies the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kuredtui.ui.column_choice import chosen_columns
from kuredtui.ui.column_view import ColumnView
from kuredtui.ui.columns import Column
from kuredtui.ui.marks import Marks
from kuredtui.ui.row import Row
from kuredtui.ui.rows import Rows
from kuredtui.ui.text import wrap
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.node_heading import heading
from kuredtui.ui.widgets.toned import Toned

HEADER = 1  # lines above the rows, which do not scroll
_MARK = "✓"
_NO_MATCH: tuple[Line, ...] = ((("No node matches the filter.", Tone.DIM),),)


class _Shown(NamedTuple):
    """What a line shows: enough to tell whether it must be drawn again."""

    row: Row
    cursor: Tone | None
    ages: tuple[str, ...]
    marked: bool


class NodeLines(Toned, ScrollView, inherit_bindings=False):
    """Draws the rows; which of them is selected is said by whoever inherits it.

    Attributes:
        rows: all of them, and their order.
        view: the columns.
        marks: the marked ones.
    """

    def __init__(
        self,
        *,
        columns: tuple[Column, ...] | None = None,
        wide: bool = False,
        clock: Callable[[], float] = time.time,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.view = ColumnView(columns or chosen_columns(), wide=wide)
        self.rows = Rows(self.view.columns)
        self.marks = Marks(self.rows)
        self._clock = clock
        self._selected: str | None = None
        self._notice: tuple[Line, ...] = ()
        self._shown: list[_Shown] = []
        self._strips: LRUCache[_Shown, Strip] = LRUCache(1024)

    @property
    def selected(self) -> str | None:
        """The selected node's name; None while no row is shown."""
        return self._selected

    def show_notice(self, lines: Iterable[Line]) -> None:
        """What to say in the place of the rows while there are none."""
        notice = tuple(lines)
        if notice != self._notice:
            self._notice = notice
            if not self.rows:
                self.refresh()

    def sync(self) -> None:
        """Draw again the lines whose content differs from what they show; cheap when none does.

        To be called when the clock moved on, too: ages are part of a line.
        """
        if not self.is_mounted or not self.size:
            return
        size = Size(self.size.width, len(self.rows) + HEADER)
        if size != self.virtual_size:
            self.virtual_size = size
        if self._place():
            self._draw_all()
            return
        shown = self._should_show()
        if bool(shown) != bool(self._shown):
            self.refresh()
        else:
            width = self.size.width
            for line in range(max(len(shown), len(self._shown))):
                if shown[line : line + 1] != self._shown[line : line + 1]:
                    self.refresh(Region(0, line + HEADER, width, 1))
        self._shown = shown

    # Drawing.

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget.

        Textual would keep drawn lines by their place on the screen and so make all of them anew when the
        table scrolls. There is no border or padding to add to a line here, so the strips that are kept by
        row go to the compositor as they are, with all it has worked out about them before.
        """
        filters = self.get_line_filters()
        background = self.background_colors[1]
        strips = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One line of the widget: the heading, a row, or empty space."""
        self._place()
        if y < HEADER:
            return self._head()
        if not self.rows:
            return self._notice_line(y)
        position = self.scroll_offset.y + y - HEADER
        if position >= len(self.rows):
            return self.blank(self.size.width)
        return self._row_strip(self._shown_at(position, self._clock()))

    def notify_style_update(self) -> None:
        """Colours changed: nothing that was drawn is worth keeping."""
        super().notify_style_update()
        self._strips.clear()

    @property
    def _page(self) -> int:
        """Rows that fit on the screen."""
        return max(0, self.size.height - HEADER)

    def _should_show(self) -> list[_Shown]:
        now = self._clock()
        start = self.scroll_offset.y
        end = min(start + self._page, len(self.rows))
        return [self._shown_at(position, now) for position in range(start, end)]

    def _shown_at(self, position: int, now: float) -> _Shown:
        row = self.rows.at(position)
        ages = self.view.ages(self.rows.cells(row.name), now)
        cursor = None
        if row.name == self._selected:
            cursor = Tone.CURSOR if self.has_focus else Tone.CURSOR_AWAY
        return _Shown(row, cursor, ages, row.name in self.marks)

    def _place(self) -> bool:
        """Work out the columns anew if the width or their content changed. True if they differ."""
        if not self.view.place(self.scrollable_content_region.width, self.rows.widths):
            return False
        self._strips.clear()
        return True

    def _place_anew(self) -> None:
        """Draw other columns than before: no line that was drawn shows them."""
        self._place()
        self._strips.clear()
        self._draw_all()

    def _draw_all(self) -> None:
        self._shown = self._should_show()
        self.refresh()

    def _row_strip(self, shown: _Shown) -> Strip:
        strip = self._strips.get(shown)
        if strip is None:
            row = shown.row
            mark = (_MARK, Tone.LIT) if shown.marked else (" ", Tone.PLAIN)
            cells = self.view.pieces(
                self.rows.cells(row.name), shown.ages, name=Tone.LIT if shown.marked else None
            )
            pieces = [(row.sign.text, row.sign.tone), mark, *cells]
            over = self.tone_style(shown.cursor) if shown.cursor else None
            strip = self.draw(pieces, self.size.width, over=over)
            self._strips[shown] = strip
        return strip

    def _head(self) -> Strip:
        return heading(
            self.view.drawn,
            column=self.rows.column,
            reverse=self.rows.reverse,
            head=self.ground + self.tone_style(Tone.HEADING),
            lit=self.ground + self.tone_style(Tone.LIT),
            before=self.view.skipped > 0,
            behind=self.view.more,
            width=self.size.width,
        )

    def _notice_line(self, y: int) -> Strip:
        """The notice, centred, in the upper part of the empty space."""
        width = self.size.width
        notice = _NO_MATCH if self.rows.total else self._notice
        lines = [
            ((piece, line[0][1]),)
            for line in notice
            for piece in wrap("".join(text for text, _ in line), max(10, width - 8))
        ]
        index = y - HEADER - max(1, (self.size.height - len(lines)) // 3)
        if not 0 <= index < len(lines):
            return self.blank(width)
        ((text, tone),) = lines[index]
        return self.draw(((text.center(width), tone),), width)
