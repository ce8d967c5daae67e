"""Which nodes are marked. Marks are by name, so they outlive sorting and filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuredtui.ui.row import Row
    from kuredtui.ui.rows import Rows


class Marks:
    """The marked nodes of a table.

    Args:
        rows: the table's.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._names: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def in_order(self) -> list[str]:
        """The marked nodes in the order shown, and then those that the filter hides."""
        places = [(self._rows.position(name), name) for name in self._names]
        shown = sorted((place, name) for place, name in places if place is not None)
        hidden = sorted(name for place, name in places if place is None)
        return [*(name for _, name in shown), *hidden]

    @property
    def hidden(self) -> int:
        """How many of them the filter hides."""
        if len(self._rows) == self._rows.total:
            return 0
        return sum(self._rows.position(name) is None for name in self._names)

    def discard(self, name: str) -> None:
        """The node is gone."""
        if name in self._names:
            self._names -= {name}

    # Each of these returns whether other nodes are marked now.

    def toggle(self, name: str) -> bool:
        """Mark the node, or unmark it."""
        return self._set(self._names ^ {name})

    def choose(self, wanted: Callable[[Row, bool], bool]) -> bool:
        """Mark each shown row or not, as `wanted` says, which is told whether it is marked now."""
        shown = self._rows.slice(0, len(self._rows))
        yes = {row.name for row in shown if wanted(row, row.name in self._names)}
        return self._set((self._names - {row.name for row in shown}) | yes)

    def clear(self) -> bool:
        """Mark nothing."""
        return self._set(frozenset())

    def _set(self, names: frozenset[str]) -> bool:
        had, self._names = self._names, names
        return names != had
