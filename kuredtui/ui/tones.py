"""The few meanings that colour has here, by name.

A tone never carries a meaning alone: beside it always stands a word or a sign. How tones look is said in
`theme.py`.
"""

from __future__ import annotations

from enum import Enum, auto


class Tone(Enum):
    """What a piece of text is about; the severities come first, the gravest first."""

    BAD = auto()  # not ready, failed, lost
    HELD = auto()  # cordoned
    WAIT = auto()  # a reboot is pending
    BUSY = auto()  # an operation is at work
    GOOD = auto()  # ready, done
    PLAIN = auto()
    DIM = auto()  # true, but seldom what one looks for
    STRONG = auto()  # titles and names
    MARK = auto()  # badges: READ-ONLY, DEMO
    ALARM = auto()  # a badge that warns: PRODUCTION
    HEADING = auto()  # the table's heading
    LIT = auto()  # the heading one sorts by
    CURSOR = auto()  # laid over the selected line
    CURSOR_AWAY = auto()  # the same, while the keys go elsewhere


# A line to draw: pieces of text, each with its tone. Pieces are clean (see `ui/text.py`).
Piece = tuple[str, Tone]
Line = tuple[Piece, ...]
