"""What happens, as records: the one stream that the screen, the log file and the tests read.

A record is written for every step of an operation, and for what happens to nodes by itself. Readers
never slow a writer down: the log keeps the newest records in a ring, and each reader asks for what came
after the last one it saw.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Literal

import msgspec

Level = Literal["debug", "info", "warning", "error"]
Field = str | int | float | bool | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    Attributes:
        time: when, by this machine's clock, UTC.
        level: how grave.
        message: one sentence; may hold text from the cluster.
        node: the node's name; "" for none.
        operation: the operation's id; "" for none.
        phase: the operation's phase; "" for none.
        fields: facts for programs.
    """

    message: str
    level: Level = "info"
    node: str = ""
    operation: str = ""
    phase: str = ""
    fields: dict[str, Field] = msgspec.field(default_factory=dict)
    time: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))

    def json_line(self) -> bytes:
        """The record as one line of JSON, newline included."""
        return msgspec.json.encode(self) + b"\n"


class ProgressLog:
    """The newest records, and a way to wait for more. Belongs to one event loop.

    Args:
        size: how many records are kept.
    """

    def __init__(self, *, size: int = 10_000) -> None:
        self._records: deque[Progress] = deque(maxlen=size)
        self._published = 0
        self._wakeup = asyncio.Event()

    def __len__(self) -> int:
        return len(self._records)

    def records(self) -> list[Progress]:
        """Those that are kept, oldest first."""
        return list(self._records)

    def publish(self, record: Progress) -> None:
        """Add a record."""
        self._records.append(record)
        self._published += 1
        self._wakeup.set()
        self._wakeup = asyncio.Event()

    async def subscribe(self) -> AsyncIterator[list[Progress]]:
        """All records kept so far, and then the new ones, in batches, for ever.

        A reader that sleeps through more records than are kept gets a record that says how many it
        missed.
        """
        seen = self._published - len(self._records)
        while True:
            wakeup = self._wakeup
            if seen < self._published:
                missed = self._published - len(self._records) - seen
                fresh = list(self._records)[max(0, -missed) :]
                if missed > 0:
                    said = f"{missed} records are not shown: more came than could be kept."
                    fresh.insert(0, Progress(message=said, level="warning"))
                seen = self._published
                yield fresh
                continue
            await wakeup.wait()
