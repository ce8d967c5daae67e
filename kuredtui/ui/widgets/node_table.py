"""The node table: thousands of rows, of which only the lines that changed are drawn again.

Textual's DataTable redraws every visible cell for one that changed. This one keeps the rows in `Rows`,
knows what each line on the screen shows, and after any change compares that with what it should show:
one pass over the visible lines, whatever the number of rows. Drawn lines are kept, by row, so moving the
cursor or scrolling draws two lines and copies the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.column_view import ColumnView
from kuredtui.ui.columns import Column, chosen_columns
from kuredtui.ui.marks import Marks
from kuredtui.ui.row import Row
from kuredtui.ui.rows import Rows
from kuredtui.ui.text import wrap
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.node_heading import heading
from kuredtui.ui.widgets.toned import Toned

if TYPE_CHECKING:
    from kuredtui.ui.filters import RowTest

_HEADER = 1  # lines above the rows, which do not scroll
_MARK = "✓"
_NO_MATCH: tuple[Line, ...] = ((("No node matches the filter.", Tone.DIM),),)


class _Shown(NamedTuple):
    """What a line shows: enough to tell whether it must be drawn again."""

    row: Row
    cursor: Tone | None
    ages: tuple[str, ...]
    marked: bool


class NodeTable(Toned, ScrollView, can_focus=True):
    """All nodes, one a line.

    The selection belongs to a node, not to a line: it stays with it when rows are sorted, come or go.
    When the node itself goes (or is filtered out) its nearest neighbour is selected. Until somebody
    moves it or does something with the node, the selection is the first row.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.CURSOR)
    ALLOW_SELECT = False

    class Selected(Message):
        """Another node is selected (or none)."""

        def __init__(self, name: str | None) -> None:
            super().__init__()
            self.name = name

    class Marked(Message):
        """Other nodes are marked now, or the filter shows others of them."""

    class Opened(Message):
        """A node was double-clicked."""

    def __init__(
        self,
        *,
        columns: tuple[Column, ...] | None = None,
        clock: Callable[[], float] = time.time,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.view = ColumnView(columns or chosen_columns())
        self.rows = Rows(self.view.columns)
        self.marks = Marks(self.rows)
        self._clock = clock
        self._selected: str | None = None
        self._moved = False
        self._notice: tuple[Line, ...] = ()
        self._shown: list[_Shown] = []
        self._strips: LRUCache[_Shown, Strip] = LRUCache(1024)

    # What others may ask and tell.

    @property
    def selected(self) -> str | None:
        """The selected node's name; None while no row is shown."""
        return self._selected

    def update(self, rows: Iterable[Row], removed: Iterable[str] = ()) -> None:
        """Take in new and changed rows, forget removed nodes, and draw what differs."""
        with self._keeping_selection():
            for row in rows:
                self.rows.put(row)
            for name in removed:
                self.rows.discard(name)
                self.marks.discard(name)
        self.sync()
        self._tell_marks()

    def filter_by(self, test: RowTest | None) -> None:
        """Show only rows that pass; None shows all."""
        with self._keeping_selection():
            self.rows.filter_by(test)
        self._scroll_to_selected()
        self.sync()
        self._tell_marks()

    def sort_by(self, column: str) -> None:
        """Sort by a column; a second time, the other way round."""
        reverse = column == self.rows.column and not self.rows.reverse
        with self._keeping_selection():
            self.rows.sort_by(column, reverse=reverse)
        self._scroll_to_selected()
        self._draw_all()

    def clear(self) -> None:
        """Forget all rows; order and filter stay."""
        self.update((), self.rows.names())

    def sort_step(self, step: int) -> None:
        """Sort by the next column that is shown, or by the one before."""
        if column := self.view.next_to(self.rows.column, step):
            self.sort_by(column.id)

    def show_notice(self, lines: Iterable[Line]) -> None:
        """What to say in the place of the rows while there are none."""
        notice = tuple(lines)
        if notice != self._notice:
            self._notice = notice
            if not self.rows:
                self.refresh()

    def select(self, position: int) -> None:
        """Select the row at a position (the nearest there is) and bring it into view."""
        self._moved = True
        if self.rows:
            position = max(0, min(position, len(self.rows) - 1))
            self._set_selected(self.rows.at(position).name)
            self._scroll_to_selected()
            self.sync()

    def hold(self) -> None:
        """Stay with the selected node as if somebody had moved there: something is done with it."""
        self._moved = self._selected is not None

    @property
    def meant(self) -> list[str]:
        """The marked nodes, in the order shown and then those that the filter hides; else the selected."""
        if self.marks:
            return self.marks.in_order()
        return [self._selected] if self._selected is not None else []

    def mark_selected(self) -> None:
        """Mark the selected node, or unmark it."""
        if self._selected is not None:
            self._marked(self.marks.toggle(self._selected))

    def mark_shown(self, wanted: Callable[[Row, bool], bool]) -> None:
        """Mark each shown row or not; see `Marks.choose`."""
        self._marked(self.marks.choose(wanted))

    def unmark_all(self) -> None:
        """Mark nothing."""
        self._marked(self.marks.clear())

    def _marked(self, others: bool) -> None:
        self.sync()
        if others:
            self.post_message(self.Marked())

    def _tell_marks(self) -> None:
        if self.marks:
            self.post_message(self.Marked())

    def sync(self) -> None:
        """Draw again the lines whose content differs from what they show; cheap when none does.

        To be called when the clock moved on, too: ages are part of a line.
        """
        if not self.is_mounted or not self.size:
            return
        size = Size(self.size.width, len(self.rows) + _HEADER)
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
                    self.refresh(Region(0, line + _HEADER, width, 1))
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
        if y < _HEADER:
            return self._head()
        if not self.rows:
            return self._notice_line(y)
        position = self.scroll_offset.y + y - _HEADER
        if position >= len(self.rows):
            return self.blank(self.size.width)
        return self._row_strip(self._shown_at(position, self._clock()))

    def notify_style_update(self) -> None:
        """Colours changed: nothing that was drawn is worth keeping."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Widths follow the terminal."""
        self.rows.measure()
        if self._selected is not None and self._moved:
            self._scroll_to_selected()
        self.sync()

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

    @property
    def _page(self) -> int:
        """Rows that fit on the screen."""
        return max(0, self.size.height - _HEADER)

    def _place(self) -> bool:
        """Work out the columns anew if the width or their content changed. True if they differ."""
        if not self.view.place(self.scrollable_content_region.width, self.rows.widths):
            return False
        self._strips.clear()
        return True

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
        index = y - _HEADER - max(1, (self.size.height - len(lines)) // 3)
        if not 0 <= index < len(lines):
            return self.blank(width)
        ((text, tone),) = lines[index]
        return self.draw(((text.center(width), tone),), width)

    # The selection.

    @contextmanager
    def _keeping_selection(self) -> Iterator[None]:
        """Around a change of the rows: the same node stays selected, on the same line of the screen."""
        rows, name = self.rows, self._selected
        before = rows.position(name) if name is not None else None
        place = rows.place(name) if name is not None else None
        yield
        if not rows:
            self._set_selected(None)
            return
        position = rows.position(name) if name is not None and self._moved else None
        if position is None:
            # Never moved: the first row. Gone or filtered out: whoever is nearest to where it was.
            position = rows.nearest(place) if self._moved and place is not None else 0
            self._set_selected(rows.at(position).name)
        if before is not None and self._moved:
            self._follow(before, position)

    def _follow(self, before: int, after: int) -> None:
        """Scroll along with the selected row, if it was in view."""
        top = self.scroll_offset.y
        if before != after and top <= before < top + self._page:
            self._scroll_top(max(0, top + after - before))

    def _set_selected(self, name: str | None) -> None:
        if name != self._selected:
            self._selected = name
            self.post_message(self.Selected(name))

    def _scroll_to_selected(self) -> None:
        if self._selected is None:
            return
        position = self.rows.position(self._selected)
        if position is None:
            return
        top = self.scroll_offset.y
        if position < top:
            self._scroll_top(position)
        elif position >= top + self._page:
            self._scroll_top(position - self._page + 1)

    def _scroll_top(self, position: int) -> None:
        self.virtual_size = Size(self.size.width, len(self.rows) + _HEADER)
        self.scroll_to(y=position, animate=False, force=True)

    # Keys and mouse.

    def action_cursor_by(self, lines: int) -> None:
        """Move the selection by so many rows."""
        self.select(self._position() + lines)

    def action_cursor_page(self, pages: int) -> None:
        """Move the selection by whole pages."""
        self.select(self._position() + pages * max(1, self._page))

    def action_cursor_first(self) -> None:
        """Select the first row, and stay there until the selection is moved again."""
        self.select(0)
        self._moved = False

    def action_cursor_last(self) -> None:
        """Select the last row."""
        self.select(len(self.rows) - 1)

    def _position(self) -> int:
        return self.rows.position(self._selected) or 0 if self._selected is not None else 0

    def on_click(self, event: events.Click) -> None:
        """Select the row under the mouse; a heading sorts; a double click opens."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < _HEADER:
            if column := self.view.at(offset.x):
                self.sort_by(column.id)
            return
        position = self.scroll_offset.y + offset.y - _HEADER
        if position < len(self.rows):
            self.select(position)
            if event.chain == 2:
                self.post_message(self.Opened())
