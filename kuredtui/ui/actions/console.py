"""The console itself: its panes, its connection, commands, help, leaving."""

from __future__ import annotations

from kuredtui.ui.actions.action import Action, Place

CONSOLE: tuple[Action, ...] = (
    Action(
        id="console.log",
        command="log",
        keys="l",
        method="log_size",
        place=Place.CONSOLE,
        label="Log",
        help="The log: small, large, hidden",
    ),
    Action(
        id="console.picture",
        command="picture",
        keys="v",
        method="want('console.picture')",
        place=Place.CONSOLE,
        help="The picture of the night: pending reboots over time, and the kernels of each pool",
    ),
    Action(
        id="console.next",
        keys="tab",
        method="next_pane",
        place=Place.CONSOLE,
        label="Panes",
        help="On to the next pane: nodes, detail, log",
    ),
    Action(
        id="console.back",
        keys="escape",
        method="back",
        place=Place.CONSOLE,
        label="Back",
        help="Leave the search; then close the detail; then clear the filter",
    ),
    Action(
        id="console.retry",
        command="connect",
        keys="ctrl+r",
        method="want('console.retry')",
        place=Place.CONSOLE,
        help="Connect anew, by the kubeconfig as it is now; where the connection is lost",
    ),
)

SCREENS: tuple[Action, ...] = (
    Action(
        id="console.command",
        keys="colon",
        method="command",
        place=Place.SCREENS,
        label="Command",
        help="Type a command: node NAME, filter TEXT, sort COLUMN ...; names are completed",
        at_once=True,
    ),
    Action(
        id="console.palette",
        keys="ctrl+p",
        method="palette",
        place=Place.SCREENS,
        help="Find an action by a few letters of what it does",
    ),
    Action(
        id="console.context",
        keys="ctrl+t",
        method="want('console.context')",
        place=Place.SCREENS,
        help="Go to another context of the kubeconfig, without a restart",
    ),
)

# The last that are shown in the last line, which is full only seldom.
LEAVING: tuple[Action, ...] = (
    Action(
        id="console.quit",
        command="quit q",
        keys="q",
        method="want('console.quit')",
        place=Place.CONSOLE,
        label="Quit",
        help="Leave; asks when an operation runs",
    ),
    Action(
        id="console.exit",
        keys="ctrl+c,ctrl+q",
        method="app.leave",
        place=Place.EVERYWHERE,
        help="Leave from wherever you are; asks when an operation runs",
    ),
    Action(
        id="console.help",
        command="help",
        keys="question_mark,f1",
        method="app.help",
        place=Place.EVERYWHERE,
        label="Help",
        help="The keys of where you are",
    ),
)
