"""The registry of actions for Textual's palette: found by what they do, carried out as by their keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from kuredtui.ui.actions.key_map import key_map_of

if TYPE_CHECKING:
    from kuredtui.ui.actions import Action
    from kuredtui.ui.screens.main import MainScreen

# What an action is called says more than a word in its description.
_NAME_COUNTS = 10.0


class ActionsProvider(Provider):
    """Offers what the main screen's keys do at the moment. What asks first asks here, too."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._main.keys.palette():
            yield DiscoveryHit(self._title(action), partial(self._run, action), help=action.help)

    async def search(self, query: str) -> Hits:
        """Those that match, the best first."""
        matcher = self.matcher(query)
        for action in self._main.keys.palette():
            title = self._title(action)
            by_name, by_help = matcher.match(title), matcher.match(action.help)
            if score := max(_NAME_COUNTS * by_name, by_help):
                shown = matcher.highlight(title)
                yield Hit(score, shown, partial(self._run, action), help=action.help)

    @property
    def _main(self) -> MainScreen:
        from kuredtui.ui.app import KuredTuiApp

        assert isinstance(self.app, KuredTuiApp)
        return self.app.main

    def _title(self, action: Action) -> str:
        key = key_map_of(self.app).text(action.id)
        return f"{action.label or action.id}  ({key})"

    async def _run(self, action: Action) -> None:
        await self._main.run_action(action.method)
