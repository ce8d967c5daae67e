"""What all dialogs share: a box of lines above a row of buttons, the safe button focused first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from kuredtui.ui.actions import BY_ID, Action, Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.actions.key_names import written
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import wrap_line
from kuredtui.ui.working import begin

# Cells for text in the box of app.tcss, and what its border and padding take.
_TEXT_WIDTH = 70
_FRAME = 6
# Lines around the text: border, padding, buttons.
_AROUND = 6
_LOOKING: Line = (("  · looking ...", Tone.BUSY),)

Later = Callable[[], AsyncIterator[Sequence[Line]]]
"""Finds out lines, which may become more; each time all that are known by then."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One button.

    Attributes:
        answer: what the dialog returns for it.
        label: what stands on it.
        action: the id of the action whose keys choose it at once; "" for no keys.
        dangerous: drawn as a warning; never the one that is focused first.
    """

    answer: str
    label: str
    action: str = ""
    dangerous: bool = False


class Dialog(Placed[str], ModalScreen[str]):
    """Asks one question and returns the answer of the choice that was made.

    Escape, and a click beside the box, are the first choice, which is also the one with the focus: it must
    be the harmless one.
    """

    AUTO_FOCUS = "#choice-0"
    BETWEEN: ClassVar[int] = 0
    """Lines between the text and the buttons."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.QUESTION, Place.EVERYWHERE)
    PLACES = (Place.ANSWER, Place.QUESTION)

    def __init__(
        self,
        *,
        title: str,
        lines: Sequence[Line],
        choices: Sequence[Choice],
        later: Later | None = None,
        after: Sequence[Line] = (),
    ) -> None:
        """`later` finds out lines that stand between `lines` and `after`, while the question is there."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._choices = tuple(choices)
        self._answers = {choice.action: choice.answer for choice in choices if choice.action}
        self._later = later
        self._after = after

    def compose(self) -> ComposeResult:
        """The box: title on its border, lines, buttons."""
        with Vertical(id="dialog-box") as box:
            box.border_title = Content(self._title)
            with VerticalScroll(id="dialog-text", can_focus=False):
                yield Static(self._content(self._lines), markup=False)
                if self._later is not None:
                    yield Static(self._content([_LOOKING]), id="dialog-later", markup=False)
                if self._after:
                    yield Static(self._content(self._after), markup=False)
            yield from self.between()
            with Horizontal(id="dialog-buttons"):
                for number, choice in enumerate(self._choices):
                    button = Button(
                        Content(self._label(choice)),
                        id=f"choice-{number}",
                        classes="-dangerous" if choice.dangerous else "",
                        compact=True,
                    )
                    yield button

    def on_mount(self) -> None:
        """Find out what is still to be found out."""
        self._fit()
        self.call_after_refresh(self._say_how_to_scroll)
        if self._later is not None:
            begin(self, partial(self._fill_in, self._later))

    def on_resize(self) -> None:
        """Buttons, and what stands above them, are always there; the text scrolls."""
        self._fit()

    def _fit(self) -> None:
        for text in self.query("#dialog-text"):
            text.styles.max_height = max(3, self.size.height - _AROUND - self.BETWEEN)

    async def _fill_in(self, later: Later) -> None:
        async for lines in later():
            # Nothing is left to be filled in while a dialog goes that was answered meanwhile.
            for there in self.query("#dialog-later").results(Static):
                there.update(self._content(lines))
            self.call_after_refresh(self._say_how_to_scroll)

    def _say_how_to_scroll(self) -> None:
        keys = key_map_of(self.app)
        said = f"{keys.text('dialog.page_up')} {keys.text('dialog.page_down')} scroll"
        if any(text.max_scroll_y for text in self.query("#dialog-text")):
            for box in self.query("#dialog-box"):
                box.border_subtitle = said

    def _content(self, lines: Sequence[Line]) -> Content:
        width = min(_TEXT_WIDTH, self.app.size.width - _FRAME)
        wrapped = [part for line in lines for part in wrap_line(line, width)]
        return content_of(wrapped, tones_of(self.app))

    def between(self) -> Iterable[Widget]:
        """What stands between the text and the buttons; nothing here."""
        return ()

    def offers(self, action: Action) -> bool:
        """The answers to this question alone."""
        return action.place is not Place.ANSWER or action.id in self._answers

    def on_key(self, event: events.Key) -> None:
        """The keys of the answers."""
        for action_id, answer in self._answers.items():
            if event.key in self.keys_of(action_id):
                event.stop()
                self.dismiss(answer)
                return

    def keys_of(self, action_id: str) -> Sequence[str]:
        """The keys of an answer that work here, that which is shown first."""
        return key_map_of(self.app).keys(BY_ID[action_id])

    def _label(self, choice: Choice) -> str:
        keys = self.keys_of(choice.action) if choice.action else ()
        return f"{choice.label} ({written(keys[0])})" if keys else choice.label

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter or a click on a button."""
        event.stop()
        number = int((event.button.id or "choice-0").removeprefix("choice-"))
        self.dismiss(self._choices[number].answer)

    def on_click(self, event: events.Click) -> None:
        """A click beside the box changes nothing."""
        if event.widget is self:
            self.action_first()

    def action_first(self) -> None:
        """The harmless choice."""
        self.dismiss(self._choices[0].answer)

    def action_scroll_text(self, pages: int) -> None:
        """A text that is longer than the box."""
        for text in self.query("#dialog-text"):  # none yet, where the key came with the one before
            text.scroll_relative(y=pages * max(1, text.size.height - 1), animate=False)
