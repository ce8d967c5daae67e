"""How a rollout goes about its nodes, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from kuredtui.cluster.kured_found import shown
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.rollout_order import PoolOrder
from kuredtui.settings import parse_duration
from kuredtui.ui.form_fields import YES_NO, FormField, Value, of_choices, whole_number, yes_no

_POOLS = tuple(order.value for order in PoolOrder)


def rollout_fields(default: RolloutOptions, present: RolloutOptions) -> list[FormField]:
    """The fields: what is chosen so far, and what counts unless it is changed."""

    def field(name: str, label: str, help_: str, **kind: object) -> FormField:
        return FormField(
            name=name,
            label=label,
            help=help_,
            value=_text(name, getattr(present, name)),
            default=_text(name, getattr(default, name)),
            **kind,  # type: ignore[arg-type]  # parse and choices
        )

    return [
        field(
            "concurrency",
            "at a time",
            "Nodes at work at once; the lock may allow fewer.",
            parse=whole_number(1),
        ),
        field(
            "pools",
            "pools",
            "One pool after the other, or one node of each in turns.",
            parse=of_choices(_POOLS),
            choices=_POOLS,
        ),
        field(
            "separate_domains",
            "zones apart",
            "Never two nodes of one zone at once.",
            parse=yes_no,
            choices=YES_NO,
        ),
        field("soak", "rest", "Wait so long after each node, such as 5m.", parse=parse_duration),
        field(
            "stop_after",
            "stop after failed",
            "So many failed nodes stop it; 0: none do. One that does not come back always does.",
            parse=whole_number(0),
        ),
        field(
            "max_not_ready",
            "others not ready",
            "It waits while more nodes than that, beside those at work, are not Ready.",
            parse=whole_number(0),
        ),
    ]


def rollout_options(default: RolloutOptions, values: Mapping[str, Value]) -> RolloutOptions:
    """The options that a filled-in form comes to."""
    known = {item.name for item in fields(default)}
    changes: dict[str, object] = {name: value for name, value in values.items() if name in known}
    if "pools" in changes:
        changes["pools"] = PoolOrder(str(changes["pools"]))
    return replace(default, **changes)  # type: ignore[arg-type]  # as parsed


def _text(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return shown(name, value)
        case _:
            return str(value)
