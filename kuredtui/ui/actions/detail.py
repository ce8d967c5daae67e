"""The tabs of the detail."""

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
)
