"""Bars made of characters: how much of something is done, readable without colours too."""

from __future__ import annotations

_FULL, _EMPTY = "█", "░"


def bar(done: int, total: int, width: int) -> str:
    """A bar of `width` cells; full only when all is done, empty only when nothing is."""
    if total <= 0:
        return _EMPTY * width
    filled = done * width // total
    if 0 < done < total:
        filled = min(max(filled, 1), width - 1)
    return _FULL * filled + _EMPTY * (width - filled)
