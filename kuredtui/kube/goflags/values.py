"""Texts of flags as Go reads them: strconv, time.ParseDuration, and pflag's slices.

All functions raise ValueError with half a sentence ("... is not an integer") for what Go refuses.
"""

from __future__ import annotations

import re

_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNIT_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_LONGEST_SECONDS = (2**63 - 1) / 1e9
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_DECIMAL = re.compile(r"[+-]?\d+", re.ASCII)
_BASED = re.compile(r"[+-]?(0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|0|[1-9][\d_]*)", re.ASCII)
_OCTAL = re.compile(r"^([+-]?)0(?=[\d_])")
_CSV_FIELD = re.compile(r'"((?:[^"]|"")*)"|([^",]*)')


def duration_seconds(text: str) -> float:
    """Seconds from a duration such as `1h30m`, `-1.5s` or `0` (time.ParseDuration)."""
    unsigned = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if unsigned == "0":
        return 0.0
    position = 0
    seconds = 0.0
    for part in _DURATION_PART.finditer(unsigned):
        if part.start() != position:
            break
        seconds += float(part[1]) * _UNIT_SECONDS[part[2]]
        position = part.end()
    if position == 0 or position != len(unsigned) or seconds > _LONGEST_SECONDS:
        raise ValueError(f"{text!r} is not a duration such as 30m, 1h30m or 90s")
    return -seconds if text.startswith("-") else seconds


def boolean(text: str) -> bool:
    """Yes or no (strconv.ParseBool)."""
    if text not in _TRUE | _FALSE:
        raise ValueError(f"{text!r} is neither true nor false")
    return text in _TRUE


def integer(text: str) -> int:
    """A number on the command line: `010` is octal, `0x10` hexadecimal (strconv.ParseInt, base 0)."""
    if not _BASED.fullmatch(text) or "__" in text or text.endswith("_"):
        raise ValueError(f"{text!r} is not an integer")
    return _bounded(int(_OCTAL.sub(r"\g<1>0o", text), 0), text)


def decimal(text: str) -> int:
    """A number in the environment, decimal alone (strconv.Atoi)."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not an integer")
    return _bounded(int(text), text)


def elements(text: str) -> tuple[str, ...]:
    """The elements of a slice: one line of CSV (encoding/csv), none for an empty text."""
    if not text:
        return ()
    line = text.partition("\n")[0].removesuffix("\r")
    found: list[str] = []
    position = 0
    while True:
        field = _CSV_FIELD.match(line, position)
        assert field is not None  # the second alternative matches anything, if only nothing
        found.append(field[2] if field[1] is None else field[1].replace('""', '"'))
        position = field.end()
        if position == len(line):
            return tuple(found)
        if line[position] != ",":
            raise ValueError(f"{text!r} has a quote where a list may not have one")
        position += 1


def _bounded(number: int, text: str) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{text!r} is too large")
    return number
