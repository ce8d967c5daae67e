"""Stopping an owner that others may take for dead, before it writes once more (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.engine.errors import Stale


class Fence:
    """Lets changes pass as long as the operation's journal was renewed lately.

    Args:
        limit: seconds after which others may take the operation over.
        clock: seconds, those in which the machine sleeps included.
    """

    def __init__(self, *, limit: float, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._limit = limit
        self._renewed_at: float | None = None

    def renewed(self, at: float) -> None:
        """The journal was written by a request that was sent at this time of the clock."""
        self._renewed_at = at

    def lift(self) -> None:
        """There is no journal (any more), so nobody can take anything over."""
        self._renewed_at = None

    def check(self) -> None:
        """Return if a change may be made.

        Raises:
            Stale: it is too long ago that we were seen alive.
        """
        if self._renewed_at is None:
            return
        silent = self.clock() - self._renewed_at
        if silent >= self._limit:
            raise Stale(
                f"This operation could not be renewed for {silent:.0f} s (the network was away, or "
                "this machine slept), so others may have taken it over."
            )
