"""Where an operation is and what it says: the state that readers see, and the records they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Field, Level, Progress
from kuredtui.engine.retry import persist

T = TypeVar("T")

# An engine that could not reach the API server for so long stops: by then others take its operation
# for an orphan (DESIGN 5).
STALE_SECONDS = 120.0

Publish = Callable[[Progress], None]


class Recorder:
    """Phase and detail of one operation, and its voice.

    Attributes:
        phase: where the operation is.
        detail: what is known beyond the phase; "" for nothing.
    """

    def __init__(self, *, node: str, operation: str, publish: Publish) -> None:
        self.phase = Phase.QUEUED
        self.detail = ""
        self.node = node
        self.operation = operation
        self._publish = publish

    def enter(self, phase: Phase, message: str, *, level: Level = "info", **fields: Field) -> None:
        """Go on to a phase."""
        self.phase, self.detail = phase, ""
        self._record(message, level, fields)

    def say(self, message: str, *, level: Level = "info", **fields: Field) -> None:
        """Publish a record."""
        self._record(message, level, fields)

    def _record(self, message: str, level: Level, fields: dict[str, Field]) -> None:
        self._publish(
            Progress(
                message=message,
                level=level,
                node=self.node,
                operation=self.operation,
                phase=self.phase,
                fields=fields,
            )
        )

    def note(self, detail: str, message: str, **fields: Field) -> None:
        """Change the detail, and say so if it is new."""
        if self.detail != detail:
            self.detail = detail
            self._record(message, "info", fields)

    async def persist(
        self, call: Callable[[], Awaitable[T]], what: str, *, patience: float = STALE_SECONDS
    ) -> T:
        """Try again what may work later, and say so each time; see `retry.persist`."""
        return await persist(
            call, what=what, say=lambda text: self.say(text, level="warning"), patience=patience
        )
