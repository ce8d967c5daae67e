"""The screen of a rollout."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

ROLLOUT: tuple[Action, ...] = (
    Action(
        id="rollout.hold",
        keys="P",
        method="want('rollout.pause')",
        place=Place.ROLLOUT,
        label="Pause",
        help="Begin no more nodes until you press it again; what runs goes on",
        writes=True,
    ),
    Action(
        id="rollout.skip",
        keys="s",
        method="want('rollout.skip')",
        place=Place.ROLLOUT,
        label="Skip",
        help="Leave out the selected node, which has not begun",
        writes=True,
    ),
    Action(
        id="rollout.stop",
        keys="S",
        method="want('rollout.stop')",
        place=Place.ROLLOUT,
        label="Stop",
        help="Begin no more nodes at all; what runs goes on to its end (asks first)",
        writes=True,
    ),
    Action(
        id="rollout.cancel",
        keys="x",
        method="want('node.cancel')",
        place=Place.ROLLOUT,
        label="Cancel",
        help="Cancel the operation of the selected node (asks first)",
        writes=True,
    ),
    Action(
        id="rollout.cancel_all",
        keys="X",
        method="want('rollout.cancel_all')",
        place=Place.ROLLOUT,
        label="Cancel all",
        help="Stop, and cancel all that runs (asks first)",
        writes=True,
    ),
    Action(
        id="rollout.next",
        keys="tab",
        method="app.focus_next",
        place=Place.ROLLOUT,
        help="From the nodes to the steps of the selected one, and back",
    ),
    Action(
        id="rollout.back",
        keys="escape,q,R",
        method="dismiss",
        place=Place.ROLLOUT,
        label="Table",
        help="Back to the table; the rollout goes on",
    ),
)
