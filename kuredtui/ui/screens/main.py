"""The main screen: header, filter, nodes beside the detail, log, keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from kuredtui.kube.label_selector import SelectorError
from kuredtui.ui.actions import Action, Place, bindings_of
from kuredtui.ui.columns import Column
from kuredtui.ui.filters import parse_filter
from kuredtui.ui.phase_times import PhaseTimes
from kuredtui.ui.row import Row
from kuredtui.ui.screens.acting import ActingScreen
from kuredtui.ui.screens.main_keys import is_worth_a_hint, places_here
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line
from kuredtui.ui.widgets.detail_pane import DetailPane
from kuredtui.ui.widgets.filter_bar import FilterBar
from kuredtui.ui.widgets.header import Header, HeaderFacts
from kuredtui.ui.widgets.log_pane import LogPane, LogSize
from kuredtui.ui.widgets.node_table import NodeTable

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress
    from kuredtui.ui.commands.typed import TypedCommands

# Above this width the detail stands beside the table, below it in its place.
_BESIDE = 120
_TABLE = (Place.NODES, Place.CURSOR, Place.SORT, Place.CONSOLE)


class MainScreen(ActingScreen[None]):
    """Puts the widgets together and moves between them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(Place.NODES, Place.SORT, Place.CONSOLE),
    ]
    PLACES = (*_TABLE, Place.PANE, Place.DETAIL, Place.SEARCH, Place.LOG, Place.FILTER)
    AUTO_FOCUS = "#nodes"
    # Textual has these as instance variables, so a ClassVar they cannot be called.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_BESIDE, "-wide")]  # noqa: RUF012 - see above
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-short"), (30, "-tall")]  # noqa: RUF012 - see above

    def __init__(
        self,
        facts: HeaderFacts,
        commands: TypedCommands,
        *,
        production: bool = False,
        columns: tuple[Column, ...] | None = None,
        wide: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.table = NodeTable(columns=columns, wide=wide, clock=clock, id="nodes")
        super().__init__(commands, first=self.table)
        self._clock = clock
        self._header = Header(facts, production=production)
        self._banner = Static("", id="problem", markup=False)
        self.filter_bar = FilterBar(self._filter_by, back_to=self.table)
        self.detail = DetailPane(clock=clock, id="detail")
        self.log_pane = LogPane(clock=clock, id="log")
        self.phase_times = PhaseTimes()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._header
        yield self._banner
        yield self.filter_bar
        yield self.command_bar
        with Horizontal(id="body"):
            yield self.table
            yield self.detail
        yield self.log_pane
        yield self.key_hints

    def on_mount(self) -> None:
        """The nodes have the focus; once a second the ages are looked at."""
        self._banner.display = False
        self.filter_bar.display = False
        self.detail.display = False
        self.set_interval(1.0, self._tick)
        self.show_hints()

    # What the app tells the screen.

    def show_facts(self, facts: HeaderFacts) -> None:
        """The header's facts; with them the keys that make sense."""
        read_only_changed = bool(facts.read_only) != bool(self._header.facts.read_only)
        self._header.show(facts)
        if read_only_changed:
            self.show_hints()

    def show_nodes(self, rows: Iterable[Row], removed: Iterable[str]) -> None:
        """New and changed rows, and the names of nodes that are gone."""
        self.table.update(rows, removed)
        self._show_detail()
        self._show_matches()
        self.show_hints()  # an operation may have begun, or ended

    def show_log(self, records: Sequence[Progress]) -> None:
        """New lines of the log."""
        self.phase_times.take(records)
        self.log_pane.take(records)

    def show_notice(self, lines: Sequence[Line]) -> None:
        """What to say in the table's place while it has no rows."""
        self.table.show_notice(lines)

    def show_problem(self, lines: Sequence[Line]) -> None:
        """Why nothing is live any more: in the table's place, or above rows that are still there."""
        self.table.show_notice(lines)
        if self.table.rows.total:
            self._banner.update(content_of(lines, tones_of(self.app)))
            self._banner.display = True

    def start_over(self) -> None:
        """Forget all rows and any problem: another attempt begins."""
        self._banner.display = False
        self.table.clear()

    def forget(self, *, production: bool) -> None:
        """Another cluster comes: what was seen of the old one, and chosen for it, is of no use there."""
        self.start_over()
        self.filter_bar.clear()
        if self.detail.display:
            self._close_detail()
        self.log_pane.look_at(replace(self.log_pane.view, node="", words=()))
        self._header.mark_production(production)

    @property
    def here(self) -> tuple[Place, ...]:
        """The places of where the focus is."""
        return places_here(self)

    @property
    def meant(self) -> list[str]:
        """The marked nodes, or else the selected one; see `NodeTable.meant`."""
        return self.table.meant

    @property
    def meant_in_words(self) -> str:
        """What these nodes are called; looked at with each picture, and there may be thousands."""
        marked = len(self.table.marks)
        return f"the {marked} marked nodes" if marked else self.table.selected or ""

    def means(self, node: str) -> bool:
        """Whether this node is one of them."""
        marks = self.table.marks
        return node in marks if marks else node == self.table.selected

    @property
    def facts(self) -> HeaderFacts:
        """What the header says."""
        return self._header.facts

    @property
    def read_only(self) -> bool:
        """Whether keys that change the cluster are hidden."""
        return bool(self._header.facts.read_only)

    # Keys that stay on this screen.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed may hold a slash and a colon; in the detail a slash finds words there."""
        if action == "filter":
            return not self.detail.has_focus_within and not self.typing
        return super().check_action(action, parameters)

    def action_detail(self) -> None:
        """Open the detail of the selected node, or go into it."""
        if self.table.selected is None:
            return
        self.table.hold()
        self.detail.display = True
        self.set_class(True, "-detail")
        self._show_detail()
        self.detail.page.focus()

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter_bar.open()

    def come_to_table(self) -> None:
        """The table has the keys, and can be seen."""
        if self.detail.display and self.has_class("-narrow"):
            self._close_detail()
        self.set_focus(self.table)

    def select(self, name: str) -> None:
        """Select a node; a filter that hides it goes."""
        rows = self.table.rows
        if rows.position(name) is None:
            self.filter_rows("")
        if (position := rows.position(name)) is not None:
            self.table.select(position)

    def filter_rows(self, text: str) -> None:
        """Show only rows with these words, or all, as if it had been typed into the filter."""
        self.filter_bar.put(text)

    def action_sort(self, column: str) -> None:
        """Sort by a column."""
        self.table.sort_by(column)

    def action_sort_step(self, step: int) -> None:
        """Sort by the next or the previous column that is shown."""
        self.table.sort_step(step)

    def action_wide(self) -> None:
        """All columns with all of their texts, or those that were chosen."""
        self.table.toggle_wide()
        self._show_matches()  # the filter looks into the columns there are

    def action_columns_by(self, columns: int) -> None:
        """To the right in the wide table, or to the left."""
        self.table.scroll_columns(columns)

    def action_rollout(self) -> None:
        """The rollout; without marks it is about all shown nodes that wait."""
        self.table.hold()
        table = self.table
        nodes = (
            table.meant
            if table.marks
            else [
                row.name
                for row in table.rows.slice(0, len(table.rows))
                if row.node.pending.state == "yes"
            ]
        )
        self.post_message(self.Wanted("rollout.open", nodes))

    def action_mark(self) -> None:
        """Mark the selected node, or unmark it."""
        self.table.hold()
        self.table.mark_selected()

    def action_mark_pending(self) -> None:
        """Mark all shown nodes that wait for a reboot."""
        self.table.mark_shown(lambda row, marked: marked or row.node.pending.state == "yes")

    def action_mark_others(self) -> None:
        """Mark the shown nodes that are not, and the other way round."""
        self.table.mark_shown(lambda _row, marked: not marked)

    def action_unmark(self) -> None:
        """Mark nothing."""
        self.table.unmark_all()

    def action_log_size(self) -> None:
        """The log: small, large, hidden."""
        size = self.log_pane.next_size()
        if size is LogSize.HIDDEN and self.focused is self.log_pane:
            self.table.focus()

    def action_log_node(self) -> None:
        """The log of the selected node alone, or of all again."""
        view = self.log_pane.view
        self.log_pane.look_at(replace(view, node="" if view.node else self.table.selected or ""))

    def action_next_pane(self) -> None:
        """On to the next pane that is there."""
        places = ((self.table, self.table), (self.detail, self.detail.page), (self.log_pane,) * 2)
        panes = [pane for place, pane in places if place.display]
        if self.focused in panes:
            panes[(panes.index(self.focused) + 1) % len(panes)].focus()
        else:
            self.table.focus()

    def action_back(self) -> None:
        """Search no more, or close the detail, or go back to the nodes, or clear the filter: one of these."""
        if self.detail.has_focus_within and self.detail.stop_searching():
            return
        if self.detail.display:
            self._close_detail()
        elif self.focused is not self.table:
            self.table.focus()
        else:
            self.filter_bar.clear()

    def want(self, action_id: str, nodes: Sequence[str] = (), *, argument: str = "") -> None:
        """Have the app carry out an action, with these nodes or else with those that are meant."""
        self.table.hold()
        super().want(action_id, nodes, argument=argument)

    # What the widgets say.

    def on_node_table_selected(self) -> None:
        """Another node: its detail, and what can be done with it."""
        self._show_detail()
        self.show_hints()

    def on_node_table_marked(self) -> None:
        """The header counts the marks."""
        self._header.show_marks(len(self.table.marks), hidden=self.table.marks.hidden)

    def on_node_table_opened(self) -> None:
        """A double click."""
        self.action_detail()

    def _filter_by(self, text: str) -> None:
        """Filter as it is typed; what cannot be understood leaves the rows as they are."""
        try:
            self.table.filter_by(parse_filter(text))
        except SelectorError as error:
            self.filter_bar.show_result(error.reason, wrong=True)
        else:
            self._show_matches()

    def _tick(self) -> None:
        self.table.sync()

    def _show_detail(self) -> None:
        if self.detail.display:
            name = self.table.selected
            row = self.table.rows.get(name) if name is not None else None
            self.detail.show(row)

    def _close_detail(self) -> None:
        self.detail.close()
        self.set_class(False, "-detail")
        self.table.focus()

    def _show_matches(self) -> None:
        if self.filter_bar.display and self.filter_bar.text:
            rows = self.table.rows
            self.filter_bar.show_result(f"{len(rows)} of {rows.total}")
        elif self.filter_bar.display:
            self.filter_bar.show_result("")

    def is_worth_a_hint(self, action: Action) -> bool:
        """Some only while the focus is in a pane."""
        return is_worth_a_hint(self, action)
