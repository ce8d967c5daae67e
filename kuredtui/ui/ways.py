"""The way to each action from wherever one is, for commands and the palette; and why there is none now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from kuredtui.ui.actions import Action, Place
from kuredtui.ui.text import clean
from kuredtui.ui.widgets.line_pane import LinePane
from kuredtui.ui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from kuredtui.ui.app import KuredTuiApp
    from kuredtui.ui.screens.acting import ActingScreen
    from kuredtui.ui.screens.main import MainScreen
    from kuredtui.ui.widgets.log_pane import LogPane

# Where the keys of a place work, if there is no way there from elsewhere, and the action that leads there.
_ONLY: dict[Place, tuple[str, str]] = {
    Place.FILTER: ("while a filter is typed", "table.filter"),
    Place.COMMAND: ("while a command is typed", "console.command"),
    Place.SEARCH: ("while words are sought in the detail", "detail.find"),
    Place.PANE: ("where one reads: in the log, in the detail", "console.next"),
    Place.PICTURE: ("in the picture", "console.picture"),
    Place.PLAN: ("in the plan of a drain", "node.plan"),
    Place.ROLLOUT: ("in the rollout", "rollout.open"),
    Place.PICK: ("where one of several is picked", ""),
    Place.FORM: ("in a form", ""),
    Place.FORM_WORDS: ("in a form", ""),
    Place.QUESTION: ("while a question is asked", ""),
    Place.ANSWER: ("where a question has this answer", ""),
    Place.HELP: ("in the help", "console.help"),
}

# Done by the screen itself, which is the one that offers them.
_OF_THE_SCREEN = frozenset(
    {Place.EVERYWHERE, Place.SCREENS, Place.ROLLOUT, Place.PICTURE, Place.PLAN}
)


class Ways:
    """Looks at the app whenever it is asked."""

    def __init__(self, app: KuredTuiApp) -> None:
        self._app = app

    async def go(self, action: Action) -> None:
        """Do what the action's key does, in its place; what cannot be done now is told, with the reason."""
        if reason := self.against(action):
            self._app.notify(clean(reason), severity="warning", markup=False)
        elif action.id == "console.log" and self._app.acting is not self._app.main:
            self.to_log()  # the next size of one that was not seen might be none
        elif action.wanted:
            self._app.acting.want(action.wanted)
        else:
            await self._place_of(action).run_action(action.method)

    def to_table(self) -> MainScreen:
        """Leave whatever is above the table, and have its keys. Returns its screen."""
        app, main = self._app, self._app.main
        while app.screen is not main:
            app.screen.dismiss(None)
        main.come_to_table()
        return main

    def to_log(self) -> LogPane:
        """Have the keys of the log, and see it."""
        main = self.to_table()
        main.log_pane.unhide()
        main.set_focus(main.log_pane)
        return main.log_pane

    def against(self, action: Action, at: ActingScreen[Any] | None = None) -> str:
        """Why the action cannot be done now, as a sentence; "" if it can.

        `at` is the screen that asks, by default that of the moment.
        """
        app, at = self._app, at or self._app.acting
        if action.writes and app.main.read_only:
            return f"Read-only: {app.main.facts.read_only}"
        if action.id == "console.context":
            return app.switch.refusal()
        if action.id == "console.retry":
            return app.link.retry_refusal if app.link is not None else ""
        if action.wanted.startswith("rollout.") and not self._rollout_under_way():
            return "No rollout is under way."
        if action.needs_node and not at.meant_in_words:
            return "No node is selected here."
        if action.place is Place.DETAIL and app.main.table.selected is None:
            return "No node is selected in the table."
        if action.wanted == "node.cancel":
            return self._nothing_to_cancel(at)
        return "" if action.wanted and action.id != "rollout.skip" else self._only(action.place, at)

    def _rollout_under_way(self) -> bool:
        session = self._app.session
        rollout = session.rollout if session is not None else None
        return rollout is not None and not rollout.finished

    def _nothing_to_cancel(self, at: ActingScreen[Any]) -> str:
        session = self._app.session
        operations = session.operations.items() if session is not None else ()
        if any(at.means(node) for node, operation in operations if not operation.phase.finished):
            return ""
        return f"No operation is at work on {at.meant_in_words}."

    def _only(self, place: Place, at: ActingScreen[Any]) -> str:
        if place not in _ONLY or place in at.here:
            return ""
        where, opener = _ONLY[place]
        key = f" ({self._app.key_map.text(opener)})" if opener else ""
        return f"Only {where}{key}."

    def _place_of(self, action: Action) -> Widget:
        """Go where the action's key works."""
        app, acting = self._app, self._app.acting
        focused = acting.focused
        match action.place:
            case _ if action.place in _OF_THE_SCREEN:
                return acting
            case Place.PANE if isinstance(focused, LinePane):
                return focused
            case Place.CURSOR if isinstance(focused, PickList):
                return focused
            case Place.CURSOR:
                return self.to_table().table
            case Place.DETAIL:
                main = self.to_table()
                main.action_detail()
                return main.detail
            case Place.LOG:
                return self.to_log()
            case _ if acting is app.main or action.id == "rollout.open":
                return app.main
            case _:
                return self.to_table()
