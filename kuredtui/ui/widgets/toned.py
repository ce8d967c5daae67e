"""What every widget that draws its own lines shares: toned pieces of text made into strips."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from kuredtui.ui.text import fit
from kuredtui.ui.theme import tones_of
from kuredtui.ui.tones import Piece, Tone


class Toned(Widget):
    """A widget whose lines are made of toned pieces."""

    _ground: Style | None = None

    @property
    def ground(self) -> Style:
        """The widget's own colours from the style sheet, kept: Textual works them out at each call."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def notify_style_update(self) -> None:
        """The style sheet says otherwise now."""
        super().notify_style_update()
        self._ground = None

    def tone_style(self, tone: Tone) -> Style:
        """What a tone looks like here."""
        return tones_of(self.app)[tone]

    def draw(self, pieces: Iterable[Piece], width: int, *, over: Style | None = None) -> Strip:
        """A strip of exactly `width` cells; `over` is laid over every piece (a cursor, say)."""
        tones = tones_of(self.app)
        base = self.ground
        segments: list[Segment] = []
        left = width
        for text, tone in pieces:
            style = base + tones[tone]
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

    def blank(self, width: int) -> Strip:
        """A strip of nothing."""
        return Strip.blank(width, self.ground)
