"""The tabs of the detail, finding words in them, and copying."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place
from kuredtui.ui.detail.tabs import TABS

DETAIL: tuple[Action, ...] = (
    Action(
        id="detail.next",
        keys="right_square_bracket,right",
        method="tab_step(1)",
        place=Place.DETAIL,
        label="Tabs",
        help="The next tab",
    ),
    Action(
        id="detail.previous",
        keys="left_square_bracket,left",
        method="tab_step(-1)",
        place=Place.DETAIL,
        help="The previous tab",
    ),
    *(
        Action(
            id=f"detail.{name.lower()}",
            keys=str(number),
            method=f"tab({number})",
            place=Place.DETAIL,
            help=f"The tab {name}",
        )
        for number, name in enumerate(TABS, 1)
    ),
    Action(
        id="detail.find",
        keys="slash",
        method="find",
        place=Place.DETAIL,
        label="Find",
        at_once=True,
        help="Find words in the tab",
    ),
    Action(
        id="detail.find_next",
        keys="n",
        method="find_step(1)",
        place=Place.DETAIL,
        help="The next line with these words",
    ),
    Action(
        id="detail.find_previous",
        keys="N",
        method="find_step(-1)",
        place=Place.DETAIL,
        help="The previous line with these words",
    ),
    Action(
        id="detail.copy",
        keys="y",
        method="copy",
        place=Place.DETAIL,
        label="Copy",
        help="Copy what is selected with the mouse, or the line that is found, or else the whole tab",
    ),
    Action(
        id="detail.copy_all",
        keys="Y",
        method="copy_all",
        place=Place.DETAIL,
        help="Copy the whole tab",
    ),
)

SEARCH: tuple[Action, ...] = (
    Action(
        id="search.keep",
        keys="enter,down",
        method="keep",
        place=Place.SEARCH,
        label="Keep",
        at_once=True,
        help="Back to the lines, to go from one that is found to the next",
    ),
    Action(
        id="search.leave",
        keys="escape",
        method="clear_filter",
        place=Place.SEARCH,
        label="Leave",
        at_once=True,
        help="Search no more",
    ),
)
