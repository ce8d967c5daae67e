"""Moving a cursor over a list, and a pane of lines up and down."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

CURSOR: tuple[Action, ...] = (
    Action(
        id="cursor.down",
        keys="j,down",
        method="cursor_by(1)",
        place=Place.CURSOR,
        help="Next node",
    ),
    Action(
        id="cursor.up",
        keys="k,up",
        method="cursor_by(-1)",
        place=Place.CURSOR,
        help="Previous node",
    ),
    Action(
        id="cursor.page_down",
        keys="pagedown,ctrl+f",
        method="cursor_page(1)",
        place=Place.CURSOR,
        help="One page down",
    ),
    Action(
        id="cursor.page_up",
        keys="pageup,ctrl+b",
        method="cursor_page(-1)",
        place=Place.CURSOR,
        help="One page up",
    ),
    Action(
        id="cursor.first",
        keys="g,home",
        method="cursor_first",
        place=Place.CURSOR,
        help="First node",
    ),
    Action(
        id="cursor.last",
        keys="G,end",
        method="cursor_last",
        place=Place.CURSOR,
        help="Last node",
    ),
)

PANE: tuple[Action, ...] = (
    Action(
        id="pane.down",
        keys="j,down",
        method="scroll_down",
        place=Place.PANE,
        label="Scroll",
        help="One line down",
    ),
    Action(
        id="pane.up",
        keys="k,up",
        method="scroll_up",
        place=Place.PANE,
        help="One line up; the log stops following",
    ),
    Action(
        id="pane.page_down",
        keys="pagedown,space,ctrl+f",
        method="page_down",
        place=Place.PANE,
        help="One page down",
    ),
    Action(
        id="pane.page_up",
        keys="pageup,ctrl+b",
        method="page_up",
        place=Place.PANE,
        help="One page up",
    ),
    Action(
        id="pane.first",
        keys="g,home",
        method="scroll_home",
        place=Place.PANE,
        help="The beginning",
    ),
    Action(
        id="pane.last",
        keys="G,end,f",
        method="scroll_end",
        place=Place.PANE,
        label="Follow",
        help="The end; the log follows again",
    ),
)
