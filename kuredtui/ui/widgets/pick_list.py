"""A list of lines with a cursor, drawn on demand: however long it is, only what is seen is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.toned import Toned


class PickList(Toned, ScrollView, can_focus=True):
    """Shows a line for each key. The cursor belongs to a key, and stays with it as others come and go.

    Args:
        line_of: makes the line of a key, when it is drawn.
        nothing: what to say while there are no keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.CURSOR)
    ALLOW_SELECT = False

    class Selected(Message):
        """Another key is selected (or none)."""

    def __init__(
        self,
        line_of: Callable[[str], Line],
        *,
        nothing: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._line_of = line_of
        self._nothing = nothing
        self._keys: tuple[str, ...] = ()
        self._position = 0

    @property
    def selected(self) -> str | None:
        """The key under the cursor; None while there are none."""
        return self._keys[self._position] if self._keys else None

    def show(self, keys: Sequence[str]) -> None:
        """Show these, and draw anew."""
        before = self.selected
        self._keys = tuple(keys)
        self.virtual_size = Size(self.size.width, len(self._keys))
        if before in self._keys:
            self._position = self._keys.index(before)
        else:
            self._position = max(0, min(self._position, len(self._keys) - 1))
        if self.selected != before:
            self.post_message(self.Selected())
        self.refresh()

    def select(self, key: str) -> None:
        """Select this one, if it is there."""
        if key in self._keys:
            self._move_to(self._keys.index(key))

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, index = self.size.width, self.scroll_offset.y + y
        if not self._keys and y == 0:
            return self.draw([(f"  {self._nothing}", Tone.DIM)], width)
        if index >= len(self._keys):
            return self.blank(width)
        over = None
        if index == self._position:
            over = self.tone_style(Tone.CURSOR if self.has_focus else Tone.CURSOR_AWAY)
        return self.draw(self._line_of(self._keys[index]), width, over=over)

    def action_cursor_by(self, lines: int) -> None:
        """Move the cursor by so many lines."""
        self._move_to(self._position + lines)

    def action_cursor_page(self, pages: int) -> None:
        """Move the cursor by whole pages."""
        self._move_to(self._position + pages * max(1, self.size.height))

    def action_cursor_first(self) -> None:
        """To the first line."""
        self._move_to(0)

    def action_cursor_last(self) -> None:
        """To the last line."""
        self._move_to(len(self._keys) - 1)

    def on_click(self, event: events.Click) -> None:
        """The line under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None and self.scroll_offset.y + offset.y < len(self._keys):
            self._move_to(self.scroll_offset.y + offset.y)

    def _move_to(self, position: int) -> None:
        if not self._keys:
            return
        self._position = max(0, min(position, len(self._keys) - 1))
        top, page = self.scroll_offset.y, max(1, self.size.height)
        if self._position < top:
            self.scroll_to(y=self._position, animate=False, force=True)
        elif self._position >= top + page:
            self.scroll_to(y=self._position - page + 1, animate=False, force=True)
        self.post_message(self.Selected())
        self.refresh()
