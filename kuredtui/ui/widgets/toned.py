"""What every widget that draws its own lines shares: tones turned into Rich styles by the style sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from kuredtui.ui.text import fit
from kuredtui.ui.tones import TONE_CLASSES, Piece, Tone


class Toned(Widget):
    """A widget whose lines are made of toned pieces."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(TONE_CLASSES)

    def tone_style(self, tone: Tone) -> Style:
        """Colour and weight of a tone, without a background of its own."""
        return self.get_component_rich_style(f"tone--{tone.value}", partial=True)

    def draw(self, pieces: Iterable[Piece], width: int, *, over: Style | None = None) -> Strip:
        """A strip of exactly `width` cells; `over` is laid over every piece (a cursor, say)."""
        base = self.rich_style
        segments: list[Segment] = []
        left = width
        for text, tone in pieces:
            style = base + self.tone_style(tone)
            segment = Segment(text, style + over if over else style)
            if segment.cell_length > left:
                segment = Segment(fit(text, left), segment.style)
            segments.append(segment)
            left -= segment.cell_length
            if left <= 0:
                break
        if left > 0:
            segments.append(Segment(" " * left, base + over if over else base))
        return Strip(segments, width)
