"""Which columns the table draws now, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuredtui.ui.cells import Cell, age_of, fitted
from kuredtui.ui.column_layout import GAP, GUTTER, Placed, place_columns, spread_columns
from kuredtui.ui.columns import BY_ID, NAME, Column
from kuredtui.ui.tones import Piece, Tone

_GAP = " " * GAP


class ColumnView:
    """The columns on the screen: those that a person has chosen, as many as there is room for; or, wide, all
    there are with all of their texts, of which one sees a part, and the name always.

    Args:
        chosen: see there.
        wide: which of both.

    Attributes:
        columns: those that the table has.
        wide: see there.
        placed: those of them that are drawn, from left to right.
        skipped: how many are beyond the left edge; only in a wide table.
        more: whether any are beyond the right one.
    """

    def __init__(self, chosen: tuple[Column, ...], *, wide: bool = False) -> None:
        self._chosen = chosen
        self.wide = wide
        self.columns = _widened(chosen) if wide else chosen
        self.placed: tuple[Placed, ...] = ()
        self.skipped = 0
        self.more = False
        self._cut = False  # the last one that is drawn
        self._aged: list[int] = []
        self._placed_for: tuple[object, ...] = ()

    def place(self, width: int, content: Sequence[int]) -> bool:
        """Work out the places anew if any of what they depend on changed. True if they differ.

        Args:
            width: of the terminal, in cells.
            content: of the widest cell of each column.
        """
        wanted = (width, tuple(content), self.wide, self.skipped)
        if wanted == self._placed_for:
            return False
        self._placed_for = wanted
        before = self.placed, self.more
        self._cut = False
        if self.wide:
            spread = spread_columns(width, self.columns, content, skipped=self.skipped)
            self.placed, self.skipped, self._cut, self.more = spread
        else:
            self.placed = place_columns(width, self.columns, content)
        self._aged = [index for index, _ in self.placed if self.columns[index].aged]
        return before != (self.placed, self.more)

    def toggle(self) -> None:
        """Wide, or not any more."""
        self.wide = not self.wide
        self.columns = _widened(self._chosen) if self.wide else self._chosen
        self.skipped, self.more = 0, False

    def scroll(self, columns: int) -> None:
        """Pass over so many columns more, or less; there is nothing to do if the table is not wide."""
        if self.wide and (columns < 0 or self.more):
            self.skipped = max(0, self.skipped + columns)

    def bring(self, column: Column) -> None:
        """Have all of a column of a wide table on the screen, at the left if it is not there yet."""
        whole = [shown for shown, _ in self.drawn]
        if self._cut:
            whole.pop()
        if self.wide and column not in whole:
            self.skipped = max(0, self.columns.index(column) - 1)

    @property
    def drawn(self) -> Iterator[tuple[Column, int]]:
        """The columns that are drawn, each with its width."""
        return ((self.columns[index], width) for index, width in self.placed)

    def ages(self, cells: Sequence[Cell], now: float) -> tuple[str, ...]:
        """What depends on the clock in a row as it is drawn, from left to right."""
        return tuple([age_of(cells[index], now) for index in self._aged])

    def pieces(
        self, cells: Sequence[Cell], ages: Sequence[str], *, name: Tone | None = None
    ) -> Iterator[Piece]:
        """A row's cells, each as wide as its column, and the gaps between them.

        Args:
            cells: of all columns.
            ages: see `ages`.
            name: the tone of the name, if it is not its usual one.
        """
        gap, next_age = "", iter(ages)
        for index, width in self.placed:
            column, cell = self.columns[index], cells[index]
            age_text = next(next_age) if column.aged else ""
            text = fitted(cell, age_text, width)
            yield (gap + text, name if name and column.id == NAME.id else cell.tone)
            gap = _GAP

    def at(self, x: int) -> Column | None:
        """The column that is drawn at this cell of the line."""
        left = GUTTER
        for column, width in self.drawn:
            if left <= x < left + width + GAP:
                return column
            left += width + GAP
        return None

    def next_to(self, column_id: str, step: int) -> Column | None:
        """The column so many steps from another, around the end; None while none is drawn.

        One that has no room is passed over, but in a wide table it can be brought.
        """
        columns = self.columns if self.wide else [column for column, _ in self.drawn]
        if not columns:
            return None
        ids = [column.id for column in columns]
        present = ids.index(column_id) if column_id in ids else -min(step, 0)
        return columns[(present + step) % len(ids)]


def _widened(chosen: tuple[Column, ...]) -> tuple[Column, ...]:
    """The name first, since it stays; then the others that were chosen, then all there are; none with a
    width of its own.
    """
    ids = dict.fromkeys((NAME.id, *(column.id for column in chosen), *BY_ID))
    return tuple(BY_ID[id_] for id_ in ids)
