"""The clipboard of whoever sits at the terminal, by OSC 52: the one way that also goes through SSH.

No terminal answers it, so whether a text arrived is not known and not claimed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

# Bytes of text. Terminals drop a sequence that is longer than they like, in silence; 100,000 bytes in base64
# with its frame is the least that common ones (hterm, and scripts made for it) take.
_MOST = 74_994


def copy(app: App[object], text: str, what: str) -> None:
    """Hand a text to the terminal, and say so; of a very long one, its first lines.

    Args:
        app: the console.
        text: which a terminal may have; see `kuredtui.ui.text.clean`.
        what: the text is, as the end of "Copied ...".
    """
    taken = _beginning(text)
    app.copy_to_clipboard(taken)
    whole = what.removeprefix("all of ")
    said = what if taken == text else f"the beginning of {whole}, as much as terminals take"
    app.notify(
        f"Copied {said}, if {_takers()} (OSC 52); else hold Shift and select it there.",
        markup=False,
    )


def _beginning(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= _MOST:
        return text
    whole, _, _ = encoded[:_MOST].rpartition(b"\n")
    return (whole or encoded[:_MOST]).decode(errors="ignore")


def _takers() -> str:
    """What is between here and the clipboard: tmux keeps it to itself unless it is told otherwise."""
    if "TMUX" in os.environ:
        return "tmux passes it on (set -s set-clipboard on) and your terminal takes it"
    return "your terminal takes it"
