"""What an operator may override in a run, by name."""

from __future__ import annotations

from enum import StrEnum


class HookName(StrEnum):
    """The hooks, by the names under which an operator overrides them."""

    TIME_WINDOW = "time-window"
    BLOCKING_PODS = "blocking-pods"
    ALERTS = "alerts"
    OTHER_HANDS = "other-hands"


# Not a hook, but given and journaled like the override of one: reboot although the drain did not finish.
FORCE_REBOOT = "force-reboot"

OVERRIDABLE: tuple[str, ...] = (*HookName, FORCE_REBOOT)
