"""How a line that is being typed may go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from os.path import commonprefix
from typing import NamedTuple

from kuredtui.ui.commands.command import Command, CommandError, Takes, command_named, offered
from kuredtui.ui.text import clean

# Candidates that are worked out; nobody reads more, and there may be thousands of nodes.
_MOST = 50


class Completion(NamedTuple):
    """What the last word of a line can become.

    Attributes:
        start: where that word begins.
        candidates: what it can become; those that begin with it, or else those that contain it.
        more: how many further ones there are.
        common: what all of them, also the further ones, begin with.
        hint: what is expected there, if nothing of that can be listed.
    """

    start: int
    candidates: tuple[str, ...] = ()
    more: int = 0
    common: str = ""
    hint: str = ""

    def first(self, line: str) -> str | None:
        """The line with the first candidate, where that only adds to it."""
        whole = line[: self.start] + self.candidates[0] if self.candidates else ""
        return whole if whole.startswith(line) and whole != line else None


Words = Callable[[], Collection[str]]


def complete(line: str, *, words: Mapping[Takes, Words], read_only: bool) -> Completion:
    """How the line may go on at its end.

    Args:
        line: as typed so far.
        words: tells what there is of each kind that a command can take.
        read_only: leaves out what changes the cluster.
    """
    name, blank, rest = line.lstrip().partition(" ")
    if not blank:
        return _among([c.name for c in offered(read_only=read_only)], name, len(line) - len(name))
    try:
        command = command_named(name, read_only=read_only)
    except CommandError:
        return Completion(len(line))
    return _argument(command, line, rest, words)


def _argument(command: Command, line: str, rest: str, words: Mapping[Takes, Words]) -> Completion:
    *before, word = rest.split(" ")
    if command.takes is Takes.CONTEXT:  # whose names may have blanks
        before, word = [], rest
    there = words.get(Takes.NODE if command.takes is Takes.NODES else command.takes)
    if there is None or (any(before) and command.takes is not Takes.NODES):
        return Completion(len(line), hint="" if rest else _hint(command))
    taken = set(before)
    found = [name for name in there() if name not in taken]
    completion = _among(found, word, len(line) - len(word))
    return completion if word else completion._replace(hint=_hint(command))


def _among(names: Sequence[str], word: str, start: int) -> Completion:
    """Names that cannot be shown as they are cannot be typed, either."""
    found = [name for name in names if name.startswith(word)]
    found = found or [name for name in names if word in name]
    found = sorted(name for name in found if clean(name) == name)
    common = commonprefix([found[0], found[-1]]) if found else ""  # noqa: RUF071 - of characters
    return Completion(start, tuple(found[:_MOST]), max(0, len(found) - _MOST), common)


def _hint(command: Command) -> str:
    return f"{command.takes.value}  {command.help}".strip()
