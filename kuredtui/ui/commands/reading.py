"""A typed line, turned into what is to be done. Reading it does nothing yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from kuredtui.kube.label_selector import SelectorError
from kuredtui.ui.actions import Action
from kuredtui.ui.columns import BY_NAME, COLUMN_NAMES
from kuredtui.ui.commands.command import (
    Command,
    CommandError,
    Takes,
    command_named,
    near,
    quoted,
)
from kuredtui.ui.filters import parse_filter

Deed = Callable[[], Awaitable[None]]


class Doer(Protocol):
    """The console: what there is in it, and what can be done."""

    @property
    def read_only_reason(self) -> str:
        """Why nothing may be changed; "" where it may."""

    def has_node(self, name: str) -> bool:
        """Whether there is this node, shown or not."""

    def meant(self) -> Sequence[str]:
        """The nodes that are marked or selected where one is."""

    async def select_node(self, name: str) -> None:
        """Select a node; a filter that hides it goes."""

    async def do(self, action: Action) -> None:
        """As if the action's key was pressed."""

    async def want(self, action_id: str, nodes: Sequence[str]) -> None:
        """Have the app carry out an action with these nodes, or else with those that are meant."""

    async def filter_rows(self, text: str) -> None:
        """Show only rows with these words, or all."""

    async def sort_rows(self, column: str) -> None:
        """Sort by the column of this id."""

    async def go_to_context(self, name: str) -> None:
        """Go to a context, or ask for one."""

    async def export_log(self, file: str) -> None:
        """Write the log to this file, or ask for one."""


def read(line: str, doer: Doer) -> Deed:
    """What the line asks for.

    Raises:
        CommandError: it cannot be carried out.
    """
    word, _, rest = line.strip().partition(" ")
    read_only = doer.read_only_reason
    command = command_named(word, read_only=bool(read_only))
    if read_only and command.writes:
        raise CommandError(f"{command.name} changes the cluster. {read_only}")
    rest = rest.strip()
    match command.takes:
        case Takes.NODES:
            return _for_nodes(command, rest.split(), doer)
        case Takes.NODE:
            node = _one_node(rest, doer)
            return lambda: doer.select_node(node)
        case Takes.COLUMN:
            column = _column(rest)
            return lambda: doer.sort_rows(column)
        case Takes.TEXT:
            _check_filter(rest)
            return lambda: doer.filter_rows(rest)
        case Takes.FILE:
            return lambda: doer.export_log(rest)
        case Takes.CONTEXT:
            return lambda: doer.go_to_context(rest)
        case Takes.NOTHING:
            return _alone(command, rest, doer)


def _alone(command: Command, rest: str, doer: Doer) -> Deed:
    action = command.action
    if rest:
        raise CommandError(f"Nothing can follow {command.name}.")
    assert action is not None
    return lambda: doer.do(action)


def _for_nodes(command: Command, nodes: Sequence[str], doer: Doer) -> Deed:
    action = command.action
    assert action is not None
    for node in nodes:
        _known(node, doer)
    named = list(dict.fromkeys(nodes))
    if not named and action.needs_node and not doer.meant():
        raise CommandError("No node is selected here: name one.")
    if action.id == "node.detail":
        return _detail(action, named or doer.meant()[:1], doer)
    if action.id == "node.cordon":
        return lambda: doer.want(f"node.{command.name}.only", named)
    if named or action.needs_node:
        return lambda: doer.want(action.id, named)
    return lambda: doer.do(action)


def _detail(action: Action, nodes: Sequence[str], doer: Doer) -> Deed:
    if len(nodes) > 1:
        raise CommandError("The detail is of one node.")

    async def open_it() -> None:
        await doer.select_node(nodes[0])
        await doer.do(action)

    return open_it


def _one_node(name: str, doer: Doer) -> str:
    if not name:
        raise CommandError("Which node?")
    _known(name, doer)
    return name


def _known(name: str, doer: Doer) -> None:
    if not doer.has_node(name):
        raise CommandError(f"There is no node {quoted(name)}.")


def _column(name: str) -> str:
    if not name:
        raise CommandError(f"Which column? There are {', '.join(COLUMN_NAMES)}.")
    column = BY_NAME.get(name.lower())
    if column is None:
        meant = near(name.lower(), COLUMN_NAMES) or f" There are {', '.join(COLUMN_NAMES)}."
        raise CommandError(f"There is no column {quoted(name)}.{meant}")
    return column.id


def _check_filter(text: str) -> None:
    try:
        parse_filter(text)
    except SelectorError as error:
        raise CommandError(error.reason) from error
