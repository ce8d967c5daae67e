"""The screen of the night's picture."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

PICTURE: tuple[Action, ...] = (
    Action(
        id="picture.back",
        keys="escape,q,v",
        method="dismiss",
        place=Place.PICTURE,
        label="Table",
        help="Back to the table",
    ),
)
