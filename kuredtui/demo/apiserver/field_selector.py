"""Field selectors, parsed as k8s.io/apimachinery/pkg/fields does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.resources import Resource

Requirement = Callable[[Mapping[str, str]], bool]

_SEPARATOR = re.compile(r"(?<!\\),")
_TERM = re.compile(r"(?P<field>[^=!]*?)(?P<operator>!=|==|=)(?P<value>.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_field_selector(text: str, resource: Resource) -> Requirement | None:
    """A predicate over `Entry.fields`, None when everything matches.

    Text that is none, and fields this resource does not select by, are 400 `Failure`s.
    """
    wanted: dict[str, str] = {}
    unwanted: list[tuple[str, str]] = []
    for term in _SEPARATOR.split(text):
        if not term:
            continue
        match = _TERM.fullmatch(term)
        if match is None:
            raise Failure(400, f"invalid selector: '{text}'; can't understand '{term}'")
        name = match["field"]
        if name not in resource.fields:
            raise Failure(400, _not_selectable(resource, name))
        value = _ESCAPED.sub(r"\1", match["value"])
        if match["operator"] == "!=":
            unwanted.append((name, value))
        elif wanted.setdefault(name, value) != value:
            return lambda fields: False
    if not wanted and not unwanted:
        return None
    return lambda fields: (
        all(fields.get(n) == v for n, v in wanted.items())
        and all(fields.get(n) != v for n, v in unwanted)
    )


def _not_selectable(resource: Resource, field: str) -> str:
    """Types with field labels of their own say it in their own way."""
    if resource.group in ("", "events.k8s.io"):
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'
