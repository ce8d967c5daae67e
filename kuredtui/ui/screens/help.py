"""The keys of where one is, and below them those of everywhere else."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kuredtui.ui.actions import Action, Place, actions_of, bindings_of
from kuredtui.ui.actions.key_map import KeyMap, key_map_of
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import LinePane

_SIGNS: tuple[Line, ...] = (
    (("Signs", Tone.STRONG),),
    (("  ▶ ", Tone.BUSY), ("an operation is at work on the node", Tone.PLAIN)),
    (("  ■ ", Tone.BAD), ("not ready, or nothing heard of it", Tone.PLAIN)),
    (("  ◆ ", Tone.HELD), ("cordoned: takes no new pods", Tone.PLAIN)),
    (("  ● ", Tone.WAIT), ("a reboot is pending", Tone.PLAIN)),
    (("  ? ", Tone.DIM), ("nobody told whether a reboot is pending; that is not no", Tone.PLAIN)),
)


_MOST_KEYS = 18


class HelpScreen(Placed[None], ModalScreen[None]):
    """Lists the registry of actions for the places of a screen.

    Args:
        of: the screen.
        read_only: leaves out what changes the cluster.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.HELP, Place.EVERYWHERE)
    PLACES = (Place.HELP, Place.PANE)

    def __init__(self, of: Placed[object], *, read_only: bool) -> None:
        super().__init__()
        self._of = of
        self._read_only = read_only

    def compose(self) -> ComposeResult:
        """A box with a scrolling list of keys."""
        with Vertical(id="help-box") as box:
            box.border_title = "Keys"
            box.border_subtitle = f"{key_map_of(self.app).text('help.close')} closes"
            yield LinePane(id="help-lines")

    def on_mount(self) -> None:
        """Fill in the list."""
        lines = self.query_one(LinePane)
        lines.replace(help_lines(self._of, key_map_of(self.app), read_only=self._read_only))
        lines.focus()


def help_lines(of: Placed[object], keys: KeyMap, *, read_only: bool) -> list[Line]:
    """All keys of a screen by place; in read-only without those that change the cluster."""
    by_place = {
        place: [
            action
            for action in actions_of(place)
            if of.offers(action) and not (read_only and action.writes)
        ]
        for place in of.places
    }
    width = max(len(_keys(action, keys)) for actions in by_place.values() for action in actions)
    lines: list[Line] = []
    for place, actions in ((place, actions) for place, actions in by_place.items() if actions):
        lines.append(((place.value, Tone.STRONG),))
        lines += [
            _help_line(_keys(action, keys), action.help, min(width, _MOST_KEYS))
            for action in actions
        ]
        lines.append((("", Tone.PLAIN),))
    return [*lines, *_SIGNS] if Place.NODES in of.places else lines


def _help_line(keys: str, what: str, width: int) -> Line:
    return ((f"  {keys:<{width}}  ", Tone.BUSY), (what, Tone.PLAIN))


def _keys(action: Action, keys: KeyMap) -> str:
    return " ".join(keys.texts(action))
