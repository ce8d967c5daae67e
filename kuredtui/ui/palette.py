"""The registry of actions for Textual's palette: found by what they do, carried out as by their keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape

from kuredtui.ui.actions import ACTIONS, BY_ID, Action, Place
from kuredtui.ui.screens.placed import LeftOnce
from kuredtui.ui.text import clean

if TYPE_CHECKING:
    from textual.fuzzy import Matcher

    from kuredtui.ui.app import KuredTuiApp

# How much letters count that follow one another in an action's name, in its id, in what it does; letters
# that are merely there one after the other count less, and not at all in a whole sentence.
_IN_NAME, _IN_ID, _IN_HELP = 30.0, 20.0, 10.0
# Of two that are found alike, what can be done now comes before what cannot.
_NOT_NOW = 0.9
# What leads to actions is not found among them.
_WAYS_TO_ACTIONS = frozenset({"console.palette", "console.command"})
# Listed before anything is typed, with those of where one is; the rest is found by its letters.
_LISTED = frozenset({Place.NODES, Place.SORT, Place.SCREENS, Place.CONSOLE, Place.EVERYWHERE})


class Palette(CommandPalette, LeftOnce[None]):
    """Where an action is found; of two presses of enter, the second comes when it has gone."""

    def __init__(self) -> None:
        super().__init__([ActionsProvider], placeholder="What do you want to do?")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list without a line to show, in a very small terminal, has no pages: Textual breaks on them."""
        if action == "command_list":
            return any(there.scrollable_content_region for there in self.query(CommandList))
        return super().check_action(action, parameters)


class ActionsProvider(Provider):
    """Offers every action, also those of another place; what cannot be done now says why. What asks first
    asks here, too."""

    _picked = False

    async def discover(self) -> Hits:
        """Those of the table and of where one is, before anything is typed; first what can be done."""
        listed = [a for a in self._actions() if a.place in _LISTED | set(self._app.acting.here)]
        for action in sorted(listed, key=lambda action: bool(self._app.ways.against(action))):
            yield DiscoveryHit(
                escape(self._title(action)),
                partial(self._go, action),
                help=escape(self._help(action)),
            )

    async def search(self, query: str) -> Hits:
        """Those that match, the best first."""
        matcher = self.matcher(query)
        for action in self._actions():
            if score := _score(action, query.lower(), matcher):
                yield Hit(
                    score * (_NOT_NOW if self._app.ways.against(action) else 1.0),
                    matcher.highlight(escape(self._title(action))),
                    partial(self._go, action),
                    help=escape(self._help(action)),
                )

    async def _go(self, action: Action) -> None:
        """Do the one that was picked, once: Textual runs it for each press of enter that came in time."""
        if not self._picked:
            self._picked = True
            await self._app.ways.go(action)

    @property
    def _app(self) -> KuredTuiApp:
        from kuredtui.ui.app import KuredTuiApp

        assert isinstance(self.app, KuredTuiApp)
        return self.app

    def _actions(self) -> list[Action]:
        """Each once, though several keys may have the app do the same; none that read-only forbids."""
        return [
            action
            for action in ACTIONS
            if action.id not in _WAYS_TO_ACTIONS
            and not (action.writes and self._app.main.read_only)
            and (action.wanted == action.id or action.wanted not in BY_ID)
        ]

    def _title(self, action: Action) -> str:
        where = "" if action.place in _LISTED else f" · {action.place.value}"
        return f"{action.label or action.id}  ({self._app.key_map.text(action.id)}{where})"

    def _help(self, action: Action) -> str:
        against = clean(self._app.ways.against(action))
        return f"Not now: {against} {action.help}" if against else action.help


def _score(action: Action, letters: str, matcher: Matcher) -> float:
    name = action.label or action.id
    whole = {
        _IN_NAME: letters in name.lower(),
        _IN_ID: letters in action.id,
        _IN_HELP: letters in action.help.lower(),
    }
    scattered = max(matcher.match(name), matcher.match(action.id))
    return scattered + max((count for count, found in whole.items() if found), default=0.0)
