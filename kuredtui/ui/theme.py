"""The colours: a quiet, dark ground on which only what matters stands out."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="kuredtui",
    dark=True,
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#6cb6ff",
    foreground="#cdd9e5",
    background="#14181f",
    surface="#1a1f28",
    panel="#222833",
    success="#7fc98a",
    warning="#e6b450",
    error="#ff7b72",
    variables={
        "quiet": "#7d8896",
        "held": "#e0935a",
        "cursor": "#2c4a6e",
        "cursor-away": "#2a313d",
        "scrollbar": "#323a48",
        "scrollbar-hover": "#46516a",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#14181f",
        "scrollbar-background-hover": "#14181f",
        "scrollbar-background-active": "#14181f",
        "border": "#6cb6ff",
        "border-blurred": "#323a48",
        "input-cursor-background": "#6cb6ff",
        "input-selection-background": "#2c4a6e",
    },
)
