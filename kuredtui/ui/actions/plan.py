"""The screen of a plan."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

PLAN: tuple[Action, ...] = (
    Action(
        id="plan.options",
        keys="o",
        method="options",
        place=Place.PLAN,
        label="Options",
        help="Change the options of this run alone, and look what they come to",
    ),
    Action(
        id="plan.look",
        keys="ctrl+r",
        method="look",
        place=Place.PLAN,
        label="Look again",
        help="Make the plan anew, by what is true now",
    ),
    Action(
        id="plan.reboot",
        keys="r",
        method="act('node.reboot')",
        place=Place.PLAN,
        label="Reboot",
        help="Reboot the nodes of the plan, with its options (asks first)",
        writes=True,
    ),
    Action(
        id="plan.drain",
        keys="d",
        method="act('node.drain')",
        place=Place.PLAN,
        label="Drain",
        help="Drain the nodes of the plan, with its options (asks first)",
        writes=True,
    ),
    Action(
        id="plan.back",
        keys="escape,q,p",
        method="leave",
        place=Place.PLAN,
        label="Back",
        help="Back to where you came from",
    ),
)
