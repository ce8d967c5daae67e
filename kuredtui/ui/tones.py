"""The few meanings that colour has here, by name.

A tone never carries a meaning alone: beside it always stands a word or a sign. The colours themselves are
in `app.tcss`, as component classes `tone--<name>` of every widget that draws its own lines.
"""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """What a piece of text is about; the severities come first, the gravest first."""

    BAD = "bad"  # not ready, failed, lost
    HELD = "held"  # cordoned
    WAIT = "wait"  # a reboot is pending
    BUSY = "busy"  # an operation is at work
    GOOD = "good"  # ready, done
    PLAIN = "plain"
    DIM = "dim"  # true, but seldom what one looks for
    STRONG = "strong"  # headings and names
    MARK = "mark"  # badges: READ-ONLY, DEMO


TONE_CLASSES = frozenset(f"tone--{tone.value}" for tone in Tone)

# A line to draw: pieces of text, each with its tone. Pieces are clean (see `ui/text.py`).
Piece = tuple[str, Tone]
Line = tuple[Piece, ...]
