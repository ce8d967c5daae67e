"""Writing the log to a file; the one action here that changes a file and not the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.log_export import export, export_field
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.screens.form import FormScreen

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def export_log(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Ask where to, and write the records that the log shows, as many as the session has kept."""
    field = export_field(path.now)
    values = await path.ask(FormScreen(title="Export the log", fields=[field]))
    if values is not None:
        await export_log_to(path, str(values.get("path", field.default)))


async def export_log_to(path: WritePath, file_name: str) -> None:
    """Write those records to a file that is not there yet."""
    records = path.log_records()
    try:
        file = await export(records, file_name)
    except OSError as error:
        path.refuse(f"The log was not exported: {error.strerror or error}.")
    else:
        path.tell(f"{len(records)} records exported to {file}.")
