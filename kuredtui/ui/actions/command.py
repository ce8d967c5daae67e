"""While a command is typed."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

COMMAND: tuple[Action, ...] = (
    Action(
        id="command.run",
        keys="enter",
        method="run",
        place=Place.COMMAND,
        label="Run",
        help="Carry out what is typed; what changes the cluster asks first",
        at_once=True,
    ),
    Action(
        id="command.complete",
        keys="tab",
        method="complete",
        place=Place.COMMAND,
        label="Complete",
        help="Go on as far as there is only one way, then from one to the next; right takes the grey one",
        at_once=True,
    ),
    Action(
        id="command.older",
        keys="up",
        method="look_back(1)",
        place=Place.COMMAND,
        label="Earlier",
        help="The command before",
        at_once=True,
    ),
    Action(
        id="command.newer",
        keys="down",
        method="look_back(-1)",
        place=Place.COMMAND,
        help="The command after",
        at_once=True,
    ),
    Action(
        id="command.close",
        keys="escape",
        method="close",
        place=Place.COMMAND,
        label="Close",
        help="Back to the nodes; nothing happens",
        at_once=True,
    ),
)
