"""Screens that ask for something: questions, forms, lists to pick from; and the help."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place


def _picked(name: str, key: str, what: str) -> Action:
    """What can be done with the one that is selected, where a list offers it."""
    return Action(id=f"pick.{name}", keys=key, method="", place=Place.PICK, help=what)


def _answer(name: str, keys: str, what: str) -> Action:
    """An answer, where a question has it; where something is typed, its letters are letters of that."""
    return Action(id=f"answer.{name}", keys=keys, method="", place=Place.ANSWER, help=what)


PICK: tuple[Action, ...] = (
    Action(
        id="pick.first",
        keys="enter",
        method="first",
        place=Place.PICK,
        help="The first thing that can be done with the selected one",
    ),
    _picked("resume", "r", "Resume the operation (asks first)"),
    _picked("roll_back", "b", "Roll the operation back (asks first)"),
    _picked("unlock", "u", "Take the dead owner out of the lock (asks first, to be typed)"),
    _picked("switch", "s", "Go to the context"),
    Action(
        id="pick.back",
        keys="escape,q",
        method="dismiss",
        place=Place.PICK,
        label="Back",
        help="Back; nothing is picked",
    ),
)

FORM: tuple[Action, ...] = (
    Action(
        id="form.take",
        keys="enter",
        method="take",
        place=Place.FORM,
        label="Use",
        help="Use what the fields say",
    ),
    Action(
        id="form.next",
        keys="down,tab",
        method="app.focus_next",
        place=Place.FORM,
        help="Next field",
    ),
    Action(
        id="form.previous",
        keys="up,shift+tab",
        method="app.focus_previous",
        place=Place.FORM,
        help="Previous field",
    ),
    Action(
        id="form.back",
        keys="escape",
        method="dismiss",
        place=Place.FORM,
        label="Back",
        help="Back; all stays as it was",
    ),
    Action(
        id="form.choose_next",
        keys="right,space,l",
        method="turn(1)",
        place=Place.FORM_WORDS,
        help="Next word",
    ),
    Action(
        id="form.choose_previous",
        keys="left,h",
        method="turn(-1)",
        place=Place.FORM_WORDS,
        help="Previous word",
    ),
)

QUESTION: tuple[Action, ...] = (
    Action(
        id="dialog.next",
        keys="right,down,tab",
        method="app.focus_next",
        place=Place.QUESTION,
        help="Next answer; enter is the one in focus, or press its letter",
    ),
    Action(
        id="dialog.previous",
        keys="left,up,shift+tab",
        method="app.focus_previous",
        place=Place.QUESTION,
        help="Previous answer",
    ),
    Action(
        id="dialog.page_down",
        keys="pagedown",
        method="scroll_text(1)",
        place=Place.QUESTION,
        help="One page down, where the text is longer than its box",
    ),
    Action(
        id="dialog.page_up",
        keys="pageup",
        method="scroll_text(-1)",
        place=Place.QUESTION,
        help="One page up",
    ),
    Action(
        id="dialog.back",
        keys="escape",
        method="first",
        place=Place.QUESTION,
        label="Back",
        help="The first answer, which changes nothing",
    ),
)

ANSWER: tuple[Action, ...] = (
    _answer("no", "n", "No: all stays as it is"),
    _answer("yes", "y", "Yes; there is no key for a yes that has to be typed"),
    _answer("plan", "p,ctrl+p", "See the plan, and be asked again"),
    _answer("how", "ctrl+o", "Choose how the rollout goes, and be asked again"),
    _answer("wait", "w", "Leave when all that is under way is done"),
    _answer("cancel", "c", "Cancel all that is under way, then leave"),
    _answer("leave", "l", "Leave all of it as it stands"),
)

HELP: tuple[Action, ...] = (
    Action(
        id="help.close",
        keys="escape,q",
        method="dismiss",
        place=Place.HELP,
        label="Close",
        help="Close it",
    ),
)
