"""The night at a glance: how many nodes wait, over time, and which kernels run where."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.ages import age
from kuredtui.ui.picture_text import pending_lines
from kuredtui.ui.screens.view import Sight, View
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.kernel_chart import KernelChart

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.ui.commands.typed import TypedCommands
    from kuredtui.ui.night_history import NightHistory

# Of the screen's height, the part that the pending reboots have, and what is around their columns.
_SHARE, _AROUND = 4, 2
_LEAST_HEIGHT, _MOST_HEIGHT = 3, 6
# Cells left of the columns and right of them.
_MARGIN = 8


class PictureScreen(View):
    """What waits, and what runs."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.PICTURE)
    PLACES = (Place.PICTURE, Place.PANE)
    AUTO_FOCUS = "#picture-kernels"

    def __init__(self, sight: Sight, commands: TypedCommands) -> None:
        self._kernels = KernelChart(id="picture-kernels")
        super().__init__(sight, commands, first=self._kernels)

    def compose(self) -> ComposeResult:
        """Pending reboots above, kernels below, the keys."""
        pending = Static("", id="picture-pending", markup=False)
        pending.border_title = "Pending reboots"
        yield self.command_bar
        yield pending
        yield self._kernels
        yield self.key_hints

    def on_resize(self) -> None:
        """Draw to the new size."""
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Show the night as it is now."""
        session, history = self.sight.session(), self.sight.history()
        self._kernels.show(session.store.drift.kernels() if session else {}, history.kernels)
        self._kernels.border_title = "Kernels by pool"
        if session is not None and session.connection.kind == "lost":
            self._kernels.border_title += f", {_seen(session)}"
        lines = self._pending(session, history)
        for pending in self.query("#picture-pending").results(
            Static
        ):  # none, while the screen goes
            pending.update(content_of(lines, tones_of(self.app)))

    def _pending(self, session: Session | None, history: NightHistory) -> list[Line]:
        if session is None:
            return [((" There is no connection to a cluster.", Tone.BAD),)]
        now, counts = self.sight.now(), session.store.counts
        if history.began is None:
            return [((" Nothing was seen yet.", Tone.DIM),)]
        height = self.size.height // _SHARE - _AROUND
        return pending_lines(
            history.columns(self.size.width - _MARGIN, now),
            pending=counts.pending,
            when=_seen(session),
            unknown=counts.unknown,
            seconds=now - history.began,
            height=max(_LEAST_HEIGHT, min(_MOST_HEIGHT, height)),
        )


def _seen(session: Session) -> str:
    """When what is known of the nodes was true, in words."""
    silent = session.connection.silent_for(time.monotonic())
    return "now" if silent is None else f"as of {age(silent)} ago"
