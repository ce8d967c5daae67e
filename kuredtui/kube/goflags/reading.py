"""Flags as pflag parses them, and the environment over them as kured lays it.

The rules are pflag's (v1.0.10) and those of kured's LoadFromEnv (kured 1.23, cmd/kured/main.go): a
variable that is set counts, also when it is empty; one for a slice appends to what the command line
gave; an array is not read from the environment; a bool takes its value after `=` alone. pflag stops
at a flag it does not know; here the reading goes on, so that one new flag does not hide the others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar, cast, get_type_hints

from kuredtui.kube.goflags import values
from kuredtui.kube.goflags.kinds import Hidden, Kind, flags_of
from kuredtui.kube.goflags.words import (
    Text,
    command_line,
    environment,
    may_be_set_by,
    whole_sources,
)
from kuredtui.kube.types import Container

S = TypeVar("S")


class Origin(StrEnum):
    """Where a setting was given."""

    ARGS = "args"
    ENVIRONMENT = "environment"
    BOTH = "args and environment"


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[S]):
    """What a container's program is set to.

    Flags are named as on the command line, without dashes. A flag that is not in `origins` has its
    default.

    Attributes:
        settings: the values, as far as they are known.
        origins: where each flag that is not at its default was given.
        elsewhere: flags whose value is not known here -> where it comes from; in `settings` they
            have what they would have without it.
        sources: where any other flag might have been given, too: what `envFrom` names. Those that a
            ConfigMap may give are in `elsewhere`; a Secret is not taken to hold settings.
        unknown_flags: flags that are not among the settings, with their dashes.
        unread_variables: variables with the program's prefix that it does not read.
        faults: why the program would not start: sentences without secrets.
    """

    settings: S
    origins: Mapping[str, Origin]
    elsewhere: Mapping[str, str]
    sources: tuple[str, ...]
    unknown_flags: tuple[str, ...]
    unread_variables: tuple[str, ...]
    faults: tuple[str, ...]


def read_flags(settings: type[S], container: Container, *, prefix: str) -> Reading[S]:
    """What a program with these flags makes of its container.

    Args:
        settings: a dataclass of flags (see `kinds`), each with its default.
        container: what runs the program.
        prefix: of the variables that lie over flags: `KURED` for `KURED_LOCK_TTL`.
    """
    variables = environment(container)
    reader = _Reader(flags_of(cast("Hashable", settings)))
    reader.read_command_line(command_line(container, variables))
    reader.read_environment(variables, prefix, unseen=partial(may_be_set_by, container))
    return Reading(
        settings=_filled(settings, reader.values),
        origins=reader.origins,
        elsewhere=reader.elsewhere,
        sources=whole_sources(container, prefix=f"{prefix}_"),
        unknown_flags=tuple(dict.fromkeys(reader.unknown_flags)),
        unread_variables=tuple(reader.unread_variables),
        faults=tuple(reader.faults),
    )


Value = str | bool | int | float | tuple[str, ...]


@dataclass
class _Reader:
    """What was read so far."""

    kinds: Mapping[str, Kind]
    values: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    unknown_flags: list[str] = field(default_factory=list)
    unread_variables: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def read_command_line(self, words: Sequence[Text]) -> None:
        """Take in each flag in turn; words that belong to none mean nothing to the program."""
        rest = iter(words)
        for word in rest:
            if word.text == "--":
                return
            if not word.text.startswith("-") or word.text == "-":
                if word.elsewhere:
                    self.unknown_flags.append(f"a word from {word.elsewhere}")
                continue
            self._read_flag(word, rest)

    def _read_flag(self, word: Text, rest: Iterator[Text]) -> None:
        shown, equals, given = word.text.partition("=")
        name = shown.removeprefix("--")
        kind = self.kinds.get(name) if shown.startswith("--") else None
        if kind is None:
            self.unknown_flags.append(shown)
            return
        if equals:
            text: Text | None = Text(given, word.elsewhere)
        elif kind is Kind.BOOL:
            text = Text("true")
        else:
            text = next(rest, None)
        if text is None:
            self.faults.append(f"--{name} has no value.")
            return
        self._set(name, text, Origin.ARGS)

    def read_environment(
        self, variables: Mapping[str, Text], prefix: str, *, unseen: Callable[[str], str]
    ) -> None:
        """Lay the variables over what the command line has set.

        Args:
            variables: the known ones.
            prefix: of those that are meant.
            unseen: where a variable that is not among them may come from all the same; "": from nowhere.
        """
        flags = {f"{prefix}_{name.upper().replace('-', '_')}": name for name in self.kinds}
        for missing in flags.keys() - variables.keys():
            where = unseen(missing)
            if where and self.kinds[flags[missing]] is not Kind.ARRAY:
                self._set(flags[missing], Text("", where), Origin.ENVIRONMENT)
        for variable, text in variables.items():
            name = flags.get(variable)
            if name is not None and self.kinds[name] is not Kind.ARRAY:
                self._set(name, text, Origin.ENVIRONMENT)
            elif variable.startswith(f"{prefix}_"):
                self.unread_variables.append(variable)

    def _set(self, name: str, text: Text, origin: Origin) -> None:
        kind = self.kinds[name]
        if text.elsewhere:
            self.elsewhere[name] = text.elsewhere
            self.origins[name] = origin
            return
        before = self.values.get(name)
        try:
            value = _parse(kind, text.text, origin)
        except ValueError as error:
            self.faults.append(f"--{name}: {error}.")
            return
        if isinstance(value, tuple) and isinstance(before, tuple):
            self.values[name] = (*before, *value)
            self.origins[name] = origin if self.origins[name] is origin else Origin.BOTH
            return
        if not isinstance(value, tuple):
            self.elsewhere.pop(name, None)  # the last one counts
        self.values[name] = value
        self.origins[name] = origin


def _parse(kind: Kind, text: str, origin: Origin) -> Value:
    match kind:
        case Kind.BOOL:
            return values.boolean(text)
        case Kind.INT:
            return values.integer(text) if origin is Origin.ARGS else values.decimal(text)
        case Kind.DURATION:
            return values.duration_seconds(text)
        case Kind.SLICE:
            return values.elements(text)
        case Kind.ARRAY:
            return (text,)
        case _:
            return text


def _filled(settings: type[S], given: Mapping[str, Value]) -> S:
    hints = get_type_hints(settings)
    fields: dict[str, Any] = {}  # Any: each is of its field's type, by the kind it was read as
    for name, value in given.items():
        key = name.replace("-", "_")
        fields[key] = Hidden(cast("str", value)) if hints[key] is Hidden else value
    return settings(**fields)
