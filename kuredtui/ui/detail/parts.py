"""What lines of the detail are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from datetime import datetime

_LABEL_WIDTH = 12
EMPTY: Line = (("", Tone.PLAIN),)


def sections(*parts: tuple[str, Sequence[Line]]) -> list[Line]:
    """Lines under their titles; a part without lines is left out, one without a title has none."""
    lines: list[Line] = []
    for title, part in parts:
        if part and lines:
            lines.append(EMPTY)
        if part and title:
            lines.append(((title, Tone.STRONG),))
        lines += part
    return lines


def fact(label: str, *pieces: Piece) -> Line:
    """One thing that is known, beside what it is called."""
    return ((f"  {label:<{_LABEL_WIDTH}}", Tone.DIM), *pieces)


def ago(moment: datetime | None, now: float) -> str:
    """How long ago; `?` where that is not known, or by other clocks has yet to come."""
    return f"{age(now - moment.timestamp())} ago" if moment else "?"


def failure_lines(sentence: str) -> list[Line]:
    """Why there is nothing to show."""
    return [(("! ", Tone.BAD), (clean(sentence), Tone.PLAIN))]
