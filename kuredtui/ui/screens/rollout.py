"""A rollout under way: the queue, who is at work and how far, what is blocked and why, and its controls.

The rollout goes on by itself: leaving this screen changes nothing, and coming back shows it as it is then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.phase_times import PhaseTimes, Step
from kuredtui.ui.rollout_text import entry_detail, entry_line, head_lines, in_display_order
from kuredtui.ui.screens.view import Sight, View
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line
from kuredtui.ui.widgets.kernel_chart import KernelChart
from kuredtui.ui.widgets.line_pane import LinePane
from kuredtui.ui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from kuredtui.engine.operation import Operation
    from kuredtui.engine.rollout import Rollout
    from kuredtui.ui.commands.typed import TypedCommands

_NAME_SHARE = 0.4
# Columns from which on the kernels have room beside the selected node.
_BESIDE = 130
_MOST_NAME = 40


class RolloutScreen(View):
    """How far the session's rollout is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.ROLLOUT)
    PLACES = (Place.ROLLOUT, Place.CURSOR, Place.PANE)
    AUTO_FOCUS = "#rollout-nodes"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_BESIDE, "-wide")]  # noqa: RUF012 - as Textual has it

    def __init__(self, sight: Sight, commands: TypedCommands, *, times: PhaseTimes) -> None:
        """`times` knows when operations entered their phases."""
        self._list = PickList(self._line_of, nothing="There is no rollout.", id="rollout-nodes")
        super().__init__(sight, commands, first=self._list)
        self._times = times
        self._detail = LinePane(id="rollout-detail")
        self._kernels = KernelChart(id="rollout-kernels")

    @property
    def meant(self) -> list[str]:
        """The node whose steps are shown."""
        return [self._list.selected] if self._list.selected is not None else []

    def compose(self) -> ComposeResult:
        """How far it is, the nodes, the selected one beside the kernels, the keys."""
        yield Static("", id="rollout-head", markup=False)
        yield self.command_bar
        yield self._list
        with Horizontal(id="rollout-below"):
            yield self._detail
            yield self._kernels
        yield self.key_hints

    def look(self) -> None:
        """Show the rollout as it is now."""
        rollout = self._rollout
        lines = head_lines(rollout, width=self.size.width) if rollout is not None else []
        for head in self.query("#rollout-head").results(Static):  # none, while the screen goes
            head.update(content_of(lines, tones_of(self.app)))
        self._list.show(in_display_order(rollout.entries.values()) if rollout is not None else ())
        self._show_detail()
        self._show_kernels()

    def on_pick_list_selected(self) -> None:
        """Another node's steps."""
        self._show_detail()

    @property
    def _rollout(self) -> Rollout | None:
        session = self.sight.session()
        return session.rollout if session is not None else None

    def _operation(self, node: str) -> Operation | None:
        session = self.sight.session()
        return session.operations.get(node) if session is not None else None

    def _steps(self, operation: Operation | None) -> list[Step]:
        return self._times.of(operation.id) if operation is not None else []

    def _line_of(self, node: str) -> Line:
        rollout, operation = self._rollout, self._operation(node)
        entry = rollout.entries.get(node) if rollout is not None else None
        if entry is None:
            return ()
        name = min(_MOST_NAME, int(self.size.width * _NAME_SHARE))
        steps = self._steps(operation)
        return entry_line(entry, operation, steps, now=self.sight.now(), name=name)

    def _show_kernels(self) -> None:
        """Where the terminal is too narrow for them (see the style sheet) they are on their own screen."""
        session = self.sight.session()
        if self._kernels.display:
            kernels = session.store.drift.kernels() if session is not None else {}
            self._kernels.show(kernels, self.sight.history().kernels)

    def _show_detail(self) -> None:
        rollout, node = self._rollout, self._list.selected
        entry = rollout.entries.get(node) if rollout is not None and node is not None else None
        if entry is None:
            self._detail.replace([])
            return
        operation = self._operation(entry.node)
        steps = self._steps(operation)
        self._detail.replace(entry_detail(entry, operation, steps, now=self.sight.now()))
