"""Readers of the stream of records that work beside it: a log file, events, notifications.

They never slow the stream down, and they are given time to say the last things when it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias

from kuredtui.engine.progress import Progress, ProgressLog

Reader: TypeAlias = Callable[[list[Progress]], Awaitable[None]]

# A person who quits does not want to wait for longer.
GRACE_SECONDS = 3.0


@asynccontextmanager
async def reading(
    log: ProgressLog, readers: Iterable[Reader], *, grace: float = GRACE_SECONDS
) -> AsyncIterator[None]:
    """Have all records of the log read, those of this context's last moment included.

    Args:
        log: the stream.
        readers: each is given every record once, in order and in batches, one batch at a time.
        grace: seconds the readers may take for what is left when the context ends.

    Raises:
        ExceptionGroup: of a reader's failure, which ends the context's body.
    """
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_read(log, reader, ended)) for reader in readers]
        try:
            yield
        finally:
            ended.set()
            log.wake()
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=grace)
                for task in late:
                    task.cancel()


async def _read(log: ProgressLog, reader: Reader, ended: asyncio.Event) -> None:
    """Read what is there and what comes, until the end."""
    cursor = log.cursor()
    while True:
        wakeup = log.wakeup
        if records := cursor.fresh():
            await reader(records)
        elif ended.is_set():
            return
        else:
            await wakeup.wait()
