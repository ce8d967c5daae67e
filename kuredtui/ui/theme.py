"""The colours: a quiet, dark ground on which only what matters stands out.

Textual's theme is for the style sheet, the Rich styles are for widgets that draw their own lines; both are
made of the same names here. The greys are nearly without hue on purpose: with less than 15 % saturation
a terminal of 256 colours shows them as greys, where a bluish one would become navy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.style import Style
from textual.theme import Theme

from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from textual.app import App

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
    Tone.ALARM: Style(color=_BACKGROUND, bgcolor=_RED, bold=True),
    Tone.HEADING: Style(color=_QUIET, bold=True),
    Tone.LIT: Style(color=_BLUE, bold=True),
    Tone.CURSOR: Style(bgcolor=_CURSOR, bold=True),
    Tone.CURSOR_AWAY: Style(bgcolor=_CURSOR_AWAY),
}
# On a terminal of sixteen colours the nearest to these would be grey for green and red for orange. These
# are that terminal's own colours; by name, Textual would make shades of its own theme out of them.
_TONES_OF_SIXTEEN = {
    Tone.BAD: Style(color="#ff5555", bold=True),
    Tone.HELD: Style(color="#aa00aa"),
    Tone.WAIT: Style(color="#ffff55"),
    Tone.BUSY: Style(color="#55ffff"),
    Tone.GOOD: Style(color="#00aa00"),
    Tone.PLAIN: Style(color="#ffffff"),
    Tone.DIM: Style(color="#aaaaaa"),
    Tone.STRONG: Style(color="#ffffff", bold=True),
    Tone.MARK: Style(color="#000000", bgcolor="#aa5500"),
    Tone.ALARM: Style(color="#ffffff", bgcolor="#aa0000", bold=True),
    Tone.HEADING: Style(color="#aaaaaa", bold=True),
    Tone.LIT: Style(color="#55ffff", bold=True),
    Tone.CURSOR: Style(color="#ffffff", bgcolor="#0000aa", bold=True),
    Tone.CURSOR_AWAY: Style(bgcolor="#555555"),
}
# Where there are no colours, reverse video does what a background did.
_TONES_WITHOUT_COLOUR = {
    Tone.MARK: Style(bold=True, reverse=True),
    Tone.ALARM: Style(bold=True, reverse=True),
    Tone.CURSOR: Style(bold=True, reverse=True),
    Tone.CURSOR_AWAY: Style(reverse=True),
}

Tones = Mapping[Tone, Style]


def tones_of(app: App[object]) -> Tones:
    """The Rich style of each tone on the app's terminal; backgrounds only where the tone is one."""
    if app.no_color:
        return _NO_TONES
    return _TONES_OF_SIXTEEN if app.console.color_system in _FEW else _TONES


_NO_TONES = _TONES | _TONES_WITHOUT_COLOUR
_FEW = ("standard", "windows", None)
