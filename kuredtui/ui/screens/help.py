"""The keys of where one is, and below them those of everywhere else."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kuredtui.ui.actions import Action, Place, actions_of
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import LinePane

_SIGNS: tuple[Line, ...] = (
    (("Signs", Tone.STRONG),),
    (("  ▶ ", Tone.BUSY), ("an operation is at work on the node", Tone.PLAIN)),
    (("  ■ ", Tone.BAD), ("not ready, or nothing heard of it", Tone.PLAIN)),
    (("  ◆ ", Tone.HELD), ("cordoned: takes no new pods", Tone.PLAIN)),
    (("  ● ", Tone.WAIT), ("a reboot is pending", Tone.PLAIN)),
    (("  ? ", Tone.DIM), ("nobody told whether a reboot is pending; that is not no", Tone.PLAIN)),
)


class HelpScreen(ModalScreen[None]):
    """Lists the registry of actions, the places of where one is first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close", id="help.close"),
    ]

    def __init__(self, here: Place, *, read_only: bool) -> None:
        super().__init__()
        self._here = here
        self._read_only = read_only

    def compose(self) -> ComposeResult:
        """A box with a scrolling list of keys."""
        with Vertical(id="help-box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield LinePane(id="help-lines")

    def on_mount(self) -> None:
        """Fill in the list."""
        lines = self.query_one(LinePane)
        lines.replace(help_lines(self._here, read_only=self._read_only))
        lines.focus()


def help_lines(here: Place, *, read_only: bool) -> list[Line]:
    """All keys by place; in read-only without those that change the cluster."""
    order = {
        Place.NODES: (
            Place.NODES,
            Place.CURSOR,
            Place.SORT,
            Place.CONSOLE,
            Place.FILTER,
            Place.PANE,
            Place.LOG,
        ),
        Place.PANE: (
            Place.PANE,
            Place.LOG,
            Place.CONSOLE,
            Place.NODES,
            Place.SORT,
            Place.FILTER,
            Place.CURSOR,
        ),
    }.get(here, tuple(Place))
    lines: list[Line] = []
    for place in order:
        lines.append(((place.value, Tone.STRONG),))
        lines += [
            _help_line(action) for action in actions_of(place) if not (read_only and action.writes)
        ]
        lines.append((("", Tone.PLAIN),))
    return [*lines, *_SIGNS]


def _help_line(action: Action) -> Line:
    return ((f"  {action.key_text:<9} ", Tone.BUSY), (action.help, Tone.PLAIN))
