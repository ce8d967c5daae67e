"""The line one types a command into, as in k9s and vi; there while one is typed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import ClassVar, Protocol

from textual.binding import BindingType
from textual.suggester import Suggester
from textual.widget import Widget

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.commands.command import CommandError
from kuredtui.ui.commands.completing import Completion
from kuredtui.ui.commands.reading import Deed
from kuredtui.ui.text import fit
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Piece, Tone
from kuredtui.ui.widgets.prompt_line import PromptLine

_BETWEEN: Piece = ("  ", Tone.DIM)

Complete = Callable[[str], Completion]


class Commands(Protocol):
    """What can be typed, and what it means."""

    history: deque[str]
    """The lines that were carried out, the newest last."""

    def read(self, line: str) -> Deed:
        """Turn a line into what is to be done; raises CommandError, and then nothing is."""

    def remember(self, line: str) -> None:
        """The line is being carried out."""

    def complete(self, line: str) -> Completion:
        """How a line may go on."""


class CommandBar(PromptLine):
    """Reads a command; what it means is not known here.

    Args:
        commands: what can be typed.
        back_to: has the keys when the line is left, unless something else had them before.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.COMMAND)

    def __init__(self, commands: Commands, back_to: Widget) -> None:
        super().__init__(
            sign=":",
            placeholder="a command",
            changed=self._changed,
            back_to=back_to,
            suggester=_First(commands.complete),
        )
        self._commands = commands
        self._looked_back = 0  # so many lines; 0 is the one that is being typed
        self._draft = ""
        self._turning: Completion | None = None  # whose candidates tab goes through
        self._turn = 0

    def open(self) -> None:
        """A new line; whoever has the keys has them again afterwards."""
        if (focused := self.screen.focused) is not None:
            self._back_to = focused
        self._looked_back, self._draft = 0, ""
        self._put("")
        super().open()
        self._changed("")

    async def action_run(self) -> None:
        """Carry out what was typed; what cannot be is said, and can be mended."""
        await self._all_read()
        line = self.text.strip()
        if not line:
            self._close()
            return
        try:
            deed = self._commands.read(line)
        except CommandError as error:
            self.show_result(f"! {error}", wrong=True)
            return
        self._commands.remember(line)
        self._close()
        await deed()

    async def action_close(self) -> None:
        """Leave it; nothing happens."""
        await self._all_read()
        self._close()

    async def action_complete(self) -> None:
        """As far as all candidates agree; from there on from one candidate to the next."""
        await self._all_read()
        turning = self._turning or self._commands.complete(self.text)
        if not turning.candidates:
            return
        word = self.text[turning.start :]
        if self._turning is None and turning.common != word and turning.common.startswith(word):
            self._put(self.text[: turning.start] + turning.common)
            if len(turning.candidates) > 1:
                return
        elif len(turning.candidates) > 1:
            self._turn = 0 if self._turning is None else self._turn + 1
            chosen = turning.candidates[self._turn % len(turning.candidates)]
            self._put(self.text[: turning.start] + chosen)
            self._turning = turning
            self._show(turning, chosen)
            return
        self._put(self.text[: turning.start] + turning.candidates[0] + " ")

    async def action_look_back(self, step: int) -> None:
        """To an earlier line, or back to a later one."""
        await self._all_read()
        if self._looked_back == 0:
            self._draft = self.text
        history = self._commands.history
        self._looked_back = max(0, min(self._looked_back + step, len(history)))
        self._put(history[-self._looked_back] if self._looked_back else self._draft)

    def _close(self) -> None:
        self._leave()
        self.display = False

    def _changed(self, line: str) -> None:
        """Whatever was gone through, or wrong, belongs to the line as it was."""
        self._turning = None
        if self.is_mounted:
            self._show(self._commands.complete(line))

    def _show(self, completion: Completion, chosen: str = "") -> None:
        """As many candidates as fit into their half of the line, the chosen one among them."""
        names = completion.candidates
        room = self.beside - len(f"+{len(names) + completion.more}")
        first = names.index(chosen) if chosen in names else 0
        line: Line = ()
        for name in names[first:]:
            if sum(len(text) for text, _ in line) + len(name) > room:
                break
            line = (*line, (name, Tone.LIT if name == chosen else Tone.DIM), _BETWEEN)
        if left := len(names) + completion.more - len(line) // 2:
            line = (*line, (f"+{left}", Tone.DIM))
        if completion.hint and not chosen:
            line = ((fit(completion.hint, self.beside).rstrip(), Tone.DIM),)
        self.show_result(content_of([line], tones_of(self.app)))


class _First(Suggester):
    """Shows the first candidate in grey behind what is typed; the right arrow takes it."""

    def __init__(self, complete: Complete) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """The line with the first candidate."""
        return self._complete(value).first(value)
