"""The tabs of a pane on one line, each with its key."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from kuredtui.ui.tones import Piece, Tone
from kuredtui.ui.widgets.toned import Toned


class TabLine(Toned):
    """Draws the names of tabs, and tells when one is clicked."""

    ALLOW_SELECT = False

    class Picked(Message):
        """A tab was clicked; `index` is its place."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[str] = []
        self._current = 0

    def name_them(self, names: Sequence[str]) -> None:
        """What they are called, in their order; short ASCII."""
        self._labels = [f" {name} " for name in names]
        self.refresh()

    def show(self, index: int) -> None:
        """This one is shown now."""
        if index != self._current:
            self._current = index
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """All of it is on the first line."""
        if y:
            return self.blank(self.size.width)
        pieces: list[Piece] = [
            (label, Tone.CURSOR if index == self._current else Tone.DIM)
            for index, label in enumerate(self._labels)
        ]
        return self.draw(pieces, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """The tab under the mouse."""
        right = 0
        for index, label in enumerate(self._labels):
            right += len(label)
            if event.x < right:
                self.post_message(self.Picked(index))
                return
