"""Which keys are at hand on the main screen now: for its last line, the palette and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.actions import Action, Place, actions_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.widgets.key_hints import Availability, Hint

if TYPE_CHECKING:
    from kuredtui.ui.screens.main import MainScreen

_ALWAYS = (Place.CONSOLE, Place.EVERYWHERE)
_TYPING = frozenset({Place.FILTER, Place.COMMAND, Place.SEARCH})
_LOG = (Place.PANE, Place.LOG)
_DETAIL = (Place.DETAIL, Place.PANE)
# Keys worth a place in the last line only while the focus is in a pane.
_PANE_HINTS = frozenset({"console.back", "console.next"})
# What leads to actions is not found among them.
_WAYS_TO_ACTIONS = frozenset({"console.palette", "console.command"})


class MainKeys:
    """Looks at the screen whenever it is asked."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    @property
    def here(self) -> tuple[Place, ...]:
        """The places of where the focus is."""
        screen = self._screen
        if screen.filter_bar.has_focus_within:
            return (Place.FILTER,)
        if screen.command_bar.has_focus_within:
            return (Place.COMMAND,)
        if screen.detail.is_typed_into:
            return (Place.SEARCH,)
        if screen.focused in (screen.table, None):
            return (Place.NODES,)
        return (*(_LOG if screen.focused is screen.log_pane else _DETAIL), Place.CONSOLE)

    @property
    def typing(self) -> bool:
        """Whether something is typed, so that letters are letters."""
        return not _TYPING.isdisjoint(self.here)

    def hints(self) -> list[Hint]:
        """Those of where the focus is, then those of everywhere."""
        places = self.here if self.typing else (*self.here, *_ALWAYS)
        keys = key_map_of(self._screen.app)
        return [
            Hint(action, keys.text(action.id), self._availability(action))
            for action in actions_of(*places)
            if action.label
        ]

    def palette(self) -> list[Action]:
        """What can be picked in the palette: what the keys of this screen do now."""
        return [
            action
            for action in actions_of(Place.NODES, Place.SORT, *_ALWAYS)
            if action.id not in _WAYS_TO_ACTIONS
            and self._availability(action, everywhere=True) is Availability.READY
        ]

    def _availability(self, action: Action, *, everywhere: bool = False) -> Availability:
        """Whether an action makes sense now; `everywhere`: not only as a key of where the focus is."""
        screen = self._screen
        if action.writes and screen.read_only:
            return Availability.HIDDEN
        in_table = screen.focused in (screen.table, None)
        if not everywhere and action.id in _PANE_HINTS and in_table:
            return Availability.HIDDEN
        if action.id == "pane.last" and screen.focused is not screen.log_pane:
            return Availability.HIDDEN
        if action.needs_node and screen.table.selected is None:
            return Availability.GREYED
        if action.id == "node.cancel" and not self._is_busy():
            return Availability.GREYED
        return Availability.READY

    def _is_busy(self) -> bool:
        """Whether an operation is at work on the selected node."""
        table = self._screen.table
        row = table.rows.get(table.selected) if table.selected is not None else None
        return row is not None and row.is_busy
