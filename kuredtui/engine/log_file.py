"""The log file: every progress record as one line of JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuredtui.engine.progress import Progress
from kuredtui.engine.readers import Reader


@asynccontextmanager
async def log_file(path: Path) -> AsyncIterator[Reader]:
    """A reader that appends all it is given to the file.

    Raises:
        OSError: the file cannot be opened, or, from the reader, not be written.
    """
    file = await asyncio.to_thread(path.open, "ab", buffering=0)

    async def append(records: list[Progress]) -> None:
        await asyncio.to_thread(file.write, b"".join(record.json_line() for record in records))

    try:
        yield append
    finally:
        file.close()
