"""What table rows are made of."""

from __future__ import annotations

from typing import TypeAlias

from kuredtui.demo.apiserver.tables.age import Age
from kuredtui.kube.json import JsonObject

Cells: TypeAlias = list[str | int | bool | Age]


def or_none(text: str | None) -> str:
    """The text, or what tables say for nothing."""
    return text or "<none>"


def format_labels(labels: JsonObject | None) -> str:
    """Labels as k=v, sorted."""
    return or_none(",".join(f"{n}={v}" for n, v in sorted((labels or {}).items())))


def format_selector(selector: JsonObject | None) -> str:
    """A LabelSelector as kubectl would take it on a command line."""
    if not selector:
        return "<none>"
    terms = [f"{n}={v}" for n, v in sorted((selector.get("matchLabels") or {}).items())]
    for expression in selector.get("matchExpressions") or []:
        key, values = expression["key"], ",".join(sorted(expression.get("values") or []))
        match expression["operator"]:
            case "In":
                terms.append(f"{key} in ({values})")
            case "NotIn":
                terms.append(f"{key} notin ({values})")
            case "Exists":
                terms.append(key)
            case _:
                terms.append(f"!{key}")
    return or_none(",".join(terms))
