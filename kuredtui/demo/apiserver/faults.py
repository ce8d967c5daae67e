"""Faults on request: how a test or a scenario makes this server misbehave.

One record says what goes wrong, for which requests and how often. Requests are matched by verb and
path; a watch that is open already is matched, too, and feels the fault at once.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

Action = Literal["status", "drop", "silence", "empty", "expire", "cut"]

_AT_ONCE: frozenset[Action] = frozenset({"status", "drop", "silence"})
_IN_STREAM: frozenset[Action] = frozenset({"drop", "silence", "empty", "expire", "cut"})


class Fault(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One rule.

    status   answer with `status` (429, 500, 503, 410, ...) and, if given, Retry-After
    drop     close the connection without an answer, or in the middle of a watch
    silence  accept, and never send anything (again)
    empty    end a watch before its first event
    expire   send the 410 ERROR event in the stream of a watch, and end it
    cut      send half a line of a watch, then close the connection
    """

    action: Action
    verb: str = "*"
    """get, list, watch, create, update, patch, delete, or * for all."""
    path: str = "*"
    """A shell pattern over the request's path, e.g. */pods/*/eviction."""
    times: int | None = 1
    """How many requests it strikes; null: all, until the faults are cleared."""
    status: int = 503
    retry_after: int | None = None
    """Seconds, for the Retry-After header."""


class Control(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What POST /demo/faults takes; several at once are done in this order."""

    clear: bool = False
    rule: Fault | None = None
    restart: Literal["history", "fresh"] | None = None
    """Cut all connections; "fresh" forgets all former versions, as after a compaction."""


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self.on_change: set[Callable[[], None]] = set()
        """Called after a rule was added: open watches look whether it is for them."""

    @property
    def any(self) -> bool:
        """Whether one is still to strike."""
        return bool(self._rules)

    def add(self, rule: Fault) -> None:
        """Put a rule in force, after the ones already there."""
        self._rules.append(msgspec.structs.replace(rule))
        for call in tuple(self.on_change):
            call()

    def clear(self) -> None:
        """Behave again. Connections already silenced stay so."""
        self._rules.clear()

    def strike_request(self, verb: str, path: str) -> Fault | None:
        """The rule this request meets before it is looked at, used up by one."""
        return self._take(verb, path, _AT_ONCE) if self._rules else None

    def strike_watch(self, path: str) -> Fault | None:
        """The rule an open watch meets, used up by one."""
        return self._take("watch", path, _IN_STREAM) if self._rules else None

    def _take(self, verb: str, path: str, actions: frozenset[Action]) -> Fault | None:
        for rule in self._rules:
            if rule.action in actions and rule.verb in ("*", verb) and fnmatchcase(path, rule.path):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
                return rule
        return None
