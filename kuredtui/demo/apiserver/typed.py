"""Bodies read as the types they name, as Go's decoder does it.

What no field of the type knows is left out and told; a value of another type is an error; times are
written as the API writes them. The types are those of Kubernetes' OpenAPI document, see
tests/support/api_types.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import resources

import msgspec

from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)")
_MICRO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)")
_LAYOUTS = {"time": "2006-01-02T15:04:05Z07:00", "microtime": "2006-01-02T15:04:05.000000Z07:00"}
_PLAIN: dict[str, type] = {"string": str, "integer": int, "boolean": bool}


class TypeMismatch(ValueError):
    """A value that is not of its field's type; the text is what Go says."""


class _Types(msgspec.Struct):
    roots: dict[str, str]
    """apiVersion/kind -> type."""
    types: dict[str, dict[str, str]]
    """type -> field -> `list:X`, `map:X`, a simple kind or a type."""


@cache
def _types() -> _Types:
    raw = resources.files(__package__).joinpath("data", "types.json").read_bytes()
    return msgspec.json.decode(raw, type=_Types)


def read_typed(resource: Resource, sent: JsonObject) -> tuple[JsonObject, list[str]]:
    """An object of a resource, or a patch of one, without unknown fields; and the paths of those.

    Nulls and the directives of strategic merge patches stay. TypeMismatch for a value of another
    type.
    """
    known = _types()
    root = known.roots[f"{resource.api_version}/{resource.kind}"]
    reader = _Reader(known.types)
    body: JsonObject = reader.struct(root, sent, "")
    return body, reader.unknown


class _Reader:
    def __init__(self, types: dict[str, dict[str, str]]) -> None:
        self.unknown: list[str] = []
        self._types = types

    def struct(self, kind: str, value: JsonObject, path: str) -> JsonObject:
        fields = self._types[kind]
        found: JsonObject = {}
        for name, item in value.items():
            at = f"{path}.{name}" if path else name
            if name.startswith("$"):
                found[name] = item
            elif name in fields:
                found[name] = self._value(fields[name], item, kind, at)
            elif item is not None:
                self.unknown.append(at)
        return found

    def _value(self, kind: str, value: object, owner: str, path: str) -> object:
        if value is None or kind == "any":
            return value
        container, _, item_kind = kind.rpartition(":")
        if container == "list" and isinstance(value, list):
            return [
                self._value(item_kind, item, owner, f"{path}[{at}]")
                for at, item in enumerate(value)
            ]
        if container == "map" and isinstance(value, dict):
            return {
                name: item if name.startswith("$") else self._value(item_kind, item, owner, path)
                for name, item in value.items()
            }
        if not container and kind in self._types and isinstance(value, dict):
            return self.struct(kind, value, path)
        if not container and kind in _SCALARS:
            return _SCALARS[kind](kind, value, owner, path)
        raise _mismatch(kind, value, owner, path)


def _plain(kind: str, value: object, owner: str, path: str) -> object:
    if type(value) is not _PLAIN[kind]:
        raise _mismatch(kind, value, owner, path)
    return value


def _quantity(kind: str, value: object, owner: str, path: str) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _mismatch(kind, value, owner, path)


def _time(kind: str, value: object, owner: str, path: str) -> object:
    if not isinstance(value, str):
        raise _mismatch(kind, value, owner, path)
    pattern = _MICRO_TIME if kind == "microtime" else _TIME
    try:
        if not pattern.fullmatch(value):
            raise ValueError(value)
        at = datetime.fromisoformat(value.replace(",", ".")).astimezone(UTC)
    except ValueError as error:
        raise TypeMismatch(f'parsing time "{value}" as "{_LAYOUTS[kind]}": cannot parse') from error
    precision = "microseconds" if kind == "microtime" else "seconds"
    return at.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


_SCALARS: dict[str, Callable[[str, object, str, str], object]] = {
    "string": _plain,
    "integer": _plain,
    "boolean": _plain,
    "quantity": _quantity,
    "time": _time,
    "microtime": _time,
}
_GO_TYPES = {"integer": "int64", "boolean": "bool", "quantity": "resource.Quantity"}
_JSON_TYPES = {str: "string", bool: "bool", dict: "object", list: "array"}


def _mismatch(kind: str, value: object, owner: str, path: str) -> TypeMismatch:
    sent = _JSON_TYPES.get(type(value), "number")
    container, _, item_kind = kind.rpartition(":")
    wanted = _GO_TYPES.get(item_kind, item_kind.removeprefix("V1"))
    prefix = {"list": "[]", "map": "map[string]"}.get(container, "")
    return TypeMismatch(
        f"json: cannot unmarshal {sent} into Go struct field {owner.removeprefix('V1')}.{path} of "
        f"type {prefix}{wanted}"
    )
