"""The kinds of flags, and how a dataclass names them.

@dataclass(frozen=True, kw_only=True)
class Flags:
    period: Duration = 3600.0      # --period, a Go duration, in seconds
    concurrency: int = 1           # --concurrency
    reboot_days: Slice = ("mo",)   # --reboot-days
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, TypeAlias, get_args, get_type_hints


class Kind(StrEnum):
    """How a flag's text is read, by the name Go's pflag gives the type."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    DURATION = "duration"
    REGEXP = "regexp"
    SLICE = "stringSlice"
    ARRAY = "stringArray"


class Hidden:
    """A secret text: neither printed nor encoded by accident, and compared by its value.

    Attributes:
        value: the text itself, for the one who needs it.
    """

    __slots__ = ("value",)

    def __init__(self, value: str = "") -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "(set, not shown)" if self.value else "(not set)"


Duration: TypeAlias = Annotated[float, Kind.DURATION]
"""Seconds."""
Regexp: TypeAlias = Annotated[str, Kind.REGEXP]
"""A regular expression of Go's, as its text."""
Slice: TypeAlias = Annotated[tuple[str, ...], Kind.SLICE]
"""Split at commas; a flag given twice appends."""
Array: TypeAlias = Annotated[tuple[str, ...], Kind.ARRAY]
"""One element each time the flag is given."""

_PLAIN: dict[object, Kind] = {
    str: Kind.STRING,
    Hidden: Kind.STRING,
    bool: Kind.BOOL,
    int: Kind.INT,
}


@cache
def flags_of(settings: type) -> Mapping[str, Kind]:
    """The flags that a dataclass names, by their names on the command line.

    Raises:
        TypeError: a field is of no kind of flag.
    """
    kinds = {}
    for field, hint in get_type_hints(settings, include_extras=True).items():
        kind = next((arg for arg in get_args(hint) if isinstance(arg, Kind)), _PLAIN.get(hint))
        if kind is None:
            raise TypeError(f"{settings.__name__}.{field} is of no kind of flag: {hint}")
        kinds[field.replace("_", "-")] = kind
    return MappingProxyType(kinds)
