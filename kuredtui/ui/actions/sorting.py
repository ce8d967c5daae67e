"""Sorting the table."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place


def _sort(column: str, key: str, title: str) -> Action:
    return Action(
        id=f"sort.{column}",
        keys=key,
        method=f"sort('{column}')",
        place=Place.SORT,
        help=f"Sort by {title}; again: the other way round",
    )


SORTING: tuple[Action, ...] = (
    _sort("name", "N", "NAME"),
    _sort("pool", "O", "POOL"),
    _sort("status", "S", "STATUS"),
    _sort("cordon", "C", "CORDON"),
    _sort("pending", "D", "PENDING"),
    _sort("kernel", "E", "KERNEL"),
    _sort("reason", "W", "WHY"),
    _sort("version", "V", "VERSION"),
    _sort("age", "A", "AGE"),
    _sort("operation", "T", "OPERATION"),
    Action(
        id="sort.next",
        keys="greater_than_sign",
        method="sort_step(1)",
        place=Place.SORT,
        help="Sort by the next column",
    ),
    Action(
        id="sort.previous",
        keys="less_than_sign",
        method="sort_step(-1)",
        place=Place.SORT,
        help="Sort by the previous column",
    ),
)
