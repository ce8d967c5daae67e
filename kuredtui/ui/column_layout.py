"""How wide each column is drawn, and which are left out, for a given terminal width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kuredtui.ui.columns import NICE_TO_HAVE, Column

GUTTER = 2  # the severity sign and the mark, left of the first column
GAP = 2  # between columns
_SIGN = 1  # at the right edge, that there is more
_PART = 4  # of a column that has no room for all of it: as few cells are worth drawing


class Placed(NamedTuple):
    """A column that is drawn: its place among all columns of the table, and its width in cells."""

    column: int
    width: int


class Spread(NamedTuple):
    """Columns with all of their texts.

    Attributes:
        placed: those that are drawn.
        skipped: how many are passed over, after the first.
        cut: whether the last one has no room for all of its texts.
        more: whether there is more of them beyond the right edge.
    """

    placed: tuple[Placed, ...]
    skipped: int
    cut: bool
    more: bool


def place_columns(
    width: int, columns: Sequence[Column], content: Sequence[int]
) -> tuple[Placed, ...]:
    """Widths for the columns that fit into `width` cells, in their order.

    `content` is, per column, the widest text it has to show. Every column gets the width that was chosen
    for it, or what its text needs, within its bounds. Too much in sum: first the columns that are only
    nice to have go, as long as the others would lose their comfort; then widths shrink down to comfort,
    and then to the least; then more columns go. What is left over goes to the stretching column.
    """
    wanted = {
        index: column.width or min(_whole(column, content[index]), max(_least(column), column.most))
        for index, column in enumerate(columns)
    }
    room = width - GUTTER
    while _total(_floors(columns, wanted)) > room:
        index = max(wanted, key=lambda index: columns[index].drop)
        if columns[index].drop == 0:
            break
        del wanted[index]
    floors = _floors(columns, wanted)
    if _total(floors) > room:
        floors = {index: min(wanted[index], columns[index].least) for index in wanted}
    comforts = {index: min(size, columns[index].comfort or size) for index, size in wanted.items()}
    _shrink(columns, wanted, {index: max(comforts[index], floors[index]) for index in wanted}, room)
    _shrink(columns, wanted, floors, room)
    for index in wanted:
        if columns[index].stretch:
            wanted[index] += max(0, room - _total(wanted))
    return tuple(Placed(index, size) for index, size in wanted.items())


def spread_columns(
    width: int, columns: Sequence[Column], content: Sequence[int], *, skipped: int
) -> Spread:
    """The columns with all of their texts, as far as there is room for them in `width` cells.

    Args:
        width: of the terminal.
        columns: the first of them is always drawn, and gets half the room at most.
        content: per column, the widest text it has to show.
        skipped: how many after the first are passed over, if there are so many beyond the edge.
    """
    room = max(width - GUTTER - _SIGN, 2)
    first, *others = (_whole(column, content[index]) for index, column in enumerate(columns))
    first = min(first, max(room // 2, min(columns[0].least, room)))
    beside = room - first
    others = [max(1, min(size, beside - GAP)) for size in others]
    skipped = min(skipped, _most_skipped(others, beside))
    placed = [Placed(0, first)]
    cut = False
    for index, size in enumerate(others[skipped:], start=1 + skipped):
        room = beside - GAP
        if room < min(size, _PART):
            break
        placed.append(Placed(index, min(size, room)))
        cut = size > room
        beside = room - size
    more = cut or placed[-1].column < len(others)
    return Spread(tuple(placed), skipped, cut, more)


def _most_skipped(sizes: Sequence[int], room: int) -> int:
    """How many are passed over when the last one stands at the edge."""
    for number, size in enumerate(reversed(sizes)):
        room -= GAP + size
        if room < 0:
            return len(sizes) - max(number, 1)
    return 0


def _least(column: Column) -> int:
    """One cell beside the title is kept for the sort arrow."""
    return max(len(column.title) + 1, column.least)


def _whole(column: Column, content: int) -> int:
    """What it takes to show all of its texts."""
    return max(_least(column), content)


def _floors(columns: Sequence[Column], wanted: dict[int, int]) -> dict[int, int]:
    """What each column keeps: its comfort while there are nice-to-have ones, then the least."""
    comfortable = any(columns[index].drop >= NICE_TO_HAVE for index in wanted)
    return {
        index: min(
            size,
            max(columns[index].least, columns[index].comfort if comfortable else 0),
        )
        for index, size in wanted.items()
    }


def _total(sizes: dict[int, int]) -> int:
    return sum(sizes.values()) + GAP * (len(sizes) - 1)


def _shrink(
    columns: Sequence[Column], wanted: dict[int, int], floors: dict[int, int], room: int
) -> None:
    """Take width until all fit or none can give more: first from those that would go first, and of those
    that never go from the last, for the name is what one looks for.
    """
    excess = _total(wanted) - room
    for index in sorted(wanted, key=lambda index: (-columns[index].drop, -index)):
        given = max(0, min(excess, wanted[index] - floors[index]))
        wanted[index] -= given
        excess -= given
