"""The running kured's settings as our defaults, so that both obey one policy (DESIGN 4, 6, 7).

What the user set counts before it. What kured has and we do not take from anybody stands outside:
`force-reboot` is no setting of ours but an operator's word for one run; an unset `drain-timeout`, which to
kured means for ever, leaves ours as it is; and the lock's place and room are found with the lock.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from kuredtui.cluster.kured_found import shown
from kuredtui.cluster.kured_settings import KuredSettings, read_kured_settings
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.kube.goflags.reading import Reading
from kuredtui.kube.label_rules import key_fault, parse_labels
from kuredtui.kube.label_selector import parse_selector
from kuredtui.kube.types import DaemonSet

Options = TypeVar("Options", EngineOptions, PolicyOptions, NotifyOptions)

_FOUND_WITH_THE_LOCK = frozenset({"ds_namespace", "ds_name", "lock_annotation", "concurrency"})
_WHOM = ("notify_url", "slack_hook_url", "slack_username", "slack_channel")
_THEIRS = frozenset(field.name for field in fields(KuredSettings)) - _FOUND_WITH_THE_LOCK


@dataclass(frozen=True, kw_only=True)
class Merged(Generic[Options]):
    """Our settings with the running kured's as their defaults.

    Attributes:
        options: those that count.
        differing: where ours count though kured has others, as sentences.
        unusable: settings of kured's that cannot be had, by our name of them -> why, as the end of a
            sentence; in `options` they are ours.
    """

    options: Options
    differing: tuple[str, ...] = ()
    unusable: Mapping[str, str]


def with_kureds(options: Options, reading: Reading[KuredSettings]) -> Merged[Options]:
    """Our settings, with this kured's where the user set none.

    Args:
        options: ours.
        reading: what the kured is set to.
    """
    taken: dict[str, Any] = {}  # Any: each is of its field's type, which is the same on both sides
    differing, unusable = [], {}
    for field in fields(options):
        name, flag = field.name, field.name.replace("_", "-")
        if name not in _THEIRS:
            continue
        ours, theirs = getattr(options, name), getattr(reading.settings, name)
        where = reading.elsewhere.get(flag, "")
        if name == "drain_timeout" and not where and theirs <= 0:
            continue
        if options.is_set(name):
            if not where and theirs != ours:
                differing.append(
                    f"--{flag} is {shown(name, ours)} here, and {shown(name, theirs)} in kured; ours counts."
                )
        elif where:
            unusable[name] = f"comes from {where}, which is not read here"
        elif why := _fault(name, theirs):
            unusable[name] = f"cannot be understood: {why}"
        else:
            taken[name] = max(0.0, theirs) if isinstance(theirs, float) else theirs
    return Merged(options=replace(options, **taken), differing=tuple(differing), unusable=unusable)


def under_kured(options: Options, kured: DaemonSet | None) -> Options:
    """What an operation on a node of this kured does; None: on one without."""
    return with_kureds(options, read_kured_settings(kured)).options if kured else options


def notified_by(options: NotifyOptions, kured: DaemonSet | None) -> NotifyOptions:
    """Who is told of an operation on a node of this kured, and what. The two forms of the URL go together."""
    theirs = under_kured(options, kured)
    if not (options.is_set("notify_url") or options.is_set("slack_hook_url")):
        return theirs
    own = {name: getattr(options, name) for name in _WHOM}
    return replace(theirs, **own)


def differing_lock(options: EngineOptions, settings: KuredSettings) -> tuple[str, ...]:
    """What we are set to of the lock though kured has something else, as sentences."""
    said = []
    if options.lock_annotation not in ("", settings.lock_annotation):
        said.append(
            f"--lock-annotation is {options.lock_annotation} here, and {settings.lock_annotation} in "
            "kured: neither sees the other's lock."
        )
    ours, theirs = options.concurrency, settings.max_owners
    if ours not in (0, theirs):
        which = "ours counts for us" if ours < theirs else "the lower one counts"
        said.append(f"--concurrency is {ours} here, and {theirs} in kured; {which}.")
    return tuple(said)


def _method(text: str) -> None:
    if text not in ("command", "signal"):
        raise ValueError(f"{text!r} is neither command nor signal")


def _taint(key: str) -> None:
    if key and (why := key_fault(key)):
        raise ValueError(why)


# What raises ValueError for a value that we could not work with. The policy's are judged where its hooks
# are made.
_CHECKS: dict[str, Callable[[Any], object]] = {  # Any: of the field's type
    "drain_pod_selector": parse_selector,
    "reboot_method": _method,
    "reboot_command": shlex.split,
    "pre_reboot_node_labels": parse_labels,
    "post_reboot_node_labels": parse_labels,
    "prefer_no_schedule_taint": _taint,
}


def _fault(name: str, value: object) -> str:
    try:
        if (check := _CHECKS.get(name)) is not None:
            check(value)
    except ValueError as error:
        return str(error).rstrip(".")
    return ""
