"""Bodies read as the types they name, as Go's decoder does it.

What no field of the type knows is left out and told; a value of another type is an error; times are
written as the API writes them. The types are those of Kubernetes' OpenAPI document, see
tests/support/api_types.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import msgspec

from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

_TIMES = {
    "seconds": (
        re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)"),
        "2006-01-02T15:04:05Z07:00",
    ),
    "microseconds": (
        re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)"),
        "2006-01-02T15:04:05.000000Z07:00",
    ),
}
"""Precision -> what Go parses with this layout."""


class TypeMismatch(ValueError):
    """A value that is not of its field's type; the text is what Go says."""


class _Data(msgspec.Struct):
    roots: dict[str, str]
    """apiVersion/kind -> type."""
    types: dict[str, dict[str, str]]
    """type -> field -> `list:X`, `map:X`, a simple kind or a type."""


class _Kind(NamedTuple):
    """Of a field: "list", "map" or "", what it is or holds, and how to read that if it is simple."""

    container: str
    item: str
    read: Callable[[object], object] | None


@dataclass(frozen=True)
class _Types:
    roots: Mapping[str, str]
    fields: Mapping[str, Mapping[str, _Kind]]


@cache
def _types() -> _Types:
    raw = resources.files(__package__).joinpath("data", "types.json").read_bytes()
    data = msgspec.json.decode(raw, type=_Data)
    fields = {
        name: {field: _kind(text) for field, text in fields.items()}
        for name, fields in data.types.items()
    }
    return _Types(data.roots, fields)


def _kind(text: str) -> _Kind:
    container, _, item = text.rpartition(":")
    return _Kind(container, item, _SIMPLE.get(item))


def read_typed(resource: Resource, sent: JsonObject) -> tuple[JsonObject, list[str]]:
    """An object of a resource, or a patch of one, without unknown fields; and the paths of those.

    Nulls and the directives of strategic merge patches stay. TypeMismatch for a value of another
    type.
    """
    types = _types()
    reader = _Reader(types.fields)
    root = types.roots[f"{resource.api_version}/{resource.kind}"]
    return reader.struct(root, sent, ""), reader.unknown


class _Reader:
    def __init__(self, types: Mapping[str, Mapping[str, _Kind]]) -> None:
        self.unknown: list[str] = []
        self._types = types

    def struct(self, name: str, value: JsonObject, path: str) -> JsonObject:
        fields = self._types[name]
        found: JsonObject = {}
        for field, item in value.items():
            kind = fields.get(field)
            if kind is not None and item is not None:
                found[field] = self._field(kind, item, name, f"{path}.{field}" if path else field)
            elif kind is not None or field.startswith("$"):
                found[field] = item
            elif item is not None:
                self.unknown.append(f"{path}.{field}" if path else field)
        return found

    def _field(self, kind: _Kind, value: object, owner: str, path: str) -> object:
        try:
            if kind.container == "list" and isinstance(value, list):
                return [self._item(kind, item, f"{path}[{at}]") for at, item in enumerate(value)]
            if kind.container == "map" and isinstance(value, dict):
                return {
                    name: item if name.startswith("$") else self._item(kind, item, path)
                    for name, item in value.items()
                }
            if not kind.container:
                return self._item(kind, value, path)
        except _OtherType:
            pass
        raise _mismatch(kind, value, owner, path)

    def _item(self, kind: _Kind, value: object, path: str) -> object:
        if value is None:
            return None
        if kind.read is not None:
            return kind.read(value)
        if isinstance(value, dict):
            return self.struct(kind.item, value, path)
        raise _OtherType


class _OtherType(Exception):
    """A value is not of the type that is wanted."""


def _string(value: object) -> object:
    if not isinstance(value, str):
        raise _OtherType
    return value


def _integer(value: object) -> object:
    if type(value) is not int:  # a bool is one, too
        raise _OtherType
    return value


def _boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise _OtherType
    return value


def _quantity(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _OtherType
    return str(value)


def _any(value: object) -> object:
    return value


def _time(value: object) -> object:
    if not isinstance(value, str):
        raise _OtherType
    return _canonical_time(value, "seconds")


def _micro_time(value: object) -> object:
    if not isinstance(value, str):
        raise _OtherType
    return _canonical_time(value, "microseconds")


@lru_cache(maxsize=4096)  # heartbeats of many nodes are of the same second
def _canonical_time(text: str, precision: str) -> str:
    pattern, layout = _TIMES[precision]
    try:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(text.replace(",", ".")).astimezone(UTC)
    except ValueError as error:
        raise TypeMismatch(f'parsing time "{text}" as "{layout}": cannot parse') from error
    return at.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


_SIMPLE: dict[str, Callable[[object], object]] = {
    "any": _any,
    "boolean": _boolean,
    "integer": _integer,
    "microtime": _micro_time,
    "quantity": _quantity,
    "string": _string,
    "time": _time,
}
_GO_TYPES = {"integer": "int64", "boolean": "bool", "quantity": "resource.Quantity"}
_JSON_TYPES = {str: "string", bool: "bool", dict: "object", list: "array"}


def _mismatch(kind: _Kind, value: object, owner: str, path: str) -> TypeMismatch:
    sent = _JSON_TYPES.get(type(value), "number")
    wanted = _GO_TYPES.get(kind.item, kind.item.removeprefix("V1"))
    prefix = {"list": "[]", "map": "map[string]"}.get(kind.container, "")
    return TypeMismatch(
        f"json: cannot unmarshal {sent} into Go struct field {owner.removeprefix('V1')}.{path} of "
        f"type {prefix}{wanted}"
    )
