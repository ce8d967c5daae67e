"""Everything known about one node, in tabs: the pane that Enter opens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.clipboard import copy
from kuredtui.ui.detail.labels import labels_lines
from kuredtui.ui.detail.node import node_lines
from kuredtui.ui.detail.tabs import TABS, Tab
from kuredtui.ui.row import Row
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.detail_page import DetailPage
from kuredtui.ui.widgets.search_bar import SearchBar
from kuredtui.ui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from kuredtui.cluster.lock_value import LockEntry
    from kuredtui.cluster.why import Why

_LOOKING: list[Line] = [(("looking ...", Tone.BUSY),)]
# The newest is last, and is what one looks for.
_FROM_THE_END = frozenset({Tab.EVENTS, Tab.OPERATIONS})


class DetailPane(Vertical):
    """Shows one row's node; stays where it was scrolled to while that node changes.

    Attributes:
        page: the lines of the tab; it has the keys.
        tab: the one that is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.DETAIL)

    class Wanted(Message):
        """Another tab or node is shown, or the node waits for another reason: it is to be looked at.

        Attributes:
            node: its name; "" for none, so that nothing is to be looked at any more.
            tab: which tab.
        """

        def __init__(self, node: str, tab: Tab) -> None:
            super().__init__()
            self.node = node
            self.tab = tab

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._clock = clock
        self._row: Row | None = None
        self._asked: tuple[Why | None, Why] | None = None  # what the row said then, and the answer
        self._lock: Sequence[LockEntry] | None = None
        self._booted = ""
        self._found: dict[Tab, list[Line]] = {}
        self._tabs = TabLine()
        self.tab = Tab.NODE
        self.page = DetailPage()
        self._search = SearchBar(self._search_for, back_to=self.page)

    def on_mount(self) -> None:
        """Which keys there are for the tabs, and to get rid of it."""
        keys = key_map_of(self.app)
        self._tabs.name_them([f"{keys.text(f'detail.{tab.lower()}')} {tab}" for tab in TABS])
        self._search.display = False
        self.border_subtitle = f"{keys.text('console.back')} closes"

    def compose(self) -> ComposeResult:
        """The tabs, what is in the one that is shown, and what is searched for in it."""
        yield self._tabs
        yield self.page
        yield self._search

    @property
    def node(self) -> str:
        """The node that is shown; "" for none."""
        return self._row.name if self._row is not None else ""

    @property
    def is_typed_into(self) -> bool:
        """Whether letters are those of what is searched for."""
        return self._search.has_focus_within

    @property
    def is_seen(self) -> bool:
        """Whether it is on the screen, and not behind another one."""
        return self.display and self.app.screen is self.screen

    def close(self) -> None:
        """Show nothing any more; nothing more is to be asked."""
        self.display = False
        self._row = None
        self.stop_searching()
        self._want()

    def show(self, row: Row | None) -> None:
        """Show this node, or that there is none."""
        if row is self._row:
            return
        before, self._row = self._row, row
        another = before is None or row is None or row.name != before.name
        if another:
            self._asked, self._booted = None, ""
            self._found.clear()
        self.border_title = Content(clean(row.name) if row is not None else "No node")
        self._show_lines(anew=another)
        if another or (row is not None and before is not None and row.why != before.why):
            self._want()

    def pick(self, tab: Tab) -> None:
        """Show this tab."""
        if tab is not self.tab:
            self.tab = tab
            self._tabs.show(TABS.index(tab))
            self._show_lines(anew=True)
            self._want()

    # What was found out.

    def show_why(self, node: str, why: Why | None) -> None:
        """Show why the node waits, where that was asked in full and it is still the one that is shown."""
        row = self._row
        if row is not None and row.name == node and why is not None:
            self._asked = row.why, why
            self._show_lines()

    def show_lock(self, lock: Sequence[LockEntry] | None) -> None:
        """Show what the lock's holders tell of the node; None: who they are is not known."""
        if lock != self._lock:
            self._lock = lock
            self._show_lines()

    def show_booted(self, node: str, booted: str) -> None:
        """Show when the node's machine booted, in words; "" where that is not known."""
        if node == self.node:
            self._booted = booted
            self._show_lines()

    def show_tab(self, node: str, tab: Tab, lines: list[Line]) -> None:
        """Show what is in a tab, if it is of the node that is shown."""
        if node == self.node:
            first = tab not in self._found
            self._found[tab] = lines
            if tab is self.tab:
                self._show_lines(anew=first)

    # Keys.

    def action_tab(self, number: int) -> None:
        """Show the tab of this number, from 1 on."""
        self.pick(TABS[number - 1])

    def action_tab_step(self, step: int) -> None:
        """Show the next tab, or the previous one."""
        self.pick(self.tab.step(step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types what to find, a slash is a letter of it."""
        return action != "find" or not self.is_typed_into

    def action_find(self) -> None:
        """Type what to find."""
        self._search.open()

    def action_find_step(self, step: int) -> None:
        """Go to the next line that is found, or the previous one."""
        self.page.search_step(step)
        self._show_result()

    def stop_searching(self) -> bool:
        """Search no more. Returns whether anything was searched for."""
        searched = self._search.display
        self._search.clear()
        return searched

    def action_copy(self) -> None:
        """Copy what is selected with the mouse, or the line that is found, or else everything."""
        if selected := self.screen.get_selected_text():
            copy(self.app, selected, "what is selected")
        elif line := self.page.found_line.strip():
            copy(self.app, line, "the line that is found")
        else:
            self.action_copy_all()

    def action_copy_all(self) -> None:
        """Copy the whole tab."""
        copy(self.app, f"{clean(self.node)}\n{self.page.text}\n", f"all of {self.tab}")

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """A click on a tab is its key."""
        self.pick(TABS[event.index])

    def _search_for(self, words: str) -> None:
        if words != self.page.words:
            self.page.search(words)
            self._show_result()

    def _show_result(self) -> None:
        self._search.show_result(self.page.result if self.page.words else "")

    def _want(self) -> None:
        # Said to be the pane's own: Textual carries what is made in a handler of the screen no further.
        self.post_message(self.Wanted(self.node, self.tab).set_sender(self))

    def _show_lines(self, *, anew: bool = False) -> None:
        """`anew`: not what was there before; it is seen from its beginning, or from its end."""
        self.page.show(self._lines(), anew=anew, from_end=self.tab in _FROM_THE_END)
        if self._search.display:
            self._show_result()

    def _lines(self) -> list[Line]:
        row = self._row
        if row is None:
            return [(("No node is selected.", Tone.DIM),)]
        match self.tab:
            case Tab.NODE:
                return node_lines(
                    row,
                    now=self._clock(),
                    why=self._why_of(row),
                    lock=self._lock,
                    booted=self._booted,
                )
            case Tab.LABELS:
                return labels_lines(row.node)
            case _:
                return self._found.get(self.tab, _LOOKING)

    def _why_of(self, row: Row) -> Why | None:
        """An answer counts for as long as the row itself says what it said then."""
        asked = self._asked
        return asked[1] if asked is not None and asked[0] == row.why else None
