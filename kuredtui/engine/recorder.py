"""Where an operation is and what it says: the state that readers see, and the records they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Field, Level, Progress
from kuredtui.engine.retry import PATIENCE_SECONDS, persist, uninterrupted
from kuredtui.kube.errors import ApiError, Unreachable, explain

T = TypeVar("T")

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

    async def read(self, call: Callable[[], Awaitable[T]], what: str) -> T:
        """Try again what may work later, and say so each time; see `retry.persist`."""
        return await persist(call, what=what, say=self._warn)

    async def write(
        self, call: Callable[[], Awaitable[T]], what: str, *, patience: float = PATIENCE_SECONDS
    ) -> T:
        """The same for a change, whose requests are not broken off when the operation is stopped."""
        return await persist(
            lambda: uninterrupted(call()), what=what, say=self._warn, patience=patience
        )

    async def attempt(self, call: Callable[[], Awaitable[object]], what: str) -> None:
        """The same for what is only reported when it cannot be done."""
        try:
            await self.write(call, what)
        except (ApiError, Unreachable) as error:
            self._warn(f"Not done: {what}. {explain(error)}")

    def _warn(self, text: str) -> None:
        self.say(text, level="warning")
