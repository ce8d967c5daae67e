"""The line above the rows: the letter that sorts is underlined, the arrow shows by what and which way."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kuredtui.ui.column_layout import GAP, GUTTER
from kuredtui.ui.columns import Column
from kuredtui.ui.text import fit

_UP, _DOWN = "▲", "▼"
_UNDERLINE = Style(underline=True)


def heading(
    drawn: Iterable[tuple[Column, int]],
    *,
    column: str,
    reverse: bool,
    head: Style,
    lit: Style,
    before: bool,
    behind: bool,
    width: int,
) -> Strip:
    """The headings of the columns that are drawn.

    Args:
        drawn: those columns, and their widths.
        column: the one that is sorted by.
        reverse: whether the other way round.
        head, lit: the looks of a heading, and of the one that is sorted by.
        before, behind: whether there are more columns to the left, and to the right.
        width: of the line, in cells.
    """
    arrow = _DOWN if reverse else _UP
    segments = [Segment(("<" if before else "").ljust(GUTTER), lit)]
    for shown, size in drawn:
        is_sorted = shown.id == column
        style = lit if is_sorted else head
        title = fit(shown.title + (arrow if is_sorted else ""), size) + " " * GAP
        hot = len(title) if shown.hot is None else shown.hot
        segments += [
            Segment(title[:hot], style),
            Segment(title[hot : hot + 1], style + _UNDERLINE),
            Segment(title[hot + 1 :], style),
        ]
    strip = Strip([segment for segment in segments if segment.text])
    strip = strip.adjust_cell_length(width, head)
    if behind:
        strip = Strip([*strip.crop(0, width - 1), Segment(">", lit)], width)
    return strip
