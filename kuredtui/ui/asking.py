"""Asking a person, on a screen above the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.screen import ModalScreen

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

T = TypeVar("T")


async def ask(app: App[None], question: Screen[T], *, over_others: bool = False) -> T | None:
    """Show a question until it is answered. To be run as a worker.

    Of two that come at once, as after two keys over a slow line, the second is not asked: a key pressed twice
    would answer the one, and then the other. What was told before goes, which would cover the answers on a
    small screen.

    Args:
        app: the console.
        question: the screen that asks.
        over_others: ask also while another question is open, on top of it.

    Returns:
        The answer; None where there is none: the program is left, or another question is open.
    """
    if isinstance(app.screen, ModalScreen) and not over_others:
        app.notify("Another question is open: answer it first.", severity="warning", markup=False)
        return None
    app.clear_notifications()
    return await app.push_screen_wait(question)
