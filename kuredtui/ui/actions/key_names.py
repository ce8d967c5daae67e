"""Keys as people write them, and not as Textual names them."""

from __future__ import annotations

from textual.keys import format_key

# Words that everybody knows from the keys themselves; Textual would draw a sign for some of them.
_WORDS = {"enter": "enter", "tab": "tab"}


def written(key: str) -> str:
    """`^r` for Textual's `ctrl+r`, `/` for its `slash`."""
    *modifiers, last = key.split("+")
    text = _WORDS.get(last) or format_key(last)
    for modifier in reversed(modifiers):
        text = f"^{text}" if modifier == "ctrl" else f"{modifier}+{text}"
    return text
