"""Bars made of characters: how much of something is done, readable without colours too."""

from __future__ import annotations

FULL, EMPTY = "█", "░"
# A cell that is filled from below, by eighths.
RISING = "▁▂▃▄▅▆▇█"


def bar(done: int, total: int, width: int, *, full: str = FULL, empty: str = EMPTY) -> str:
    """A bar of `width` cells; full only when all is done, empty only when nothing is."""
    if total <= 0:
        return empty * width
    filled = done * width // total
    if 0 < done < total:
        filled = min(max(filled, 1), width - 1)
    return full * filled + empty * (width - filled)
