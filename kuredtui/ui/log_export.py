"""The log of this session, written to a file that is not there yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kuredtui.ui.form_fields import FormField
from kuredtui.ui.log_view import export_text

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress


def export_field(now: float) -> FormField:
    """The field that asks for the file; `now` in seconds of the epoch."""
    name = f"kuredtui-{datetime.fromtimestamp(now):%Y%m%d-%H%M%S}.log"
    return FormField(
        name="path",
        label="file",
        help="What the log shows now goes there; a name that ends in .jsonl makes it JSON lines.",
        value=name,
        default=name,
        parse=_path,
        wide=True,
    )


async def export(records: Sequence[Progress], path: str) -> Path:
    """Write the records. Returns the file's whole path.

    Raises:
        OSError: it cannot be written, or is there already.
    """
    text = export_text(records, as_json=path.endswith(".jsonl"))
    return await asyncio.to_thread(_write, path, text)


def _write(path: str, text: str) -> Path:
    file = Path(path).expanduser().absolute()
    with file.open("x", encoding="utf-8") as opened:
        opened.write(text)
    return file


def _path(text: str) -> str:
    if not text:
        raise ValueError("a file's name")
    return text
