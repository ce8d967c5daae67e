"""What all screens share: what they tell of their keys, and that each is left once."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType

from kuredtui.ui.actions import Action, Place, actions_of
from kuredtui.ui.actions.key_map import KeyMap


class LeftOnce(Screen[ScreenResultType]):
    """A screen that bears to be left twice."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave the screen with a result, once.

        Of two presses of one key the second may come when the screen has gone already; Textual would take
        away the one below it then.
        """
        if not self.is_active:
            return AwaitComplete.nothing()  # type: ignore[no-untyped-call, no-any-return]  # Textual's
        return super().dismiss(result)


class Placed(LeftOnce[ScreenResultType]):
    """A screen that knows where one is on it. A modal one binds `Place.EVERYWHERE` itself: Textual looks no
    further than it for a key.

    Attributes:
        PLACES: the places whose keys work here, the most particular first.
    """

    PLACES: ClassVar[tuple[Place, ...]]

    @property
    def places(self) -> tuple[Place, ...]:
        """The places for the help, those of where the focus is first."""
        return (*self.PLACES, Place.EVERYWHERE)

    def offers(self, action: Action) -> bool:
        """Whether an action of these places can be had here."""
        return True

    def hints(self, keys: KeyMap, *places: Place) -> list[tuple[str, str]]:
        """Key and label of each action of these places that is offered and has a label."""
        return [
            (keys.text(action.id), action.label)
            for action in actions_of(*places)
            if action.label and self.offers(action)
        ]
