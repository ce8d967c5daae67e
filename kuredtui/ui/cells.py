"""What one cell of the node table says, how it is fitted into its column, and how texts sort."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kuredtui.ui.ages import age
from kuredtui.ui.text import clean, fit, fit_name
from kuredtui.ui.tones import Tone

# Sort keys of one column are all of one shape, so that they compare.
SortKey = tuple[int | float | str, ...] | int | float
# So many cells an operation has at least, and where there is room.
TIGHT, ROOMY = 16, 24
# Cells for an age: the longest that one sees is like `2y364d`.
AGE_WIDTH = 6
NONE = "-"
_DIGITS = re.compile(r"(\d+)")


class Cell(NamedTuple):
    """One cell.

    Attributes:
        text: clean; together with an age it may be empty.
        tone: what it is about.
        since: seconds of the epoch; how long ago that is stands behind the text, as the clock says when
            it is drawn.
        roomy: what it says instead of the text in ROOMY cells and more; "" for nothing else.
        tight: what it says where there is room for this, and none for all of a longer text.
        name: how many characters at the end of the text are a name: if it is too long its middle goes.
        sought: what a filter looks into, if not the text.
    """

    text: str
    tone: Tone
    since: float | None = None
    roomy: str = ""
    tight: str = ""
    name: int = 0
    sought: str = ""


UNKNOWN = Cell("?", Tone.DIM)
NOTHING = Cell(NONE, Tone.DIM)


def age_of(cell: Cell, now: float) -> str:
    """The age that stands in the cell at this moment, in seconds of the epoch; "" in one without."""
    return "" if cell.since is None else age(now - cell.since)


def cell_width(cell: Cell) -> int:
    """What it takes to show all of it, in characters: near enough to choose a column's width by."""
    width = len(cell.roomy or cell.text)
    if cell.since is not None:
        width += AGE_WIDTH + 1 if width else AGE_WIDTH
    return width


def fitted(cell: Cell, age_text: str, width: int) -> str:
    """The cell's text, exactly `width` cells wide.

    An age that stands behind a text is left out where the column has no room for any age, so that all
    rows read alike.

    Args:
        cell: what it says.
        age_text: see `age_of`.
        width: of the column.
    """
    text, _, _, roomy, tight, name, _ = cell
    if roomy and width >= ROOMY:
        return fit(roomy, width)
    if tight and len(tight) <= width and not len(tight) < len(text) <= width:
        return fit(tight, width)
    if name:
        return fit_name(text, name, width)
    if not text:
        text = age_text
    elif age_text and width > len(text) + AGE_WIDTH:
        text = f"{text} {age_text}"
    return fit(text, width)


@lru_cache(32_768)
def text_cell(value: str, tone: Tone = Tone.DIM, *, name: bool = False) -> Cell:
    """A cell of the node's own text; shared, since thousands of nodes say the same.

    Args:
        value: the text.
        tone: what it is about.
        name: too long a text loses its middle, for both ends tell it from the others.
    """
    text = clean(value) or NONE
    return Cell(text, tone, name=len(text) if name else 0)


@lru_cache(32_768)
def natural(text: str) -> tuple[int | str, ...]:
    """A sort key with numbers by value: `node-2` before `node-10`, `5.9` before `5.15`."""
    parts: list[int | str] = list(_DIGITS.split(text))
    # int() takes at most 4,300 digits; text from the cluster may have more.
    parts[1::2] = [int(str(part)[:1000]) for part in parts[1::2]]
    return tuple(parts)
