"""The options of one run as fields of a form, each with what counts unless it is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, get_args

from kuredtui.cluster.hook_names import FORCE_REBOOT, OVERRIDABLE
from kuredtui.cluster.kured_found import shown
from kuredtui.engine.options import RebootMethod
from kuredtui.kube.label_selector import parse_selector
from kuredtui.settings import parse_duration
from kuredtui.ui.form_fields import YES_NO, FormField, Value, of_choices, whole_number, yes_no
from kuredtui.ui.run_choice import RunChoice

if TYPE_CHECKING:
    from kuredtui.engine.options import EngineOptions


class _Option(NamedTuple):
    name: str
    help: str
    parse: Callable[[str], Value]
    choices: tuple[str, ...] = ()


def _selector(text: str) -> str:
    parse_selector(text)
    return text


_METHODS: tuple[str, ...] = get_args(RebootMethod)

_DRAIN = (
    _Option(
        "drain_grace_period",
        "Seconds each pod gets to end; below 0: its own; 0 kills at once.",
        whole_number(),
    ),
    _Option("drain_timeout", "A drain that takes longer has failed; 0: no end.", parse_duration),
    _Option(
        "evict_uncontrolled",
        "Evict pods that no controller brings back: they are gone for good (kubectl's --force).",
        yes_no,
        YES_NO,
    ),
    _Option(
        "delete_emptydir_data",
        "Evict pods although the data in their emptyDirs is lost.",
        yes_no,
        YES_NO,
    ),
    _Option(
        "disable_eviction",
        "Delete pods instead of evicting them: no budget is asked.",
        yes_no,
        YES_NO,
    ),
    _Option(
        "skip_wait_for_delete_timeout",
        "Do not wait for pods deleted more seconds ago; 0: wait for all.",
        whole_number(0),
    ),
    _Option("drain_pod_selector", "Evict only pods with these labels; empty: all.", _selector),
)
_REBOOT = (
    _Option(
        "reboot_method",
        "How the node is told to reboot; manual: by somebody else.",
        of_choices(_METHODS),
        _METHODS,
    ),
    _Option("reboot_delay", "Wait between drain and reboot.", parse_duration),
    _Option(
        "reboot_timeout", "A node that is not back by then has failed; 0: no end.", parse_duration
    ),
)
_OVERRIDES = {
    FORCE_REBOOT: "Reboot although the drain did not end. It is journaled with your name.",
    "time-window": "Do not wait for the reboot window.",
    "blocking-pods": "Do not wait for pods that block reboots.",
    "alerts": "Do not wait until alerts are over.",
    "other-hands": "Do not wait for others at work on the node.",
}


def run_fields(options: EngineOptions, run: RunChoice, *, reboots: bool) -> list[FormField]:
    """The fields.

    Args:
        options: what counts without any choice.
        run: what is chosen so far.
        reboots: whether the run reboots, rather than only drains.
    """
    fields = [_field(option, options, run) for option in (*_DRAIN, *(_REBOOT if reboots else ()))]
    if reboots:
        fields += [_override(name, run) for name in OVERRIDABLE]
    return fields


def run_choice(values: Mapping[str, Value]) -> RunChoice:
    """The choice that a filled-in form comes to: the fields that differ from their defaults."""
    return RunChoice(
        changes={name: value for name, value in values.items() if name not in OVERRIDABLE},
        override=tuple(name for name in OVERRIDABLE if values.get(name)),
    )


def _field(option: _Option, options: EngineOptions, run: RunChoice) -> FormField:
    default: Value = getattr(options, option.name)
    value = run.changes.get(option.name, default)
    return FormField(
        name=option.name,
        label=option.name.replace("_", "-"),
        help=option.help,
        value=_text(option, value),
        default=_text(option, default),
        parse=option.parse,
        choices=option.choices,
    )


def _override(name: str, run: RunChoice) -> FormField:
    return FormField(
        name=name,
        label=f"override {name}" if name != FORCE_REBOOT else name,
        help=_OVERRIDES[name],
        value="yes" if name in run.override else "no",
        default="no",
        parse=yes_no,
        choices=YES_NO,
    )


def _text(option: _Option, value: Value) -> str:
    """The value as one types it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
        case float():
            return shown(option.name, value)
