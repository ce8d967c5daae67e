"""Toned lines for Textual's own widgets, which take content instead of strips."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from kuredtui.ui.theme import Tones
from kuredtui.ui.tones import Line


def content_of(lines: Sequence[Line], tones: Tones) -> Content:
    """Toned lines as Textual's content; nothing in them is read as markup."""
    pieces: list[str | tuple[str, Style]] = []
    for number, line in enumerate(lines):
        if number:
            pieces.append("\n")
        pieces += [(text, Style.from_rich_style(tones[tone])) for text, tone in line]
    return Content.assemble(*pieces)
