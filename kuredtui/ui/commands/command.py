"""What a command is, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from kuredtui.ui.actions import ACTIONS, BY_ID, Action
from kuredtui.ui.text import ELLIPSIS

# Characters of a word that is not known: more would hide what is said of it.
_MOST_QUOTED = 40


class Takes(Enum):
    """What follows a command; the value is how the help writes it."""

    NOTHING = ""
    NODES = "[NODE ...]"
    NODE = "NODE"
    COLUMN = "COLUMN"
    TEXT = "[TEXT]"
    FILE = "[FILE]"
    CONTEXT = "[CONTEXT]"


class CommandError(Exception):
    """A line that cannot be carried out; the message says why, and nothing has happened."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something that can be typed.

    Attributes:
        name: its word.
        takes: what follows it.
        help: one line.
        action: the action that it is, or one that is done the same way; None for none.
        also: other words for it.
    """

    name: str
    takes: Takes
    help: str
    action: Action | None = None
    also: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes the cluster."""
        return self.action is not None and self.action.writes


def _of_action(action: Action) -> Command:
    name, *also = action.command.split()
    takes = Takes.NODES if action.needs_node or action.id == "rollout.open" else Takes.NOTHING
    return Command(name=name, takes=takes, help=action.help, action=action, also=tuple(also))


COMMANDS: tuple[Command, ...] = (
    Command(name="node", takes=Takes.NODE, help="Select a node"),
    *(_of_action(action) for action in ACTIONS if action.command),
    Command(
        name="cordon",
        takes=Takes.NODES,
        help="Cordon these nodes, or else the marked or selected ones (asks first)",
        action=BY_ID["node.cordon"],
    ),
    Command(
        name="uncordon",
        takes=Takes.NODES,
        help="Uncordon these nodes, or else the marked or selected ones (asks first)",
        action=BY_ID["node.cordon"],
    ),
    Command(name="filter", takes=Takes.TEXT, help=f"{BY_ID['table.filter'].help}; nothing: all"),
    Command(name="sort", takes=Takes.COLUMN, help="Sort by a column; again: the other way round"),
    Command(
        name="ctx",
        takes=Takes.CONTEXT,
        help=BY_ID["console.context"].help,
        also=("context", "contexts"),
    ),
    Command(name="export", takes=Takes.FILE, help=BY_ID["log.export"].help),
)

_BY_WORD = {word: command for command in COMMANDS for word in (command.name, *command.also)}


def command_named(word: str, *, read_only: bool) -> Command:
    """The command of this word.

    Raises:
        CommandError: there is none; it names those that begin so.
    """
    if (command := _BY_WORD.get(word)) is not None:
        return command
    meant = near(word, [command.name for command in offered(read_only=read_only)])
    raise CommandError(f"There is no command {quoted(word)}.{meant}")


def quoted(word: str) -> str:
    """The word as a sentence names it; of a very long one, its beginning."""
    return repr(word if len(word) <= _MOST_QUOTED else word[:_MOST_QUOTED] + ELLIPSIS)


def near(word: str, names: Sequence[str]) -> str:
    """A sentence, with a blank before it, that asks for the few names like this word; "" for none."""
    found = [name for name in names if word and name.startswith(word)]
    found = found or get_close_matches(word[:_MOST_QUOTED], names, n=3)
    return f" Is it {' or '.join(found[:3])}?" if found else ""


def offered(*, read_only: bool) -> list[Command]:
    """All commands; in read-only those alone that change nothing."""
    return sorted(
        (command for command in COMMANDS if not (read_only and command.writes)),
        key=lambda command: command.name,
    )
