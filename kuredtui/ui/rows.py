"""The rows of the node table: which are shown, in which order, and where a node stands among them.

Knows no terminal. A row is immutable and made anew when its node or its operation changed, so whoever
draws can tell by identity what is new. Order is kept incrementally: a changed row costs a binary search
in each direction, never a sort, and a row that keeps its sort key is not moved at all.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from kuredtui.ui.columns import (
    COLUMN_INDEX,
    COLUMNS,
    NO_OPERATION,
    REASON,
    Cell,
    OperationText,
    SortKey,
    natural,
)
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.cluster.why import Why
    from kuredtui.ui.filters import RowTest

# A row's place: the sorted column's key, then the name by value, then the name itself.
Place = tuple[SortKey, tuple[int | str, ...], str]


class Row:
    """One node as the table shows it; not changed once it is made.

    Args:
        node: the record.
        operation: what is said of its operation.
        why: why it waits for its reboot; None where it does not, or nobody knows yet.

    Attributes:
        name: the node's name as the cluster writes it; not for drawing.
        node: the record the row was made from.
        operation: what is said of its operation.
        why: why it waits for its reboot; None where it does not, or nobody knows yet.
        cells: one per column of COLUMNS; AGE is empty, for it depends on the clock.
        sign: the gravest thing there is to say, as one character with its tone.
        created: when the node was created, as seconds of the epoch; None if unknown.
    """

    __slots__ = ("cells", "created", "name", "node", "operation", "sign", "why")

    def __init__(
        self,
        node: NodeRecord,
        operation: OperationText = NO_OPERATION,
        why: Why | None = None,
    ) -> None:
        # Thousands are made at once, so this is no dataclass: a frozen one takes three times as long.
        self.name = node.name
        self.node = node
        self.operation = operation
        self.why = why
        cells = [column.cell(node, operation) for column in COLUMNS]
        if why is not None and why.cause != "operation":  # that one stands in its own column
            cells[_REASON_INDEX] = Cell(clean(why.brief), Tone.WAIT)
        self.cells = tuple(cells)
        self.sign = _sign(node, operation)
        self.created = node.created.timestamp() if node.created else None

    @property
    def text(self) -> str:
        """Everything a text filter looks into, in lower case."""
        return " ".join([cell.text for cell in self.cells]).lower()

    @property
    def is_busy(self) -> bool:
        """Whether an operation is at work on the node."""
        return self.operation.tone is Tone.BUSY


_REASON_INDEX = COLUMN_INDEX[REASON]
_OPERATION = "▶"
_NOT_READY = Cell("■", Tone.BAD)
_CORDONED = Cell("◆", Tone.HELD)
_PENDING = Cell("●", Tone.WAIT)
_NOTHING = Cell(" ", Tone.DIM)


def _sign(node: NodeRecord, operation: OperationText) -> Cell:
    """An operation first, since it explains the rest; then not ready above cordoned above pending."""
    if operation.tone is Tone.BUSY:
        return Cell(_OPERATION, Tone.BUSY)
    if node.status != "Ready":
        return _NOT_READY
    if node.cordoned:
        return _CORDONED
    return _PENDING if node.pending.state == "yes" else _NOTHING


class Rows:
    """All rows by name, and the order of those that the filter lets through.

    Positions count the visible rows from 0 in the order they are shown.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._places: dict[str, Place] = {}
        self._sorted: list[Place] = []
        self._shown: list[Place] = self._sorted
        self._test: RowTest | None = None
        self.column = "name"
        self.reverse = False
        self.widths = [0] * len(COLUMNS)

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
        place = self._place_of(row)
        self._widen(row)
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
        _remove(self._sorted, place)
        if was_shown and self._shown is not self._sorted:
            _remove(self._shown, place)
        return was_shown

    def sort_by(self, column: str, *, reverse: bool) -> None:
        """Order by a column; reversed as a whole, so that it reads exactly backwards."""
        self.reverse = reverse
        if column != self.column:
            self.column = column
            self._places = {name: self._place_of(row) for name, row in self._rows.items()}
            self._sorted = sorted(self._places.values())
            self._refilter()

    def filter_by(self, test: RowTest | None) -> None:
        """Show only rows that pass; None shows all."""
        self._test = test
        self._refilter()

    def measure(self) -> None:
        """Find the width of the widest text anew, per column; between calls widths only grow."""
        self.widths = [0] * len(COLUMNS)
        for row in self._rows.values():
            self._widen(row)

    def _refilter(self) -> None:
        test, rows = self._test, self._rows
        if test is None:
            self._shown = self._sorted
            return
        self._shown = [
            place for place in self._sorted if test((row := rows[place[2]]).text, row.node.labels)
        ]

    def _is_shown(self, row: Row) -> bool:
        return self._test is None or self._test(row.text, row.node.labels)

    def _place_of(self, row: Row) -> Place:
        if self.column == REASON:
            reason = row.cells[_REASON_INDEX].text
            return ((not reason, *natural(reason)), natural(row.name), row.name)
        key = COLUMNS[COLUMN_INDEX[self.column]].key(row.node, row.operation)
        return (key, natural(row.name), row.name)

    def _facing(self, index: int) -> int:
        return len(self._shown) - 1 - index if self.reverse else index

    def _widen(self, row: Row) -> None:
        widths = self.widths
        for index, cell in enumerate(row.cells):
            # Characters for cells: near enough to choose a width by, and no cost per row.
            if len(cell.text) > widths[index]:
                widths[index] = len(cell.text)


def _remove(places: list[Place], place: Place) -> None:
    """Take out one place of a sorted list."""
    index = bisect_left(places, place)
    if places[index] != place:  # pragma: no cover - the lists and `_places` are changed together
        raise LookupError(place[2])
    del places[index]
