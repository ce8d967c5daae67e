"""Which context to go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.screens.dialog import Choice
from kuredtui.ui.screens.pick import Item, PickScreen
from kuredtui.ui.text import clean, fit
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.kube.contexts import ContextEntry

# Cells for the names, one beside the other.
_MOST_NAME = 40


def context_question(
    entries: Sequence[ContextEntry], *, present: str, is_production: Callable[[str], bool]
) -> PickScreen:
    """A list of the contexts, the present one selected.

    Args:
        entries: at least one.
        present: the name of the present one.
        is_production: whether mistakes are dear in the context of a name.
    """
    width = min(_MOST_NAME, max(len(entry.name) for entry in entries))
    items = {
        entry.name: _item(
            entry,
            present=entry.name == present,
            production=is_production(entry.name),
            width=width,
        )
        for entry in entries
    }
    choices = [Choice(answer="go", label="Switch", action="pick.switch")]
    return PickScreen(title="Contexts", items=items, choices=choices, first=present)


def _item(entry: ContextEntry, *, present: bool, production: bool, width: int) -> Item:
    """A context's line, and who one is there."""
    badge: tuple[Piece, ...] = ((" PRODUCTION ", Tone.ALARM),) if production else ()
    line: Line = (
        ("▶ " if present else "  ", Tone.BUSY),
        (f"{fit(clean(entry.name), width)}  ", Tone.STRONG if present else Tone.PLAIN),
        *((*badge, ("  ", Tone.DIM)) if badge else ()),
        (clean(entry.server) or "no server in the kubeconfig", Tone.DIM),
    )
    detail: list[Line] = [
        (("context  ", Tone.DIM), (clean(entry.name), Tone.STRONG), *_here(present)),
        (("server   ", Tone.DIM), (clean(entry.server) or "?", Tone.PLAIN)),
        (("cluster  ", Tone.DIM), (clean(entry.cluster), Tone.PLAIN)),
        (("user     ", Tone.DIM), (clean(entry.user) or "nobody", Tone.PLAIN)),
    ]
    return Item(line=line, detail=detail)


def _here(present: bool) -> tuple[Piece, ...]:
    return (("  the present one", Tone.BUSY),) if present else ()
