"""What typed commands do, from whatever screen they are typed on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kuredtui.ui.actions import Action
from kuredtui.ui.columns import COLUMN_NAMES
from kuredtui.ui.commands.command import Takes
from kuredtui.ui.commands.completing import Completion, complete
from kuredtui.ui.commands.reading import Deed, read

if TYPE_CHECKING:
    from kuredtui.ui.app import KuredTuiApp
    from kuredtui.ui.screens.acting import ActingScreen

# Lines that are remembered.
_HISTORY = 100


class TypedCommands:
    """Reads and completes lines, with what there is in the console, and does what they say.

    Attributes:
        history: the lines that were carried out, the newest last.
    """

    def __init__(self, app: KuredTuiApp) -> None:
        self._app = app
        self.history: deque[str] = deque(maxlen=_HISTORY)

    def read(self, line: str) -> Deed:
        """What the line asks for; raises CommandError."""
        return read(line, self)

    def remember(self, line: str) -> None:
        """The line is being carried out."""
        if not self.history or self.history[-1] != line:
            self.history.append(line)

    def complete(self, line: str) -> Completion:
        """How the line may go on."""
        main = self._app.main
        words = {
            Takes.NODE: main.table.rows.names,
            Takes.COLUMN: lambda: COLUMN_NAMES,
            Takes.CONTEXT: lambda: self._app.switch.names,
        }
        return complete(line, words=words, read_only=main.read_only)

    @property
    def read_only_reason(self) -> str:
        """Why nothing may be changed; "" where it may."""
        return self._app.main.facts.read_only

    def has_node(self, name: str) -> bool:
        """Whether there is this node, shown or not."""
        return name in self._app.main.table.rows

    def meant(self) -> list[str]:
        """The nodes that are marked or selected where one is."""
        return self._app.acting.meant

    async def select_node(self, name: str) -> None:
        """Select a node in the table; a filter that hides it goes."""
        self._app.ways.to_table().select(name)

    def is_forbidden(self, action: Action) -> bool:
        """Whether read-only hides it."""
        return action.writes and self._app.main.read_only

    def against(self, action: Action, at: ActingScreen[Any]) -> str:
        """Why it cannot be done now on this screen, as a sentence; "" if it can."""
        return self._app.ways.against(action, at)

    async def do(self, action: Action) -> None:
        """As if the action's key was pressed where it works."""
        await self._app.ways.go(action)

    async def want(self, action_id: str, nodes: Sequence[str]) -> None:
        """Have the app carry out an action with these nodes, or else with those that are meant."""
        self._app.acting.want(action_id, nodes)

    async def filter_rows(self, text: str) -> None:
        """Show only rows with these words in the table, or all."""
        self._app.ways.to_table().filter_rows(text)

    async def sort_rows(self, column: str) -> None:
        """Sort the table by the column of this id."""
        self._app.ways.to_table().action_sort(column)

    async def go_to_context(self, name: str) -> None:
        """Go to a context, or ask for one."""
        self._app.acting.want("console.context", argument=name)

    async def export_log(self, file: str) -> None:
        """Write the log to this file, or ask for one."""
        self._app.acting.want("log.export", argument=file)
