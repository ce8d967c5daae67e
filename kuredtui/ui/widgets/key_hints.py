"""The last line: the keys of where you are. Greyed is what makes no sense now, absent what is forbidden."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from kuredtui.ui.actions import Action
from kuredtui.ui.tones import Piece, Tone
from kuredtui.ui.widgets.toned import Toned

# Cells between two hints, where there is room for that.
_GAPS = (3, 2)


class Availability(Enum):
    """Whether a key does something now."""

    READY = "ready"
    GREYED = "greyed"
    HIDDEN = "hidden"


class Hint(NamedTuple):
    """A key to show."""

    action: Action
    key: str
    availability: Availability


class KeyHints(Toned):
    """Draws hints from left to right as far as they fit; help and quit always do."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these; nothing is drawn when they are the same."""
        shown = tuple(hint for hint in hints if hint.availability is not Availability.HIDDEN)
        if shown != self._hints:
            self._hints = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """All of it is on the first line."""
        if y:
            return self.blank(self.size.width)
        pieces: list[Piece] = [(" ", Tone.DIM)]
        hints, gap = self._fitting()
        for hint in hints:
            greyed = hint.availability is Availability.GREYED
            pieces.append((hint.key, Tone.DIM if greyed else Tone.STRONG))
            pieces.append((f" {hint.action.label}", Tone.DIM))
            pieces.append((" " * gap, Tone.DIM))
        return self.draw(pieces[:-1], self.size.width)  # no gap after the last, which might not fit

    def on_click(self, event: events.Click) -> None:
        """A hint can be clicked as well as its key pressed."""
        right = 1
        hints, gap = self._fitting()
        for hint in hints:
            right += _size(hint, gap)
            if event.x < right:
                self.post_message(self.Pressed(hint.action))
                return

    def _fitting(self) -> tuple[list[Hint], int]:
        """Those that fit, and the cells between two: fewer only where that lets more of them fit."""
        room = self.size.width - 1
        wide, narrow = (_fitting(self._hints, gap, room) for gap in _GAPS)
        return (narrow, _GAPS[1]) if len(narrow) > len(wide) else (wide, _GAPS[0])


def _fitting(hints: Sequence[Hint], gap: int, room: int) -> list[Hint]:
    """Leave out hints from the middle until the last two fit as well."""
    fitting = list(hints)
    while len(fitting) > 2 and _whole(fitting, gap) > room:
        del fitting[-3]
    return fitting


def _whole(hints: Sequence[Hint], gap: int) -> int:
    return sum(_size(hint, gap) for hint in hints) - gap


def _size(hint: Hint, gap: int) -> int:
    return cell_len(hint.key) + 1 + len(hint.action.label) + gap
