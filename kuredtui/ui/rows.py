"""The rows of the node table: which are shown, in which order, and where a node stands among them.

Knows no terminal. A row is immutable and made anew when its node or its operation changed, so whoever
draws can tell by identity what is new. Order is kept incrementally: a changed row costs a binary search
in each direction, never a sort, and a row that keeps its sort key is not moved at all.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from kuredtui.ui.cells import Cell, SortKey, cell_width, natural
from kuredtui.ui.column_choice import chosen_columns
from kuredtui.ui.columns import BY_ID, Column

if TYPE_CHECKING:
    from kuredtui.ui.filters import RowTest
    from kuredtui.ui.row import Row

# A row's place: the sorted column's key, then the name by value, then the name itself.
Place = tuple[SortKey, tuple[int | str, ...], str]


class Rows:
    """All rows by name with their cells, and the order of those that the filter lets through.

    Positions count the visible rows from 0 in the order they are shown. Cells are made of the columns that
    the table has now, and of no others: each costs a little, for thousands of rows.

    Attributes:
        columns: those that the table has.
        widths: of the widest cell of each.
        column: the id of the column by which it is sorted, which may be another one.
        reverse: whether the other way round.
    """

    def __init__(self, columns: tuple[Column, ...] | None = None) -> None:
        self.columns = columns or chosen_columns()
        self._rows: dict[str, Row] = {}
        self._cells: dict[str, tuple[Cell, ...]] = {}
        self._places: dict[str, Place] = {}
        self._sorted: list[Place] = []
        self._shown: list[Place] = self._sorted
        self._test: RowTest | None = None
        self.column = "name"
        self.reverse = False
        self._key = BY_ID[self.column].key
        self.widths = [0] * len(self.columns)

    def __len__(self) -> int:
        """How many rows are shown."""
        return len(self._shown)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._rows)

    def get(self, name: str) -> Row | None:
        """The row of a node, shown or not."""
        return self._rows.get(name)

    def cells(self, name: str) -> tuple[Cell, ...]:
        """The cells of a node's row, one for each of `columns`; KeyError without a row."""
        return self._cells[name]

    def names(self) -> list[str]:
        """The names of all nodes, shown or not."""
        return list(self._rows)

    def at(self, position: int) -> Row:
        """The row at a position; IndexError beyond the last."""
        if self.reverse:
            position = len(self._shown) - 1 - position
        if position < 0:
            raise IndexError(position)
        return self._rows[self._shown[position][2]]

    def slice(self, start: int, count: int) -> list[Row]:
        """Up to `count` rows from `start` on."""
        last = min(start + count, len(self._shown))
        return [self.at(position) for position in range(start, last)]

    def position(self, name: str) -> int | None:
        """Where a node is shown; None if it is not."""
        place = self._places.get(name)
        if place is None:
            return None
        index = bisect_left(self._shown, place)
        if index == len(self._shown) or self._shown[index] != place:
            return None
        return self._facing(index)

    def place(self, name: str) -> Place | None:
        """A node's place in the order, to be handed to `nearest` after it has gone."""
        return self._places.get(name)

    def nearest(self, place: Place) -> int:
        """The position next to where this place would be shown; 0 when nothing is shown."""
        if not self._shown:
            return 0
        index = bisect_left(self._shown, place)
        if self.reverse:
            index -= 1
        return self._facing(max(0, min(index, len(self._shown) - 1)))

    def put(self, row: Row) -> bool:
        """Take in a new or changed row. Returns whether the order of the shown rows changed."""
        old = self._places.get(row.name)
        was_shown = old is not None and self._is_shown(self._rows[row.name])
        self._rows[row.name] = row
        self._cells[row.name] = cells = tuple([column.cell(row) for column in self.columns])
        place = self._place_of(row)
        self._widen(cells)
        is_shown = self._is_shown(row)
        if place != old:
            if old is not None:
                _remove(self._sorted, old)
            insort(self._sorted, place)
            self._places[row.name] = place
        elif was_shown == is_shown:
            return False
        if self._shown is not self._sorted:
            if was_shown and old is not None:
                _remove(self._shown, old)
            if is_shown:
                insort(self._shown, place)
        return was_shown or is_shown

    def discard(self, name: str) -> bool:
        """Forget a node. Returns whether it was shown."""
        place = self._places.pop(name, None)
        if place is None:
            return False
        was_shown = self._is_shown(self._rows.pop(name))
        del self._cells[name]
        _remove(self._sorted, place)
        if was_shown and self._shown is not self._sorted:
            _remove(self._shown, place)
        return was_shown

    def sort_by(self, column: str, *, reverse: bool) -> None:
        """Order by a column; reversed as a whole, so that it reads exactly backwards."""
        self.reverse = reverse
        if column != self.column:
            self.column, self._key = column, BY_ID[column].key
            self._places = {name: self._place_of(row) for name, row in self._rows.items()}
            self._sorted = sorted(self._places.values())
            self._refilter()

    def filter_by(self, test: RowTest | None) -> None:
        """Show only rows that pass; None shows all."""
        self._test = test
        self._refilter()

    def show(self, columns: tuple[Column, ...]) -> None:
        """Have these columns from now on; the order stays, and the filter looks into the new ones."""
        self.columns = columns
        for name, row in self._rows.items():
            self._cells[name] = tuple([column.cell(row) for column in columns])
        self.measure()
        self._refilter()

    def measure(self) -> None:
        """Find the width of the widest cell anew, per column; between calls widths only grow."""
        self.widths = [0] * len(self.columns)
        for cells in self._cells.values():
            self._widen(cells)

    def _refilter(self) -> None:
        if self._test is None:
            self._shown = self._sorted
        else:
            rows = self._rows
            self._shown = [place for place in self._sorted if self._is_shown(rows[place[2]])]

    def _is_shown(self, row: Row) -> bool:
        if self._test is None:
            return True
        text = " ".join([cell.sought or cell.text for cell in self._cells[row.name]]).lower()
        return self._test(text, row.node.labels)

    def _place_of(self, row: Row) -> Place:
        return (self._key(row), natural(row.name), row.name)

    def _facing(self, index: int) -> int:
        return len(self._shown) - 1 - index if self.reverse else index

    def _widen(self, cells: tuple[Cell, ...]) -> None:
        widths = self.widths
        for index, cell in enumerate(cells):
            if (width := cell_width(cell)) > widths[index]:
                widths[index] = width


def _remove(places: list[Place], place: Place) -> None:
    """Take out one place of a sorted list."""
    index = bisect_left(places, place)
    if places[index] != place:  # pragma: no cover - the lists and `_places` are changed together
        raise LookupError(place[2])
    del places[index]
