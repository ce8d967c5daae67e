"""A screen as text: what it says, and below how each cell looks, so that a difference can be read."""

from __future__ import annotations

from rich.style import Style

from kuredtui.ui.app import KuredTuiApp

_LETTERS = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def screen_picture(app: KuredTuiApp) -> str:
    """The screen's lines, then a letter for each cell's style, then what the letters stand for."""
    letters: dict[str, str] = {}
    words: list[str] = []
    looks: list[str] = []
    for strip in app.screen._compositor.render_strips(app.size)[: app.size.height]:
        words.append("".join(segment.text for segment in strip).rstrip())
        look = ""
        for segment in strip:
            style = _told(segment.style)
            letter = letters.setdefault(style, _LETTERS[len(letters)])
            look += letter * segment.cell_length
        looks.append(look.rstrip("."))
    legend = [f"{letter} {style}" for style, letter in letters.items()]
    return "\n".join([*words, "", *looks, "", *legend, ""])


def _told(style: Style | None) -> str:
    """What a terminal is told of it."""
    if style is None:
        return "-"
    flags = [
        name for name in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, name)
    ]
    colour = style.color.name if style.color else "-"
    ground = style.bgcolor.name if style.bgcolor else "-"
    return " ".join([colour, "on", ground, *flags])
