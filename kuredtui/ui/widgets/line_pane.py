"""A scrolling pane of toned lines, wrapped to its width: the ground of the log, the detail and the help."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import chain
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.text import wrap
from kuredtui.ui.tones import Line
from kuredtui.ui.widgets.toned import Toned


class LinePane(Toned, ScrollView, can_focus=True, inherit_bindings=False):
    """Lines that wrap, the last piece of each under itself. Holds at most `limit` lines.

    With `follow` it stays at the end as lines arrive, until somebody scrolls up; scrolling back to the
    end follows again.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.PANE)
    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        limit: int = 10_000,
        follow: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._follow = follow
        self._at_end = True
        self._limit = limit
        self._lines: deque[Line] = deque(maxlen=limit)
        self._drawn: deque[Line] = deque(maxlen=limit)
        self._wrapped_for = 0

    @property
    def following(self) -> bool:
        """Whether it stays at the end: nobody has scrolled up, however the pane's size has changed since."""
        return self._follow and self._at_end

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines at the end; the oldest make room."""
        follow = self.following
        wrapped = [part for line in lines for part in self._take(line)]
        dropped = max(0, len(self._drawn) + len(wrapped) - self._limit)
        self._drawn.extend(wrapped)
        self.virtual_size = Size(self._wrapped_for, len(self._drawn))
        if follow:
            self.scroll_end(animate=False, immediate=True, force=True)
        elif dropped:
            # Whoever reads further up keeps the lines before their eyes.
            self.scroll_to(y=self.scroll_offset.y - dropped, animate=False, force=True)
        self.refresh()

    def _take(self, line: Line) -> list[Line]:
        self._lines.append(line)
        return wrap_line(line, self._wrapped_for)

    def replace(self, lines: Iterable[Line]) -> None:
        """Show other lines, at the same place of scrolling."""
        new = deque(lines, maxlen=self._lines.maxlen)
        if new != self._lines:
            self._lines = new
            self._wrap()

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        index = self.scroll_offset.y + y
        if index >= len(self._drawn):
            return self.blank(self.size.width)
        return self.draw(self._drawn[index], self.size.width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling up ends the following, and scrolling to the end begins it again."""
        super().watch_scroll_y(old_value, new_value)
        self._at_end = self.is_vertical_scroll_end

    def on_resize(self) -> None:
        """Wrap anew when the width changed."""
        follow = self.following
        if self.scrollable_content_region.width != self._wrapped_for:
            self._wrap()
        if follow:
            self.scroll_end(animate=False, immediate=True, force=True)

    def _wrap(self) -> list[int]:
        """Draw all lines anew. Returns how many rows each takes."""
        # Without the scrollbar, whose place the style sheet keeps free: nothing moves when it appears.
        self._wrapped_for = self.scrollable_content_region.width
        wrapped = [wrap_line(line, self._wrapped_for) for line in self._lines]
        self._drawn.clear()
        self._drawn.extend(chain.from_iterable(wrapped))
        self.virtual_size = Size(self._wrapped_for, len(self._drawn))
        self.refresh()
        return [len(rows) for rows in wrapped]


def wrap_line(line: Line, width: int) -> list[Line]:
    """The line in pieces of at most `width` cells; only its last piece wraps, indented under itself."""
    if width <= 0 or not line:
        return [line]
    *head, (text, tone) = line
    indent = sum(cell_len(piece) for piece, _ in head)
    if indent > width // 2 and indent + cell_len(text) > width:
        # No room beside the head: the text goes under it.
        under = [(("  ", tone), (part, tone)) for part in wrap(text, width - 2)]
        return [tuple(head), *under]
    first, *rest = wrap(text, width - indent)
    margin = " " * indent
    return [(*head, (first, tone)), *(((margin, tone), (part, tone)) for part in rest)]
