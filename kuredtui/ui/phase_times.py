"""When each operation entered each of its phases, as the stream of records tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress

# Operations that are remembered; the oldest are forgotten first.
_MOST = 1000


class Step(NamedTuple):
    """A phase, and when it began."""

    phase: str
    began: datetime


class PhaseTimes:
    """Reads records; belongs to one screen."""

    def __init__(self) -> None:
        self._steps: dict[str, list[Step]] = {}

    def take(self, records: Iterable[Progress]) -> None:
        """Take in records, oldest first."""
        for record in records:
            if not record.operation or not record.phase:
                continue
            steps = self._steps.setdefault(record.operation, [])
            if not steps or steps[-1].phase != record.phase:
                steps.append(Step(record.phase, record.time))
        while len(self._steps) > _MOST:
            del self._steps[next(iter(self._steps))]

    def of(self, operation: str) -> list[Step]:
        """The steps of an operation so far, in their order."""
        return self._steps.get(operation, [])
