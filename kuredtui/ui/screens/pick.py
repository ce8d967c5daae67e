"""One of several things is picked, and what is to be asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kuredtui.ui.actions import BY_ID, Action, Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.key_line import key_line
from kuredtui.ui.screens.dialog import Choice
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.theme import tones_of
from kuredtui.ui.tones import Line
from kuredtui.ui.widgets.line_pane import LinePane
from kuredtui.ui.widgets.pick_list import PickList


class Picked(NamedTuple):
    """What was picked, and which of the choices."""

    item: str
    answer: str


class Item(NamedTuple):
    """One thing: its line, and what else there is to know of it."""

    line: Line
    detail: Sequence[Line] = ()


class PickScreen(Placed[Picked | None], ModalScreen[Picked | None]):
    """Returns what was picked, or None. Nothing is done by itself: a question follows.

    Args:
        title: on the border.
        items: by key, in their order; at least one.
        choices: what can be asked about an item, each with an action. Enter is the first.
        first: the item that is selected at the beginning; "" for the first one.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.PICK, Place.EVERYWHERE)
    PLACES = (
        Place.PICK,
        Place.CURSOR,
    )
    AUTO_FOCUS = "#pick-items"

    def __init__(
        self,
        *,
        title: str,
        items: Mapping[str, Item],
        choices: Sequence[Choice],
        first: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._items = items
        self._choices = choices
        self._first = first
        self._list = PickList(lambda key: items[key].line, id="pick-items")
        self._detail = LinePane(id="pick-detail")

    def compose(self) -> ComposeResult:
        """The list, what is known of the selected one, the keys."""
        with Vertical(id="pick-box") as box:
            box.border_title = Content(self._title)
            yield self._list
            yield self._detail
            of = key_map_of(self.app)
            keys = [(of.text(choice.action), choice.label) for choice in self._choices]
            keys += self.hints(of, Place.PICK, Place.EVERYWHERE)
            line = key_line(keys, tones_of(self.app))
            yield Static(line, id="pick-keys", markup=False)

    def on_mount(self) -> None:
        """Show them."""
        self._list.show(list(self._items))
        self._list.select(self._first)
        self._list.styles.height = min(len(self._items), max(3, self.size.height - 14))

    def on_pick_list_selected(self) -> None:
        """What is known of another one."""
        if self._list.selected is not None:
            self._detail.replace(self._items[self._list.selected].detail)

    def offers(self, action: Action) -> bool:
        """What can be done with these alone."""
        return bool(action.method) or action.id in [choice.action for choice in self._choices]

    def on_key(self, event: events.Key) -> None:
        """The keys of the choices."""
        for choice in self._choices:
            if event.key in key_map_of(self.app).keys(BY_ID[choice.action]):
                event.stop()
                self._pick(choice)
                return

    def action_first(self) -> None:
        """The first choice."""
        self._pick(self._choices[0])

    def _pick(self, choice: Choice) -> None:
        if self._list.selected is not None:
            self.dismiss(Picked(self._list.selected, choice.answer))
