"""The node table: which node is selected, which are marked, by what they are sorted, with which columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.columns import BY_ID
from kuredtui.ui.row import Row
from kuredtui.ui.widgets.node_lines import HEADER, NodeLines

if TYPE_CHECKING:
    from kuredtui.ui.filters import RowTest


class NodeTable(NodeLines, can_focus=True):
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

    _moved = False  # whether somebody has moved the selection

    # What others may ask and tell.

    def update(self, rows: Iterable[Row], removed: Iterable[str] = ()) -> None:
        """Take in new and changed rows, forget removed nodes, and draw what differs."""
        marked = bool(self.marks)
        with self._keeping_selection():
            for row in rows:
                self.rows.put(row)
            for name in removed:
                self.rows.discard(name)
                self.marks.discard(name)
        self.sync()
        if marked:  # also when none is left of them
            self.post_message(self.Marked())

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
        self.view.bring(BY_ID[column])
        self._place()
        self._draw_all()

    def toggle_wide(self) -> None:
        """All columns with all of their texts, or those that were chosen and have room."""
        self.view.toggle()
        with self._keeping_selection():
            self.rows.show(self.view.columns)
        self._scroll_to_selected()
        self._place_anew()
        self._tell_marks()

    def scroll_columns(self, columns: int) -> None:
        """Go so many columns to the right in a wide table, or to the left."""
        self.view.scroll(columns)
        self.sync()

    def clear(self) -> None:
        """Forget all rows; order and filter stay."""
        self.update((), self.rows.names())

    def sort_step(self, step: int) -> None:
        """Sort by the next column, or by the one before; see `ColumnView.next_to`."""
        if column := self.view.next_to(self.rows.column, step):
            self.sort_by(column.id)

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

    def on_resize(self) -> None:
        """Widths follow the terminal."""
        self.rows.measure()
        if self._selected is not None and self._moved:
            self._scroll_to_selected()
        self.sync()

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
        self.virtual_size = Size(self.size.width, len(self.rows) + HEADER)
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
        if offset.y < HEADER:
            if column := self.view.at(offset.x):
                self.sort_by(column.id)
            return
        position = self.scroll_offset.y + offset.y - HEADER
        if position < len(self.rows):
            self.select(position)
            if event.chain == 2:
                self.post_message(self.Opened())
