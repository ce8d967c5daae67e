"""The steps of an operation, by what it is for, and how far it is as a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.bars import bar

if TYPE_CHECKING:
    from kuredtui.engine.drain_state import DrainState

# The phases of `kuredtui.engine.phases`, which nobody should wait for before the first paint. Before the
# first of them an operation is queued; how many there are of a rollback depends on what was done.
REBOOT_STEPS = (
    "waiting",
    "locking",
    "cordoning",
    "draining",
    "rebooting",
    "returning",
    "uncordoning",
    "releasing",
)
_STEPS = {
    "reboot": REBOOT_STEPS,
    "drain": ("waiting", "locking", "cordoning", "draining", "releasing"),
}
_WIDTH = 8
_SHORT = 4  # shorter bars tell nothing
# Steps look otherwise than pods, so that a bar that begins anew with the drain does not seem to go back.
_DONE, _TO_COME = "━", "─"


def operation_bar(
    phase: str, *, goal: str, drain: DrainState | None = None, room: int = _WIDTH
) -> str:
    """How far an operation is: while it drains, the pods that are gone; else, the steps that are done.

    Args:
        phase: where it is.
        goal: what it is for.
        drain: how far its drain is, where that is known.
        room: cells there are for it.

    Returns:
        A bar; "" where nothing is known to draw one by, or there is no room.
    """
    width = min(room, _WIDTH)
    if width < _SHORT:
        return ""
    if phase == "draining" and drain is not None and drain.total:
        return bar(drain.gone, drain.total, width)
    steps = _STEPS.get(goal, ())
    if phase not in steps:
        return ""
    return bar(steps.index(phase), len(steps), width, full=_DONE, empty=_TO_COME)
