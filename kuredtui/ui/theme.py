"""The colours: a quiet, dark ground on which only what matters stands out.

Textual's theme is for the style sheet, the Rich styles are for widgets that draw their own lines; both are
made of the same names here. The greys are nearly without hue on purpose: with less than 15 % saturation
a terminal of 256 colours shows them as greys, where a bluish one would become navy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

from kuredtui.ui.tones import Tone

_BACKGROUND = "#16181c"
_FOREGROUND = "#cdd9e5"
_QUIET = "#858d98"
_BLUE = "#6cb6ff"
_GREEN = "#7fc98a"
_YELLOW = "#e6b450"
_ORANGE = "#e0935a"
_RED = "#ff7b72"
_CURSOR = "#30507c"
_CURSOR_AWAY = "#2e3238"
_RULE = "#3c424c"

THEME = Theme(
    name="kuredtui",
    dark=True,
    primary=_BLUE,
    secondary=_GREEN,
    accent=_BLUE,
    foreground=_FOREGROUND,
    background=_BACKGROUND,
    surface="#1d2026",
    panel="#25292f",
    success=_GREEN,
    warning=_YELLOW,
    error=_RED,
    variables={
        "quiet": _QUIET,
        "scrollbar": _RULE,
        "scrollbar-hover": "#545b66",
        "scrollbar-active": _BLUE,
        "scrollbar-background": _BACKGROUND,
        "scrollbar-background-hover": _BACKGROUND,
        "scrollbar-background-active": _BACKGROUND,
        "border": _BLUE,
        "border-blurred": _RULE,
        "input-cursor-background": _BLUE,
        "input-selection-background": _CURSOR,
    },
)

_TONES = {
    Tone.BAD: Style(color=_RED, bold=True),
    Tone.HELD: Style(color=_ORANGE),
    Tone.WAIT: Style(color=_YELLOW),
    Tone.BUSY: Style(color=_BLUE),
    Tone.GOOD: Style(color=_GREEN),
    Tone.PLAIN: Style(color=_FOREGROUND),
    Tone.DIM: Style(color=_QUIET),
    Tone.STRONG: Style(color=_FOREGROUND, bold=True),
    Tone.MARK: Style(color=_BACKGROUND, bgcolor=_YELLOW, bold=True),
    Tone.HEADING: Style(color=_QUIET, bold=True),
    Tone.LIT: Style(color=_BLUE, bold=True),
    Tone.CURSOR: Style(bgcolor=_CURSOR, bold=True),
    Tone.CURSOR_AWAY: Style(bgcolor=_CURSOR_AWAY),
}
# Where there are no colours, reverse video does what a background did.
_TONES_WITHOUT_COLOUR = {
    Tone.MARK: Style(bold=True, reverse=True),
    Tone.CURSOR: Style(bold=True, reverse=True),
    Tone.CURSOR_AWAY: Style(reverse=True),
}


@lru_cache(2)
def tone_styles(*, colours: bool) -> Mapping[Tone, Style]:
    """The Rich style of each tone; backgrounds only where the tone is one."""
    return _TONES if colours else _TONES | _TONES_WITHOUT_COLOUR
