"""How wide each column is drawn, and which are left out, for a given terminal width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kuredtui.ui.columns import COLUMNS, NICE_TO_HAVE

GUTTER = 2  # the severity sign and the mark, left of the first column
GAP = 2  # between columns


class Placed(NamedTuple):
    """A column that is drawn: its place in COLUMNS and its width in cells."""

    column: int
    width: int


def place_columns(width: int, content: Sequence[int]) -> tuple[Placed, ...]:
    """Widths for the columns that fit into `width` cells, in the order of COLUMNS.

    `content` is, per column, the widest text it has to show. Every column gets what its text needs,
    within its bounds. Too much in sum: first the columns that are only nice to have go, as long as the
    others would lose their comfort; then widths shrink down to the least; then more columns go. What
    is left over goes to the stretching column.
    """
    # One cell beside the title is kept for the sort arrow.
    wanted = {
        index: max(len(column.title) + 1, column.least, min(content[index], column.most))
        for index, column in enumerate(COLUMNS)
    }
    room = width - GUTTER
    while _total(_floors(wanted)) > room:
        index = max(wanted, key=lambda index: COLUMNS[index].drop)
        if COLUMNS[index].drop == 0:
            break
        del wanted[index]
    floors = _floors(wanted)
    if _total(floors) > room:
        floors = {index: min(wanted[index], COLUMNS[index].least) for index in wanted}
    _shrink(wanted, floors, room)
    for index in wanted:
        if COLUMNS[index].stretch:
            wanted[index] += max(0, room - _total(wanted))
    return tuple(Placed(index, size) for index, size in wanted.items())


def _floors(wanted: dict[int, int]) -> dict[int, int]:
    """What each column keeps: its comfort while there are nice-to-have ones, then the least."""
    comfortable = any(COLUMNS[index].drop >= NICE_TO_HAVE for index in wanted)
    return {
        index: min(
            size,
            max(COLUMNS[index].least, COLUMNS[index].comfort if comfortable else 0),
        )
        for index, size in wanted.items()
    }


def _total(sizes: dict[int, int]) -> int:
    return sum(sizes.values()) + GAP * (len(sizes) - 1)


def _shrink(wanted: dict[int, int], floors: dict[int, int], room: int) -> None:
    """Take width until all fit or none can give more, first from those that would go first."""
    excess = _total(wanted) - room
    for index in sorted(wanted, key=lambda index: -COLUMNS[index].drop):
        given = max(0, min(excess, wanted[index] - floors[index]))
        wanted[index] -= given
        excess -= given
