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

# A field of the record that says that a node was uncordoned: true after its reboot, false without one.
UNCORDONED = "uncordoned"


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

    Attributes:
        published: how many records there have been.
        wakeup: set with the next one, and then another event's turn.
    """

    def __init__(self, *, size: int = 10_000) -> None:
        self.published = 0
        self.wakeup = asyncio.Event()
        self._records: deque[Progress] = deque(maxlen=size)

    def __len__(self) -> int:
        return len(self._records)

    def records(self) -> list[Progress]:
        """Those that are kept, oldest first."""
        return list(self._records)

    def publish(self, record: Progress) -> None:
        """Add a record."""
        self._records.append(record)
        self.published += 1
        self.wake()

    def wake(self) -> None:
        """Have all readers look again."""
        self.wakeup.set()
        self.wakeup = asyncio.Event()

    def cursor(self) -> Cursor:
        """A place in the stream, before all records kept so far."""
        return Cursor(self)

    async def subscribe(self) -> AsyncIterator[list[Progress]]:
        """All records kept so far, and then the new ones, in batches, for ever; see `Cursor`."""
        cursor = self.cursor()
        while True:
            yield await cursor.next()


class Cursor:
    """How far one reader has read.

    A reader that sleeps through more records than are kept gets a record that says how many it missed.
    """

    def __init__(self, log: ProgressLog) -> None:
        self._log = log
        self._seen = log.published - len(log)

    def fresh(self) -> list[Progress]:
        """What came since the last call; may be nothing."""
        log = self._log
        new = log.published - self._seen
        if not new:
            return []
        kept = log.records()
        missed = new - len(kept)
        self._seen = log.published
        if missed <= 0:
            return kept[-new:]
        said = f"{missed} records are not shown: more came than could be kept."
        return [Progress(message=said, level="warning"), *kept]

    async def next(self) -> list[Progress]:
        """What came since the last call, as soon as there is something."""
        while True:
            wakeup = self._log.wakeup
            if records := self.fresh():
                return records
            await wakeup.wait()
