"""Every key of the console, declared once.

Widgets and screens take their Textual bindings from here, the footer and the help screen read the same
list, and each binding carries its action's id, so that a person can re-map it. What an action does stays
with the widget that does it; whether it changes the cluster is said here, so that read-only can hide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Place(StrEnum):
    """Where a key works; the value is the heading in the help."""

    NODES = "Nodes"
    CURSOR = "Moving"
    SORT = "Sorting"
    FILTER = "Filter"
    PANE = "Log and detail"
    LOG = "Log"
    PICTURE = "Picture"
    CONSOLE = "Everywhere"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing a person can do.

    Attributes:
        id: stable name; what a key map in the settings refers to.
        keys: Textual key names, separated by commas.
        method: the Textual action it runs (`action_<method>` of whoever binds the place).
        label: one or two words for the footer, or empty to keep it out of there.
        help: one line for the help screen.
        shown: the key as people write it, where Textual's own name would not do.
        writes: changes the cluster; read-only hides it.
        needs_node: makes sense only while a node is selected.
        at_once: carried out as soon as the key is read, before the next key is looked at. Textual hands
            keys that have arrived together to whoever had the focus before the first of them.
    """

    id: str
    keys: str
    method: str
    place: Place
    help: str
    label: str = ""
    shown: str = ""
    writes: bool = False
    needs_node: bool = False
    at_once: bool = False

    @property
    def key_text(self) -> str:
        """The key as people write it."""
        return self.shown or self.keys.split(",")[0]


def _sort(column: str, key: str, title: str) -> Action:
    return Action(
        id=f"sort.{column}",
        keys=key,
        shown=f"shift+{key.lower()}",
        method=f"sort('{column}')",
        place=Place.SORT,
        help=f"Sort by {title}; again: the other way round",
    )


