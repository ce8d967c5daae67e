"""A form: a field a line, each with its default named beside it; what it means is said below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.form_fields import FormField, Value
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.text import clean

Values = Mapping[str, Value]


class FormScreen(Placed[Values | None], ModalScreen[Values | None]):
    """Returns the values of the fields that differ from their defaults; None when it was left by escape.

    Enter takes the values, once all of them can be understood. A form changes nothing by itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.FORM, Place.EVERYWHERE)
    PLACES = (
        Place.FORM,
        Place.FORM_WORDS,
    )
    AUTO_FOCUS = ".form-value"

    def __init__(self, *, title: str, fields: Sequence[FormField]) -> None:
        super().__init__()
        self._title = title
        self._fields = {field.name: field for field in fields}
        self._texts = {field.name: field.value for field in fields}

    def compose(self) -> ComposeResult:
        """A box with the fields, and what the present one means."""
        with Vertical(id="form-box") as box:
            box.border_title = Content(self._title)
            keys = key_map_of(self.app)
            box.border_subtitle = (
                f"{keys.text('form.take')} uses these · "
                f"{keys.text('form.back')} leaves them as they were"
            )
            with VerticalScroll(id="form-fields", can_focus=False):
                for number, field in enumerate(self._fields.values()):
                    with Horizontal(classes="form-row -wide" if field.wide else "form-row"):
                        yield Static(Content(field.label), classes="form-label", markup=False)
                        if field.choices:
                            yield Cycle(field, id=f"field-{number}", classes="form-value")
                        else:
                            yield _Text(field, id=f"field-{number}", classes="form-value")
                        yield Static("", id=f"note-{number}", classes="form-note", markup=False)
            yield Static("", id="form-help", markup=False)

    def on_mount(self) -> None:
        """Which fields differ from their defaults is said from the start."""
        for name in self._fields:
            self._judge(name)

    def on_descendant_focus(self) -> None:
        """Another field is the present one."""
        self._explain()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another text."""
        event.stop()
        self._read(event.input)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a text, which by now holds every key that came before it."""
        event.stop()
        self._read(event.input)
        self.action_take()

    def on_cycle_changed(self, event: Cycle.Changed) -> None:
        """Another choice."""
        self._texts[event.field] = event.value
        self._judge(event.field)

    def action_take(self) -> None:
        """Return what was changed; or go to the first field that cannot be understood."""
        wrong = [number for number, name in enumerate(self._fields) if self._judge(name)]
        if wrong:
            for field in self.query(f"#field-{wrong[0]}"):
                field.focus()
            return
        self.dismiss(
            {
                name: field.parse(self._texts[name])
                for name, field in self._fields.items()
                if self._texts[name] != field.default
            }
        )

    def _read(self, text: Input) -> None:
        if isinstance(text, _Text):
            self._texts[text.field.name] = text.value.strip()
            self._judge(text.field.name)

    def _judge(self, name: str) -> str:
        """Say beside a field how it stands to its default. Returns what is wrong with it."""
        field, text = self._fields[name], self._texts[name]
        wrong = _wrong(field, text)
        said = wrong or (
            "default" if text == field.default else f"default {field.default or 'none'}"
        )
        number = list(self._fields).index(name)
        for note in self.query(f"#note-{number}").results(Static):  # none, while the form goes
            note.update(Content(f"! {said}" if wrong else said))
            note.set_class(bool(wrong), "-wrong")
            note.set_class(text != field.default and not wrong, "-changed")
        self._explain()
        return wrong

    def _explain(self) -> None:
        """What is wrong with the present field, in full, or else what it means."""
        if not isinstance(self.focused, _Text | Cycle):
            return
        field = self.focused.field
        wrong = _wrong(field, self._texts[field.name])
        for line in self.query("#form-help").results(Static):
            line.update(Content(f"! {wrong}" if wrong else field.help))
            line.set_class(bool(wrong), "-wrong")


def _wrong(field: FormField, text: str) -> str:
    """What is wrong with a text; "" if it can be understood."""
    try:
        field.parse(text)
    except ValueError as error:
        return clean(str(error)) or "cannot be understood"
    return ""


class _Text(Input):
    """A field that is typed."""

    def __init__(self, field: FormField, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(field.value, id=id, classes=classes, compact=True)
        self.field = field


class Cycle(Static, can_focus=True):
    """A field of which one of a few words is chosen, by the arrows or the space bar."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.FORM_WORDS)

    class Changed(Message):
        """Another word is chosen."""

        def __init__(self, field: str, value: str) -> None:
            super().__init__()
            self.field = field
            self.value = value

    def __init__(self, field: FormField, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__("", id=id, classes=classes, markup=False)
        self.field = field
        self._value = field.value

    def on_mount(self) -> None:
        """Show the word."""
        self._show()

    def on_click(self) -> None:
        """The next word."""
        self.action_turn(1)

    def action_turn(self, step: int) -> None:
        """The next word, or the one before."""
        choices = list(self.field.choices)
        self._value = choices[(choices.index(self._value) + step) % len(choices)]
        self._show()
        self.post_message(self.Changed(self.field.name, self._value))

    def _show(self) -> None:
        self.update(Content(f"‹ {self._value} ›"))
