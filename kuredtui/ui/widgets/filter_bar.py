"""The line one types a filter into; there while a filter is typed or in force."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

PLACEHOLDER = "words that a row must contain, or a label selector: -l key=value,other!=value"


class FilterBar(Horizontal):
    """Says what was typed at every key; what it means is not known here."""

    class Changed(Message):
        """The filter reads otherwise now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Back to the nodes; the filter stays as it is."""

    def compose(self) -> ComposeResult:
        """A slash, the input, and room for what is wrong or how many matched."""
        yield Static("/", id="filter-slash", markup=False)
        yield _FilterInput(placeholder=PLACEHOLDER, id="filter-input", compact=True)
        yield Static("", id="filter-result", markup=False)

    def open(self) -> None:
        """Show the bar and type into it, from the very next key on (`focus` would take its time)."""
        self.display = True
        self.screen.set_focus(self.query_one(Input))

    def clear(self) -> None:
        """Take the filter away and hide the bar."""
        self.query_one(Input).value = ""
        self.display = False

    @property
    def text(self) -> str:
        """The filter as typed."""
        return self.query_one(Input).value

    def show_result(self, text: str, *, wrong: bool = False) -> None:
        """How many rows match, or why the filter cannot be understood."""
        result = self.query_one("#filter-result", Static)
        result.update(text)
        result.set_class(wrong, "-wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what was typed."""
        event.stop()
        self.post_message(self.Left())


class _FilterInput(Input):
    """An input that one can leave downwards, into the table."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "down":
            event.stop()
            event.prevent_default()
            self.post_message(FilterBar.Left())
