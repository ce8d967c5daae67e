"""While a filter is typed."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

FILTER: tuple[Action, ...] = (
    Action(
        id="filter.keep",
        keys="enter,down",
        method="keep",
        place=Place.FILTER,
        label="Keep filter",
        at_once=True,
        help="Keep the filter and go back to the nodes",
    ),
    Action(
        id="filter.clear",
        keys="escape",
        method="clear_filter",
        place=Place.FILTER,
        label="Clear",
        at_once=True,
        help="Show all nodes again",
    ),
)
