"""The last line of a screen: its keys."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from kuredtui.ui.theme import Tones
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Tone


def key_line(keys: Iterable[tuple[str, str]], tones: Tones) -> Content:
    """Keys, each with one or two words."""
    line: Line = ((" ", Tone.DIM),)
    for key, label in keys:
        line = (*line, (key, Tone.STRONG), (f" {label}   ", Tone.DIM))
    return content_of([line], tones)
