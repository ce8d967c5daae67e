"""The log file: every progress record as one line of JSON."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kuredtui.engine.progress import ProgressLog


async def write_log_file(path: Path, log: ProgressLog) -> None:
    """Append all records of the log to the file until cancelled.

    Raises:
        OSError: the file cannot be written.
    """
    file = await asyncio.to_thread(path.open, "ab")
    try:
        async for records in log.subscribe():
            await asyncio.to_thread(file.write, b"".join(item.json_line() for item in records))
            await asyncio.to_thread(file.flush)
    finally:
        file.close()