ACTIONS: tuple[Action, ...] = (
    Action(
        id="node.reboot",
        keys="r",
        method="want('node.reboot')",
        place=Place.NODES,
        label="Reboot",
        help="Reboot the selected node: lock, cordon, drain, reboot, uncordon (asks first)",
        writes=True,
        needs_node=True,
    ),
    Action(
        id="node.plan",
        keys="p",
        method="want('node.plan')",
        place=Place.NODES,
        label="Plan",
        help="What a drain would do to each pod, and the options of one run; nothing is touched",
        needs_node=True,
    ),
    Action(
        id="node.drain",
        keys="d",
        method="want('node.drain')",
        place=Place.NODES,
        label="Drain",
        help="Drain the marked nodes, or else the selected one, without reboot (asks first)",
        writes=True,
        needs_node=True,
    ),
    Action(
        id="node.cordon",
        keys="c",
        method="want('node.cordon')",
        place=Place.NODES,
        label="Cordon",
        help="Cordon the marked nodes, or else the selected one; uncordon cordoned ones (asks first)",
        writes=True,
        needs_node=True,
    ),
    Action(
        id="node.cancel",
        keys="x",
        method="want('node.cancel')",
        place=Place.NODES,
        label="Cancel",
        help="Cancel the operations of the marked nodes, or else of the selected one (asks first)",
        writes=True,
        needs_node=True,
    ),
    Action(
        id="rollout.open",
        keys="R",
        method="rollout",
        place=Place.NODES,
        label="Rollout",
        help="The rollout under way; else one of the marked nodes, or of all shown that wait (asks first)",
    ),
    Action(
        id="rollout.pause",
        keys="P",
        method="want('rollout.pause')",
        place=Place.NODES,
        help="Pause the rollout under way, or let it go on",
        writes=True,
    ),
    Action(
        id="node.probe",
        keys="b",
        method="want('node.probe')",
        place=Place.NODES,
        help="Ask the marked nodes, or else the selected one, now whether a reboot is pending",
        writes=True,
        needs_node=True,
    ),
    Action(
        id="cluster.orphans",
        keys="o",
        method="want('cluster.orphans')",
        place=Place.NODES,
        help="Operations that nobody runs any more: resume them or roll them back (asks first)",
        writes=True,
    ),
    Action(
        id="cluster.unlock",
        keys="u",
        method="want('cluster.unlock')",
        place=Place.NODES,
        help="Who holds the lock; take a dead owner out (asks first, to be typed)",
        writes=True,
    ),
    Action(
        id="cluster.pause",
        keys="K",
        method="want('cluster.pause')",
        place=Place.NODES,
        help="Pause kured by its own convention, or let it go on (asks first)",
        writes=True,
    ),
    Action(
        id="node.detail",
        keys="enter",
        method="detail",
        place=Place.NODES,
        label="Detail",
        help="Show everything known about the selected node",
        needs_node=True,
    ),
    Action(
        id="mark.toggle",
        keys="space",
        method="mark",
        place=Place.NODES,
        label="Mark",
        help="Mark the selected node, or unmark it; what asks first acts on the marked nodes",
        needs_node=True,
    ),
    Action(
        id="mark.pending",
        keys="a",
        method="mark_pending",
        place=Place.NODES,
        help="Mark all nodes shown that wait for a reboot",
    ),
    Action(
        id="mark.invert",
        keys="i",
        method="mark_others",
        place=Place.NODES,
        help="Of the nodes shown, mark those that are not, and unmark those that are",
    ),
    Action(
        id="mark.clear",
        keys="backslash,ctrl+backslash",
        shown="\\",
        method="unmark",
        place=Place.NODES,
        help="Unmark all nodes",
    ),
    Action(
        id="table.filter",
        keys="slash",
        shown="/",
        method="filter",
        place=Place.NODES,
        label="Filter",
        at_once=True,
        help="Show only rows with these words, or after -l those a label selector matches",
    ),
    Action(
        id="cursor.down",
        keys="j,down",
        shown="j ↓",
        method="cursor_by(1)",
        place=Place.CURSOR,
        help="Next node",
    ),
    Action(
        id="cursor.up",
        keys="k,up",
        shown="k ↑",
        method="cursor_by(-1)",
        place=Place.CURSOR,
        help="Previous node",
    ),
    Action(
        id="cursor.page_down",
        keys="pagedown,ctrl+f",
        shown="pgdn",
        method="cursor_page(1)",
        place=Place.CURSOR,
        help="One page down",
    ),
    Action(
        id="cursor.page_up",
        keys="pageup,ctrl+b",
        shown="pgup",
        method="cursor_page(-1)",
        place=Place.CURSOR,
        help="One page up",
    ),
    Action(
        id="cursor.first",
        keys="g,home",
        shown="g home",
        method="cursor_first",
        place=Place.CURSOR,
        help="First node",
    ),
    Action(
        id="cursor.last",
        keys="G,end",
        shown="G end",
        method="cursor_last",
        place=Place.CURSOR,
        help="Last node",
    ),
    _sort("name", "N", "NAME"),
    _sort("pool", "O", "POOL"),
    _sort("status", "S", "STATUS"),
    _sort("cordon", "C", "CORDON"),
    _sort("pending", "D", "PENDING"),
    _sort("kernel", "E", "KERNEL"),
    _sort("reason", "W", "WHY"),
    _sort("version", "V", "VERSION"),
    _sort("age", "A", "AGE"),
    _sort("operation", "T", "OPERATION"),
    Action(
        id="sort.next",
        keys="greater_than_sign",
        shown=">",
        method="sort_step(1)",
        place=Place.SORT,
        help="Sort by the next column",
    ),
    Action(
        id="sort.previous",
        keys="less_than_sign",
        shown="<",
        method="sort_step(-1)",
        place=Place.SORT,
        help="Sort by the previous column",
    ),
    Action(
        id="filter.keep",
        keys="enter,down",
        shown="enter ↓",
        method="keep",
        place=Place.FILTER,
        label="Keep filter",
        at_once=True,
        help="Keep the filter and go back to the nodes",
    ),
    Action(
        id="filter.clear",
        keys="escape",
        shown="esc",
        method="clear_filter",
        place=Place.FILTER,
        label="Clear",
        at_once=True,
        help="Show all nodes again",
    ),
    Action(
        id="pane.down",
        keys="j,down",
        shown="j ↓",
        method="scroll_down",
        place=Place.PANE,
        label="Scroll",
        help="One line down",
    ),
    Action(
        id="pane.up",
        keys="k,up",
        shown="k ↑",
        method="scroll_up",
        place=Place.PANE,
        help="One line up; the log stops following",
    ),
    Action(
        id="pane.page_down",
        keys="pagedown,space,ctrl+f",
        shown="pgdn",
        method="page_down",
        place=Place.PANE,
        help="One page down",
    ),
    Action(
        id="pane.page_up",
        keys="pageup,ctrl+b",
        shown="pgup",
        method="page_up",
        place=Place.PANE,
        help="One page up",
    ),
    Action(
        id="pane.first",
        keys="g,home",
        shown="g home",
        method="scroll_home",
        place=Place.PANE,
        help="The beginning",
    ),
    Action(
        id="pane.last",
        keys="G,end,f",
        shown="G end",
        method="scroll_end",
        place=Place.PANE,
        label="Follow",
        help="The end; the log follows again",
    ),
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
        method="screen.log_words",
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
    Action(
        id="picture.back",
        keys="escape,q,v",
        shown="esc",
        method="dismiss",
        place=Place.PICTURE,
        label="Table",
        help="Back to the table",
    ),
    Action(
        id="console.log",
        keys="l",
        method="log_size",
        place=Place.CONSOLE,
        label="Log",
        help="The log: small, large, hidden",
    ),
    Action(
        id="console.picture",
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
        shown="esc",
        method="back",
        place=Place.CONSOLE,
        label="Back",
        help="Close the detail; then clear the filter",
    ),
    Action(
        id="console.retry",
        keys="ctrl+r",
        shown="^r",
        method="want('console.retry')",
        place=Place.CONSOLE,
        help="Connect anew, by the kubeconfig as it is now; while connected it does nothing",
    ),
    Action(
        id="console.palette",
        keys="colon",
        shown=":",
        method="palette",
        place=Place.CONSOLE,
        help="Find an action by a few letters of what it does",
    ),
    Action(
        id="console.help",
        keys="question_mark,f1",
        shown="?",
        method="help",
        place=Place.CONSOLE,
        label="Help",
        help="The keys of where you are",
    ),
    Action(
        id="console.quit",
        keys="q,ctrl+c",
        shown="q",
        method="want('console.quit')",
        place=Place.CONSOLE,
        label="Quit",
        help="Leave; asks when an operation runs",
    ),
)

BY_ID = {action.id: action for action in ACTIONS}


def actions_of(*places: Place) -> list[Action]:
    """The actions of these places, in the order of the registry."""
    return [action for action in ACTIONS if action.place in places]


def bindings_of(place: Place) -> list[BindingType]:
    """Textual's bindings for one place, each with its action's id."""
    return [
        Binding(
            action.keys,
            action.method,
            description=action.label or action.help,
            show=bool(action.label),
            key_display=action.shown or None,
            priority=action.at_once,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions_of(place)
    ]
