"""Which columns the table draws now, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuredtui.ui.cells import Cell, age_of, fitted
from kuredtui.ui.column_layout import GAP, GUTTER, Placed, place_columns
from kuredtui.ui.columns import NAME, Column
from kuredtui.ui.tones import Piece, Tone

_GAP = " " * GAP


class ColumnView:
    """The columns on the screen.

    Args:
        chosen: those that a person has chosen.

    Attributes:
        columns: those that the table has.
        placed: those of them that are drawn, from left to right.
    """

    def __init__(self, chosen: tuple[Column, ...]) -> None:
        self.columns = chosen
        self.placed: tuple[Placed, ...] = ()
        self._placed_for: tuple[int, tuple[int, ...]] = (0, ())

    def place(self, width: int, content: Sequence[int]) -> bool:
        """Work out the places anew if any of what they depend on changed. True if they differ.

        Args:
            width: of the terminal, in cells.
            content: of the widest cell of each column.
        """
        wanted = (width, tuple(content))
        if wanted == self._placed_for:
            return False
        self._placed_for = wanted
        before, self.placed = self.placed, place_columns(width, self.columns, content)
        return self.placed != before

    @property
    def drawn(self) -> Iterator[tuple[Column, int]]:
        """The columns that are drawn, each with its width."""
        return ((self.columns[index], width) for index, width in self.placed)

    def ages(self, cells: Sequence[Cell], now: float) -> tuple[str, ...]:
        """What depends on the clock in a row as it is drawn; one for each column, seldom any but ""."""
        return tuple([age_of(cells[index], now) for index, _ in self.placed])

    def pieces(
        self, cells: Sequence[Cell], ages: Sequence[str], *, name: Tone | None = None
    ) -> Iterator[Piece]:
        """A row's cells, each as wide as its column, and the gaps between them.

        Args:
            cells: of all columns.
            ages: see `ages`.
            name: the tone of the name, if it is not its usual one.
        """
        gap = ""
        for (index, width), age_text in zip(self.placed, ages, strict=True):
            column, cell = self.columns[index], cells[index]
            lead = width >= column.comfort
            text = fitted(cell, age_text, width, middle=column.middle, lead=lead)
            yield (gap + text, name if name and column is NAME else cell.tone)
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
        """The column so many steps from another, around the end; None while none is drawn."""
        ids = [column.id for column, _ in self.drawn]
        if not ids:
            return None
        present = ids.index(column_id) if column_id in ids else -min(step, 0)
        return self.columns[self.placed[(present + step) % len(ids)].column]
