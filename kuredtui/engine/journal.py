"""What the journal of an operation holds: enough for another engine to finish or undo it (DESIGN 5).

It stands on the node itself. A journal that cannot be read, also one from a newer version of this
program, is nobody's to overwrite.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import get_args

import msgspec

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.policy import Override
from kuredtui.engine.errors import TakenOver
from kuredtui.engine.options import EngineOptions, RebootMethod
from kuredtui.engine.phases import Goal, Phase
from kuredtui.kube.goflags.values import elements
from kuredtui.kube.label_rules import parse_labels

OptionValue = str | float | int | bool

# The settings with which a resume goes on as it began. What a privileged pod runs, and which pods are
# spared, is not among them: the journal is text that whoever may annotate a node can write.
_CARRIED_OPTIONS = (
    "drain_timeout",
    "drain_grace_period",
    "drain_delay",
    "evict_uncontrolled",
    "delete_emptydir_data",
    "reboot_method",
    "reboot_delay",
    "reboot_timeout",
    "reboot_start_timeout",
    "lock_ttl",
    "lock_release_delay",
    "pre_reboot_node_labels",
    "post_reboot_node_labels",
    "prefer_no_schedule_taint",
    "annotate_nodes",
)


class JournalLock(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which lock was taken: where it lives, and what tells this taking from others."""

    kind: str
    namespace: str
    name: str
    annotation: str
    created: str


class JournalPod(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The reboot pod; its UID is "" until the API server has answered."""

    namespace: str
    name: str
    uid: str = ""


class Journal(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One operation.

    Attributes:
        id: the operation's.
        epoch: raised by whoever takes the operation over.
        owner: who runs it, `user@host`.
        started_at, renewed_at: by the owner's clock.
        goal: what it is for.
        phase: where it is, or is about to be.
        node_uid: of the node object it began with.
        boot_id_before: of the boot it began with.
        unschedulable_before: whether the node was cordoned before; final once `cordoned`.
        cordoned: whether the operation has the node cordoned, by its own hand or as it found it. It
            changes in the same write as the cordon itself.
        found_drained: it began on a node that was left drained, and undone it leaves it so.
        lock: the lock it took or is about to take; None before.
        reboot_pod: the pod that reboots the node; None before.
        failed: why it stands still though it is not over; "" while it goes on.
        overrides: what was set aside for it.
        options: the settings that matter to a resume, by kured's names.
    """

    id: str
    epoch: int = 1
    owner: str
    started_at: datetime
    renewed_at: datetime
    goal: Goal
    phase: Phase
    node_uid: str = msgspec.field(name="nodeUID")
    boot_id_before: str = msgspec.field(name="bootIDBefore")
    unschedulable_before: bool
    cordoned: bool = False
    found_drained: bool = False
    lock: JournalLock | None = None
    reboot_pod: JournalPod | None = None
    failed: str = ""
    overrides: tuple[Override, ...] = ()
    options: dict[str, OptionValue] = msgspec.field(default_factory=dict)

    @property
    def ours_to_uncordon(self) -> bool:
        """Whether the node is cordoned because of the operation, and not as it was found."""
        return self.cordoned and not self.unschedulable_before

    def text(self) -> str:
        """As it stands in the annotation."""
        return msgspec.json.encode(self).decode()


_decoder = msgspec.json.Decoder(Journal)


def read_journal(text: str) -> Journal:
    """The journal in an annotation's text.

    Raises:
        TakenOver: it cannot be read, so it is not ours to touch.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        raise TakenOver(UNREADABLE_JOURNAL) from None


UNREADABLE_JOURNAL = (
    "The node carries a journal that cannot be read; a newer version of this program may have written "
    f"it. Look at the node's annotation {OPERATION_ANNOTATION}; if no operation runs, remove it, and "
    "look whether the node is left cordoned and its lock is left held."
)


def carried(options: EngineOptions) -> dict[str, OptionValue]:
    """The settings that go into a journal."""
    return {name.replace("_", "-"): _written(getattr(options, name)) for name in _CARRIED_OPTIONS}


def as_begun(options: EngineOptions, journal: Journal) -> EngineOptions:
    """Our own settings, with those that the journal carries in their place.

    A value of another type than ours is left out: nobody of us wrote it.
    """
    found = {
        field.name: value
        for field in fields(options)
        if field.name in _CARRIED_OPTIONS
        and (text := journal.options.get(field.name.replace("_", "-"))) is not None
        and (value := _read(text, getattr(options, field.name))) is not None
    }
    if found.get("reboot_method") not in get_args(RebootMethod):
        found.pop("reboot_method", None)
    given = options.given | found.keys()  # no other kured's settings count in their place
    return replace(options, **found, given=given)  # type: ignore[arg-type]  # each of its field's own type


def _written(value: OptionValue | tuple[str, ...]) -> OptionValue:
    """A setting as the journal holds it: of several labels a list at commas, as kured takes them."""
    return ",".join(value) if isinstance(value, tuple) else value


def _read(value: OptionValue, ours: object) -> OptionValue | tuple[str, ...] | None:
    """A setting from the journal, if it is of the kind of ours."""
    if isinstance(ours, tuple):
        return _labels(value) if isinstance(value, str) else None
    if isinstance(ours, float) and type(value) is int:
        return value
    return value if type(value) is type(ours) else None


def _labels(text: str) -> tuple[str, ...] | None:
    try:
        labels = elements(text)
        parse_labels(labels)
    except ValueError:
        return None
    return labels
