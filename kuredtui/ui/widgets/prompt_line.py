"""A line in which something is typed: a sign, what is typed, and what is said of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static

from kuredtui.ui.text import clean

# An input that is being taken away never says that it has read its keys.
_INPUT_SECONDS = 1.0
# Cells around what is said beside what is typed; see the style sheet.
_PADDING = 2


class PromptLine(Vertical):
    """Says what was typed; what it means is not known here.

    What is wrong with it, and has no room beside it, stands below it: a refusal is never cut.

    Keys that arrive together must not be lost, nor reach the wrong widget: bindings of a prompt are
    carried out at once (`Action.at_once`), wait for `_all_read`, and move the focus by `set_focus`.

    Args:
        sign: before the input.
        placeholder: in the input while it is empty.
        changed: called with what is typed now; in any case before what a key does that leaves the line.
        back_to: has the keys when the line is left.
        suggester: how what is typed may go on; None for no such thing.
    """

    def __init__(
        self,
        *,
        sign: str,
        placeholder: str,
        changed: Callable[[str], None],
        back_to: Widget,
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._sign = sign
        self._input = _PromptInput(placeholder, changed, suggester)
        self._back_to = back_to

    def compose(self) -> ComposeResult:
        """The sign, the input, and room for what is said of it."""
        with Horizontal(classes="prompt-typed"):
            yield Static(self._sign, classes="prompt-sign", markup=False)
            yield self._input
            yield Static("", classes="prompt-result", markup=False)
        yield Static("", classes="prompt-below", markup=False)

    def open(self) -> None:
        """Show the line and type into it, from the very next key on (`focus` would take its time)."""
        self.display = True
        self.screen.set_focus(self._input)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    def show_result(self, result: str | Content, *, wrong: bool = False) -> None:
        """What is said of what is typed, or what is wrong with it."""
        content = Content(clean(result)) if isinstance(result, str) else result
        below = wrong and content.cell_length > self.beside
        there = self.query_one(".prompt-result", Static)
        there.update("" if below else content)
        there.set_class(wrong, "-wrong")
        self.query_one(".prompt-below", Static).update(content if below else "")
        self.set_class(below, "-below")

    @property
    def beside(self) -> int:
        """How many cells there are for what is said beside what is typed: half of the line."""
        return max(10, self.screen.size.width // 2 - _PADDING)

    def _put(self, text: str) -> None:
        """Have this text, as if it had been typed."""
        self._input.value = text
        self._input.cursor_position = len(text)
        self._input.tell()

    def _leave(self) -> None:
        self.screen.set_focus(self._back_to)

    async def _all_read(self) -> None:
        """Wait until the input has read the keys that were typed before this one.

        Whoever types ahead, as over a slow line, means what is complete by then, and with the next key
        what comes of it.
        """
        read = asyncio.Event()
        self._input.call_later(read.set)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_INPUT_SECONDS):
                await read.wait()
        self._input.tell()


class _PromptInput(Input):
    """An input that tells of a change once the keys that have arrived together are read.

    Thousands of rows are looked through for a filter, so one that is pasted is told of once.
    """

    def __init__(
        self, placeholder: str, changed: Callable[[str], None], suggester: Suggester | None
    ) -> None:
        super().__init__(
            placeholder=placeholder, classes="prompt-input", compact=True, suggester=suggester
        )
        self._changed = changed
        self._told = ""
        self._will_tell = False

    def watch_value(self) -> None:
        if not self._will_tell:
            self._will_tell = True
            self.call_later(self.tell)

    def tell(self) -> None:
        """Tell of what is typed by now, unless it was."""
        self._will_tell = False
        if self.value != self._told:
            self._told = self.value
            self._changed(self.value)
