"""Asking a node now whether it waits for a reboot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.run_choice import RunChoice

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath

_SAID = {"yes": "waits for a reboot", "no": "needs no reboot", "unknown": "did not tell"}


async def probe(path: WritePath, nodes: Sequence[str], _run: RunChoice) -> None:
    """Ask each, and say what they said; one after the other, since each runs a command on its node."""
    for node in nodes:
        told = await path.session.probe(node)
        said = f"{node} {_SAID[told.state]}{f': {told.detail}' if told.detail else ''}."
        if told.state == "unknown":
            path.refuse(said)
        else:
            path.tell(said)
