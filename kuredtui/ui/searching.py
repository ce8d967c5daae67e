"""Finding words in lines that are drawn, and lighting them up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kuredtui.ui.tones import Line, Piece, Tone

Span = tuple[int, int]


def text_of(line: Line) -> str:
    """The line without its tones."""
    return "".join(text for text, _ in line)


def spans_of(line: Line, words: str) -> list[Span]:
    """Where in the line these words stand, whatever their case, as characters from and to."""
    if not words:
        return []
    found = re.finditer(re.escape(words), text_of(line), re.IGNORECASE)
    return [match.span() for match in found]


def lines_with(lines: Iterable[Line], words: str) -> list[int]:
    """Which of the lines have these words in them."""
    return [index for index, line in enumerate(lines) if spans_of(line, words)]


def lit(line: Line, spans: Sequence[Span], tone: Tone) -> Line:
    """The line with these spans, which are in order and apart, in another tone."""
    pieces: list[Piece] = []
    place = 0
    for text, own in line:
        end = place + len(text)
        for start, stop in spans:
            start, stop = max(start, place), min(stop, end)
            if start < stop:
                before = text[: start - place]
                pieces += [(before, own), (text[start - place : stop - place], tone)]
                text, place = text[stop - place :], stop
        pieces.append((text, own))
        place = end
    return tuple(piece for piece in pieces if piece[0])
