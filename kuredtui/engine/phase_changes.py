"""Telling, from the stream of records, when an operation goes on to another phase."""

from __future__ import annotations

from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Progress


class PhaseChanges:
    """Remembers the phase of each operation, for as long as it runs."""

    def __init__(self) -> None:
        self._phases: dict[str, str] = {}

    def entered(self, record: Progress) -> Phase | None:
        """The phase that the record is the first of; None for any other record.

        To be asked of every record, in order.
        """
        if not record.operation or not record.phase:
            return None
        phase = Phase(record.phase)
        before = self._phases.get(record.operation)
        if phase.finished:
            self._phases.pop(record.operation, None)
        else:
            self._phases[record.operation] = phase
        return phase if phase != before else None
