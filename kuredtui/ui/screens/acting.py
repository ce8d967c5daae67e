"""What the screens share from which actions begin: by a key, by a command, or found in the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.screen import ScreenResultType
from textual.widget import Widget

from kuredtui.ui.actions import Action, Place, actions_of, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.screens.placed import Placed
from kuredtui.ui.widgets.command_bar import CommandBar
from kuredtui.ui.widgets.key_hints import Availability, Hint, KeyHints

if TYPE_CHECKING:
    from kuredtui.ui.commands.typed import TypedCommands

_FROM_ALL = (Place.SCREENS, Place.COMMAND, Place.EVERYWHERE)
_TYPING = frozenset({Place.FILTER, Place.COMMAND, Place.SEARCH})


class ActingScreen(Placed[ScreenResultType]):
    """A screen with a line for commands, and its keys in the last line. What needs the session (reboot,
    cancel, leaving) is told to the app as a `Wanted`.

    Attributes:
        commands: what can be typed, and what is known of what can be done.
        command_bar: the line for commands, to be composed where it has its place.
        key_hints: the last line.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.SCREENS)

    class Wanted(Message):
        """An action of the registry, to be carried out by the app.

        Attributes:
            action_id: which.
            nodes: those it is about.
            argument: what was typed for it; "" for nothing.
        """

        def __init__(self, action_id: str, nodes: Sequence[str], *, argument: str = "") -> None:
            super().__init__()
            self.action_id = action_id
            self.nodes = nodes
            self.argument = argument

    def __init__(self, commands: TypedCommands, *, first: Widget) -> None:
        """`first` has the focus in the beginning."""
        super().__init__()
        self.commands = commands
        self.command_bar = CommandBar(commands, back_to=first)
        self.command_bar.display = False
        self.key_hints = KeyHints()

    # Where one is.

    @property
    def here(self) -> tuple[Place, ...]:
        """The places of where the focus is."""
        return (Place.COMMAND,) if self.command_bar.has_focus_within else self.PLACES

    @property
    def places(self) -> tuple[Place, ...]:
        """All places of this screen, that of the focus first."""
        return tuple(dict.fromkeys((*self.here, *self.PLACES, *_FROM_ALL)))

    @property
    def typing(self) -> bool:
        """Whether something is typed, so that letters are letters."""
        return not _TYPING.isdisjoint(self.here)

    @property
    def meant(self) -> list[str]:
        """The nodes that an action is about where none is named."""
        return []

    @property
    def meant_in_words(self) -> str:
        """What these nodes are called in a sentence, without sorting them out; "" for none."""
        return self.meant[0] if self.meant else ""

    def means(self, node: str) -> bool:
        """Whether this node is one of them."""
        return node in self.meant

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed may hold a colon."""
        return action != "command" or not self.typing

    def action_command(self) -> None:
        """Type a command; the contexts are looked up meanwhile, should it be about them."""
        self.post_message(self.Wanted("console.contexts", []))
        self.command_bar.open()

    def action_palette(self) -> None:
        """Find an action by what it does; what it picks is the same as its key."""
        from kuredtui.ui.palette import Palette

        self.app.push_screen(Palette())

    def action_want(self, action_id: str) -> None:
        """Have the app carry out an action of the registry."""
        self.want(action_id)

    def want(self, action_id: str, nodes: Sequence[str] = (), *, argument: str = "") -> None:
        """Have the app carry out an action, with these nodes or else with those that are meant."""
        self.post_message(self.Wanted(action_id, nodes or self.meant, argument=argument))

    # The last line.

    def on_descendant_focus(self) -> None:
        """Other keys are at hand."""
        self.show_hints()

    def on_key_hints_pressed(self, event: KeyHints.Pressed) -> None:
        """A click on a key is the key, for whoever has the focus."""
        key = key_map_of(self.app).keys(event.action)[0]
        # As the app: it would go no further than here.
        self.app.call_later(self.app.simulate_key, key)

    def show_hints(self) -> None:
        """The keys for the last line: those of where the focus is, and those of everywhere unless something
        is typed. What cannot be done now is greyed, what is forbidden hidden."""
        more = () if self.typing else (Place.SCREENS, Place.EVERYWHERE)
        keys = key_map_of(self.app)
        self.key_hints.show(
            [
                Hint(action, keys.text(action.id), self._availability(action))
                for action in actions_of(*self.here, *more)
                if action.label and self.offers(action) and self.is_worth_a_hint(action)
            ]
        )

    def is_worth_a_hint(self, action: Action) -> bool:
        """Whether an action of these places is told in the last line."""
        return action.place is not Place.PANE

    def _availability(self, action: Action) -> Availability:
        if self.commands.is_forbidden(action):
            return Availability.HIDDEN
        return Availability.GREYED if self.commands.against(action, self) else Availability.READY
