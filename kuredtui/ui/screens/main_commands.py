"""What typed commands do on the main screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.actions import Action
from kuredtui.ui.columns import COLUMN_NAMES
from kuredtui.ui.commands.command import Takes
from kuredtui.ui.commands.completing import Completion, complete
from kuredtui.ui.commands.reading import Deed, read

if TYPE_CHECKING:
    from kuredtui.ui.screens.main import MainScreen


class MainCommands:
    """Reads and completes lines, with what there is on the screen, and does there what they say."""

    def __init__(self, screen: MainScreen, contexts: Callable[[], Sequence[str]]) -> None:
        """`contexts` tells the names of those that could be gone to."""
        self._screen = screen
        self._contexts = contexts

    def read(self, line: str) -> Deed:
        """What the line asks for; raises CommandError."""
        return read(line, self)

    def complete(self, line: str) -> Completion:
        """How the line may go on."""
        words = {
            Takes.NODE: self._screen.table.rows.names,
            Takes.COLUMN: lambda: COLUMN_NAMES,
            Takes.CONTEXT: self._contexts,
        }
        return complete(line, words=words, read_only=self._screen.read_only)

    @property
    def read_only_reason(self) -> str:
        """Why nothing may be changed; "" where it may."""
        return self._screen.facts.read_only

    def has_node(self, name: str) -> bool:
        """Whether there is this node, shown or not."""
        return name in self._screen.table.rows

    def node_meant(self) -> bool:
        """Whether a node is marked or selected."""
        return bool(self._screen.table.meant)

    async def select_node(self, name: str) -> None:
        """Select a node; a filter that hides it goes."""
        rows = self._screen.table.rows
        if rows.position(name) is None:
            self._screen.filter_rows("")
        if (position := rows.position(name)) is not None:
            self._screen.table.select(position)

    async def do(self, action: Action) -> None:
        """As if the action's key was pressed."""
        await self._screen.run_action(action.method)

    async def want(self, action_id: str, nodes: Sequence[str]) -> None:
        """Have the app carry out an action with these nodes, or else with those that are meant."""
        self._screen.want(action_id, nodes)

    async def filter_rows(self, text: str) -> None:
        """Show only rows with these words, or all."""
        self._screen.filter_rows(text)

    async def sort_rows(self, column: str) -> None:
        """Sort by the column of this id."""
        self._screen.table.sort_by(column)

    async def go_to_context(self, name: str) -> None:
        """Go to a context, or ask for one."""
        self._screen.post_message(self._screen.Wanted("console.context", [], argument=name))

    async def export_log(self, file: str) -> None:
        """Write the log to this file, or ask for one."""
        self._screen.post_message(self._screen.Wanted("log.export", [], argument=file))
