"""Which columns a person wants, in which order, and how wide: `name`, or `name:60`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kuredtui.ui.columns import BY_NAME, COLUMN_NAMES, NAME, Column

# What the table shows unless the settings say otherwise, by name.
DEFAULT_COLUMNS = (
    "name", "pool", "status", "cordon", "pending", "kernel", "why", "version", "age", "operation"
)  # fmt: skip
# More cells than any terminal has.
_WIDEST = 400


def check_column(text: str) -> None:
    """Refuse what is no column, or no width that it can have.

    Raises:
        ValueError: the message says what there is instead.
    """
    _column(text)


def chosen_columns(choice: Iterable[str] = DEFAULT_COLUMNS) -> tuple[Column, ...]:
    """The columns in the order of the choice, each once; NAME is always among them.

    Of one that is there twice the first place counts, and the last width.
    """
    columns = {column.id: column for column in map(_column, choice)}
    return tuple(columns.values()) if NAME.id in columns else (NAME, *columns.values())


def _column(text: str) -> Column:
    """The column of a name; upper and lower case are one. Raises as `check_column`."""
    name, colon, width = (part.strip() for part in text.lower().partition(":"))
    column = BY_NAME.get(name)
    if column is None:
        raise ValueError(f"{text!r} is no column; there are {', '.join(COLUMN_NAMES)}")
    return _as_wide(column, width, text) if colon else column


def _as_wide(column: Column, width: str, text: str) -> Column:
    """The column with this width: it gets no other, unless there is no room even for the least it needs."""
    least = len(column.title) + 1  # the title is seen whole, with the arrow of the sorted column
    cells = int(width) if width.isascii() and width.isdecimal() and len(width) < 9 else 0
    if not least <= cells <= _WIDEST:
        raise ValueError(
            f"{text!r} gives {column.title} no width it can have: from {least} to {_WIDEST} cells"
        )
    return replace(
        column, width=cells, least=min(column.least, cells), comfort=cells, stretch=False
    )
