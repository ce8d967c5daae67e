"""What the log shows."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

LOG: tuple[Action, ...] = (
    Action(
        id="log.level",
        keys="v",
        method="log_level",
        place=Place.LOG,
        label="Level",
        help="Leave out what is less grave: debug, info, warnings; then show all again",
    ),
    Action(
        id="log.node",
        keys="n",
        method="screen.log_node",
        place=Place.LOG,
        label="Node",
        help="Only what concerns the selected node; again: all nodes",
    ),
    Action(
        id="log.words",
        keys="w",
        method="log_words",
        place=Place.LOG,
        label="Words",
        help="Only lines with these words",
    ),
    Action(
        id="log.times",
        keys="t",
        method="log_times",
        place=Place.LOG,
        label="Ages",
        help="Times or ages",
    ),
    Action(
        id="log.export",
        keys="e",
        method="screen.want('log.export')",
        place=Place.LOG,
        label="Export",
        help="Write what the log shows to a file",
    ),
)
