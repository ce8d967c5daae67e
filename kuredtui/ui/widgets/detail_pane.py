"""Everything known about one node: the pane that Enter opens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.detail import detail_lines
from kuredtui.ui.row import Row
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone
from kuredtui.ui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from kuredtui.cluster.lock import LockEntry
    from kuredtui.cluster.why import Why


class DetailPane(LinePane):
    """Shows one row's node; stays where it was scrolled to while that node changes."""

    class Opened(Message):
        """Another node is shown, or it waits for another reason: more may be asked of it."""

        def __init__(self, node: str) -> None:
            super().__init__()
            self.node = node

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._clock = clock
        self._row: Row | None = None
        self._asked: tuple[Why | None, Why] | None = None  # what the row said then, and the answer
        self._lock: Sequence[LockEntry] | None = None

    def on_mount(self) -> None:
        """How to get rid of it."""
        self.border_subtitle = f"{key_map_of(self.app).text('console.back')} closes"

    @property
    def node(self) -> str:
        """The node that is shown; "" for none."""
        return self._row.name if self._row is not None else ""

    def show(self, row: Row | None) -> None:
        """Show this node, or that there is none."""
        if row is self._row:
            return
        before, self._row = self._row, row
        another = before is None or row is None or row.name != before.name
        if row is None:
            self.border_title = "No node"
            self.replace([(("No node is selected.", Tone.DIM),)])
            return
        self.border_title = Content(clean(row.name))
        if another:
            self._asked = None
        self._show_lines(row)
        if another:
            self.scroll_home(animate=False)
        if another or (before is not None and row.why != before.why):
            self.post_message(self.Opened(row.name))

    def show_why(self, node: str, why: Why | None) -> None:
        """Show why the node waits, where that was asked in full and it is still the one that is shown."""
        row = self._row
        if row is not None and row.name == node and why is not None:
            self._asked = row.why, why
            self._show_lines(row)

    def show_lock(self, lock: Sequence[LockEntry] | None) -> None:
        """Show what the lock's holders tell of the node; None: who they are is not known."""
        if lock != self._lock:
            self._lock = lock
            if self._row is not None:
                self._show_lines(self._row)

    def _show_lines(self, row: Row) -> None:
        """An answer counts for as long as the row itself says what it said then."""
        asked = self._asked
        why = asked[1] if asked is not None and asked[0] == row.why else None
        self.replace(detail_lines(row, now=self._clock(), why=why, lock=self._lock))
