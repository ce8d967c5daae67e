"""A screen beside the table that shows something of the whole cluster, as it is at each moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widget import Widget

from kuredtui.ui.screens.acting import ActingScreen

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.ui.commands.typed import TypedCommands
    from kuredtui.ui.night_history import NightHistory

# Seconds between two looks; nothing here is told by events.
_LOOK = 0.5


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a view looks at.

    Attributes:
        session: tells the session of the moment.
        history: tells what was seen of it since the beginning.
        now: the clock, in seconds of the epoch.
    """

    session: Callable[[], Session | None]
    history: Callable[[], NightHistory]
    now: Callable[[], float]


class View(ActingScreen[None]):
    """Looks at the session twice a second."""

    def __init__(self, sight: Sight, commands: TypedCommands, *, first: Widget) -> None:
        """`first` has the focus in the beginning."""
        super().__init__(commands, first=first)
        self.sight = sight

    def on_mount(self) -> None:
        """Look, again and again."""
        self._tick()
        self.set_interval(_LOOK, self._tick)
        self.call_after_refresh(self.look)

    def _tick(self) -> None:
        self.show_hints()
        self.look()

    def look(self) -> None:
        """Show what there is now."""
        raise NotImplementedError
