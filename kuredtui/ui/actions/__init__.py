"""Every key of the console, declared once.

Widgets and screens take their Textual bindings from here, the footers, the help and the palette read the
same list, and each binding carries its action's id, so that a person can re-map it. What an action does
stays with the widget that does it; whether it changes the cluster is said here, so that read-only can
hide it. The declarations stand by place in files of their own.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from kuredtui.ui.actions.action import Action, Place
from kuredtui.ui.actions.command import COMMAND
from kuredtui.ui.actions.console import CONSOLE, LEAVING, SCREENS
from kuredtui.ui.actions.detail import DETAIL, SEARCH
from kuredtui.ui.actions.filter import FILTER
from kuredtui.ui.actions.log import LOG
from kuredtui.ui.actions.moving import CURSOR, PANE
from kuredtui.ui.actions.nodes import NODES
from kuredtui.ui.actions.picture import PICTURE
from kuredtui.ui.actions.plan import PLAN
from kuredtui.ui.actions.questions import ANSWER, FORM, HELP, PICK, QUESTION
from kuredtui.ui.actions.rollout import ROLLOUT
from kuredtui.ui.actions.sorting import SORTING

__all__ = ["ACTIONS", "BY_ID", "Action", "Place", "actions_of", "bindings_of"]

ACTIONS: tuple[Action, ...] = (
    *NODES,
    *CURSOR,
    *SORTING,
    *FILTER,
    *COMMAND,
    *PANE,
    *DETAIL,
    *SEARCH,
    *LOG,
    *PICTURE,
    *PLAN,
    *ROLLOUT,
    *PICK,
    *FORM,
    *QUESTION,
    *ANSWER,
    *HELP,
    *CONSOLE,
    *SCREENS,
    *LEAVING,
)

BY_ID = {action.id: action for action in ACTIONS}


def actions_of(*places: Place) -> list[Action]:
    """The actions of these places, in the order of the registry."""
    return [action for action in ACTIONS if action.place in places]


def bindings_of(*places: Place) -> list[BindingType]:
    """Textual's bindings for these places, each with its action's id."""
    return [
        Binding(
            action.keys,
            action.method,
            description=action.label or action.help,
            show=bool(action.label),
            priority=action.at_once,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions_of(*places)
        if action.method
    ]
