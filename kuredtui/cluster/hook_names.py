"""What an operator may override in a run, by name."""

from __future__ import annotations

from enum import StrEnum


class HookName(StrEnum):
    """The hooks, by the names under which an operator overrides them."""

    TIME_WINDOW = "time-window"
    BLOCKING_PODS = "blocking-pods"
    ALERTS = "alerts"
    OTHER_HANDS = "other-hands"


# Those that hold one node back and may let another go; the others speak of all nodes alike.
OF_ONE_NODE = frozenset({HookName.BLOCKING_PODS, HookName.OTHER_HANDS})

# Not a hook, but given and journaled like the override of one: reboot although the drain did not finish.
FORCE_REBOOT = "force-reboot"

OVERRIDABLE: tuple[str, ...] = (*HookName, FORCE_REBOOT)
