"""The hook that keeps reboots to their time of the week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.time_window import TimeWindow


def _now() -> datetime:
    return datetime.now(UTC)


class WindowHook:
    """Go while the window is open, by this machine's clock.

    Args:
        window: when.
        now: the clock.
    """

    name = HookName.TIME_WINDOW

    def __init__(self, window: TimeWindow, *, now: Callable[[], datetime] = _now) -> None:
        self._window = window
        self._now = now
        self._last: tuple[datetime, Answer] | None = None

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`."""
        return self.glance(node)

    async def look(self, node: NodeRecord) -> None:
        """See `Hook`; there is a clock."""

    def glance(self, node: NodeRecord) -> Answer:
        """See `Hook`; a window begins and ends with a second, so an answer holds for the rest of one."""
        now = self._now().replace(microsecond=0)
        if self._last is None or self._last[0] != now:
            self._last = now, self._answer(now)
        return self._last[1]

    def _answer(self, now: datetime) -> Answer:
        if self._window.contains(now):
            return Answer(hook=self.name)
        opens = self._window.opens_at(now)
        when = "It never opens."
        if opens is not None:
            when = f"It opens on {opens.astimezone(self._window.zone):%a %Y-%m-%d %H:%M %Z}."
        described = self._window.describe()
        return Answer(
            hook=self.name,
            reason=f"The reboot window, {described}, is closed. {when}",
            opens_at=opens,
            facts={"window": described},
        )
