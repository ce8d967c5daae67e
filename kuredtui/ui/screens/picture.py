"""The night at a glance: how many nodes wait, over time, and which kernels run where."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.ages import age
from kuredtui.ui.key_line import key_line
from kuredtui.ui.picture_text import pending_lines
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.kernel_chart import KernelChart

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.ui.night_history import NightHistory

# Seconds between two looks; nothing here is told by events.
_LOOK = 0.5
# Of the screen's height, the part that the pending reboots have, and what is around their columns.
_SHARE, _AROUND = 4, 2
_LEAST_HEIGHT, _MOST_HEIGHT = 3, 6
# Cells left of the columns and right of them.
_MARGIN = 8


class PictureScreen(Placed, Screen[None]):
    """Looks at the session twice a second.

    Args:
        session: tells the session of the moment.
        history: tells what was seen of it since the beginning.
        now: the clock, in seconds of the epoch.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.PICTURE)
    PLACES = (Place.PICTURE, Place.PANE)
    AUTO_FOCUS = "#picture-kernels"

    def __init__(
        self,
        session: Callable[[], Session | None],
        history: Callable[[], NightHistory],
        *,
        now: Callable[[], float],
    ) -> None:
        super().__init__()
        self._session = session
        self._history = history
        self._now = now
        self._kernels = KernelChart(id="picture-kernels")

    def compose(self) -> ComposeResult:
        """Pending reboots above, kernels below, the keys."""
        yield Static("", id="picture-pending", markup=False)
        yield self._kernels
        yield Static("", id="picture-keys", markup=False)

    def on_mount(self) -> None:
        """Look, again and again."""
        self.query_one("#picture-pending").border_title = "Pending reboots"
        self.query_one("#picture-keys", Static).update(
            key_line(
                self.hints(key_map_of(self.app), Place.PICTURE, Place.EVERYWHERE),
                tones_of(self.app),
            )
        )
        self.set_interval(_LOOK, self.look)
        self.call_after_refresh(self.look)

    def on_resize(self) -> None:
        """Draw to the new size."""
        self.call_after_refresh(self.look)

    def look(self) -> None:
        """Show the night as it is now."""
        session, history = self._session(), self._history()
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
        now, counts = self._now(), session.store.counts
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
