"""Everything known about one node: the pane that Enter opens."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.content import Content

from kuredtui.ui.detail import detail_lines
from kuredtui.ui.rows import Row
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone
from kuredtui.ui.widgets.line_pane import LinePane


class DetailPane(LinePane):
    """Shows one row's node; stays where it was scrolled to while that node changes."""

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._clock = clock
        self._row: Row | None = None
        self.border_subtitle = "esc closes"

    def show(self, row: Row | None) -> None:
        """Show this node, or that there is none."""
        if row is self._row:
            return
        another = self._row is None or row is None or row.name != self._row.name
        self._row = row
        if row is None:
            self.border_title = "No node"
            self.replace([(("No node is selected.", Tone.DIM),)])
            return
        self.border_title = Content(clean(row.name))
        self.replace(detail_lines(row, now=self._clock()))
        if another:
            self.scroll_home(animate=False)
