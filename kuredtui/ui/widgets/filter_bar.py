"""The line one types a filter into; there while a filter is typed or in force."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from kuredtui.ui.actions import Place, bindings_of

PLACEHOLDER = "words that a row must contain, or a label selector: -l key=value,other!=value"

# An input that is being taken away never says that it has read its keys.
_INPUT_SECONDS = 1.0


class FilterBar(Horizontal):
    """Says what was typed at every key; what it means is not known here.

    Args:
        changed: called with what is typed now, before another key is looked at.
        back_to: has the keys when the filter is left.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.FILTER)

    def __init__(self, changed: Callable[[str], None], back_to: Widget) -> None:
        super().__init__()
        self._input = _FilterInput(changed)
        self._back_to = back_to

    def compose(self) -> ComposeResult:
        """A slash, the input, and room for what is wrong or how many matched."""
        yield Static("/", id="filter-slash", markup=False)
        yield self._input
        yield Static("", id="filter-result", markup=False)

    def open(self) -> None:
        """Show the bar and type into it, from the very next key on (`focus` would take its time)."""
        self.display = True
        self.screen.set_focus(self._input)

    def clear(self) -> None:
        """Take the filter away and hide the bar."""
        self._input.value = ""
        self.display = False

    async def action_keep(self) -> None:
        """Keep what was typed; an empty filter leaves no bar behind."""
        await self._all_read()
        self.screen.set_focus(self._back_to)
        self.display = bool(self.text)

    async def action_clear_filter(self) -> None:
        """Take the filter away and go back."""
        await self._all_read()
        self.screen.set_focus(self._back_to)
        self.clear()

    async def _all_read(self) -> None:
        """Wait until the input has read the keys that were typed before this one.

        Whoever types ahead, as over a slow line, means the filter that is complete, and with the next
        key the nodes that it shows.
        """
        read = asyncio.Event()
        self._input.call_later(read.set)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_INPUT_SECONDS):
                await read.wait()

    @property
    def text(self) -> str:
        """The filter as typed."""
        return self._input.value

    def show_result(self, text: str, *, wrong: bool = False) -> None:
        """How many rows match, or why the filter cannot be understood."""
        result = self.query_one("#filter-result", Static)
        result.update(text)
        result.set_class(wrong, "-wrong")


class _FilterInput(Input):
    """An input that tells of a change at once; its message would reach the screen after later keys."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        super().__init__(placeholder=PLACEHOLDER, id="filter-input", compact=True)
        self._changed = changed

    def watch_value(self, value: str) -> None:
        self._changed(value)
