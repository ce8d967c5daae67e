"""Which keys are at hand on the main screen now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.actions import Action, Place

if TYPE_CHECKING:
    from kuredtui.ui.screens.main import MainScreen

_LOG = (Place.PANE, Place.LOG)
_DETAIL = (Place.DETAIL, Place.PANE)
# Keys worth a place in the last line only while the focus is in a pane.
_PANE_HINTS = frozenset({"console.back", "console.next"})


def places_here(screen: MainScreen) -> tuple[Place, ...]:
    """The places of where the focus is."""
    if screen.filter_bar.has_focus_within:
        return (Place.FILTER,)
    if screen.command_bar.has_focus_within:
        return (Place.COMMAND,)
    if screen.detail.is_typed_into:
        return (Place.SEARCH,)
    if screen.focused in (screen.table, None):
        return (Place.NODES, Place.CONSOLE)
    return (*(_LOG if screen.focused is screen.log_pane else _DETAIL), Place.CONSOLE)


def is_worth_a_hint(screen: MainScreen, action: Action) -> bool:
    """Whether an action of these places is told in the last line."""
    if action.id in _PANE_HINTS:
        return screen.focused not in (screen.table, None)
    return action.id != "pane.last" or screen.focused is screen.log_pane
