"""What the picture of the night is drawn from: pending reboots over time, and the first kernels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuredtui.cluster.drift import KernelCount

# Points kept; when there are more, two become one. A night of one change a second has 30,000.
_MOST_POINTS = 4096  # even, so that the one too many is the present

# By pool, how many nodes run each kernel, the newest first.
Kernels = Mapping[str, Sequence["KernelCount"]]


@dataclass(frozen=True, slots=True)
class _Point:
    """From this second on so many nodes waited; None: nobody could see how many."""

    time: float
    pending: int | None


class NightHistory:
    """The night since this console began to look at the cluster.

    Attributes:
        kernels: those that ran when all nodes were known for the first time; None before.
    """

    def __init__(self) -> None:
        self.kernels: Kernels | None = None
        self._points: list[_Point] = []

    @property
    def began(self) -> float | None:
        """Since when there is something to tell, in seconds of the epoch."""
        return self._points[0].time if self._points else None

    def take(self, now: float, pending: int | None) -> None:
        """So many nodes wait for a reboot now; None: it is not seen, the connection is lost.

        Args:
            now: seconds of the epoch.
            pending: how many.
        """
        if self._points and self._points[-1].pending == pending:
            return
        if not self._points and pending is None:
            return
        self._points.append(_Point(now, pending))
        if len(self._points) > _MOST_POINTS:
            pairs = zip(self._points[:-1:2], self._points[1:-1:2], strict=True)
            self._points[:-1] = [
                _Point(one.time, _most(one.pending, next_.pending)) for one, next_ in pairs
            ]

    def columns(self, count: int, now: float) -> list[int | None]:
        """The time from the beginning until now in equal slices, the oldest first.

        Returns:
            For each slice the most nodes that waited in it; None where nobody saw any of it.
        """
        if self.began is None or count <= 0:
            return []
        step = max(now - self.began, 1e-9) / count
        columns: list[int | None] = []
        index, last = 0, self._points[0].pending
        for number in range(1, count + 1):
            end = self.began + step * number if number < count else max(now, self.began)
            seen = [last]
            while index < len(self._points) and self._points[index].time <= end:
                last = self._points[index].pending
                seen.append(last)
                index += 1
            columns.append(_most(*seen))
        return columns


def _most(*seen: int | None) -> int | None:
    return max((value for value in seen if value is not None), default=None)
