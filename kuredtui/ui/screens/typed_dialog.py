"""A question whose yes has to be typed: a number or a name, so that no slip of a finger is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from kuredtui.ui.actions.key_names import is_letter
from kuredtui.ui.screens.dialog import Choice, Dialog, Later
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line


class TypedDialog(Dialog):
    """Returns the answer of its dangerous choice only when the word was typed to the letter.

    Until then that choice cannot be made. Escape and the first choice are always there.

    Args:
        title: on the border.
        lines: the text.
        word: what has to be typed.
        what: what it is, as the end of "type ...": `the number of nodes`.
        no: the harmless choice.
        yes: the other one.
        more: further harmless choices.
        later, after: as in `Dialog`.
    """

    AUTO_FOCUS = "#typed-word"
    BETWEEN = 4

    def __init__(
        self,
        *,
        title: str,
        lines: Sequence[Line],
        word: str,
        what: str,
        no: Choice,
        yes: Choice,
        more: Sequence[Choice] = (),
        later: Later | None = None,
        after: Sequence[Line] = (),
    ) -> None:
        super().__init__(
            title=title, lines=lines, choices=[no, *more, yes], later=later, after=after
        )
        self._word = word
        self._what = what
        self._yes = yes

    def keys_of(self, action_id: str) -> Sequence[str]:
        """Letters are those of the word."""
        return [key for key in super().keys_of(action_id) if not is_letter(key)]

    def between(self) -> Iterable[Widget]:
        """What to type, and where."""
        yield Static(Content(self._asked("To go on, type")), id="typed-what", markup=False)
        yield Input(id="typed-word", compact=True)

    def _asked(self, words: str) -> str:
        return f"{words} {self._what}: {clean(self._word)}"

    def on_mount(self) -> None:
        """Nothing is typed yet."""
        self._allow(matches=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """The dangerous choice is there once the word is."""
        event.stop()
        self._allow(matches=event.value.strip() == self._word)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter is the yes if the word is right; else it is said that it is not."""
        event.stop()
        if event.value.strip() == self._word:
            self.dismiss(self._yes.answer)
            return
        for line in self.query("#typed-what").results(Static):
            line.update(Content(self._asked("Not that: type")))
            line.add_class("-wrong")

    def _allow(self, *, matches: bool) -> None:
        number = self._choices.index(self._yes)
        for button in self.query(f"#choice-{number}").results(Button):  # none, while it goes
            button.disabled = not matches
