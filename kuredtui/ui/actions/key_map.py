"""Which keys run which action: those of the registry, or what a person set instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from kuredtui.ui.actions import ACTIONS, BY_ID, Action, Place, actions_of
from kuredtui.ui.actions.key_names import canonical, is_letter, written

if TYPE_CHECKING:
    from textual.app import App

# Places whose keys are at work at the same time. Where the focus is in a pane, its keys come before those
# of the table on purpose.
_TOGETHER: tuple[tuple[Place, ...], ...] = (
    (Place.CURSOR, Place.NODES, Place.SORT, Place.CONSOLE, Place.SCREENS),
    (Place.PANE, Place.LOG, Place.CONSOLE, Place.SCREENS),
    (Place.DETAIL, Place.PANE, Place.CONSOLE, Place.SCREENS),
    (Place.FILTER,),
    (Place.COMMAND,),
    (Place.SEARCH,),
    (Place.PICTURE, Place.PANE, Place.SCREENS),
    (Place.PLAN, Place.PANE),
    (Place.ROLLOUT, Place.CURSOR, Place.SCREENS),
    (Place.ROLLOUT, Place.PANE, Place.SCREENS),
    (Place.PICK, Place.CURSOR),
    (Place.PICK, Place.PANE),
    (Place.FORM, Place.FORM_WORDS),
    (Place.QUESTION, Place.ANSWER),
    (Place.HELP, Place.PANE),
)
# Where a letter is one of a text.
_LETTERS_TAKEN = {
    Place.FILTER: "a letter of the filter",
    Place.COMMAND: "a letter of the command",
    Place.SEARCH: "a letter of what is searched for",
    Place.QUESTION: "a letter of what is typed",
}


class KeyMap:
    """The keys of every action.

    Args:
        changes: Textual's names of the keys to have instead, by the action's id.
    """

    def __init__(self, changes: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._changes = dict(changes or {})

    @property
    def changed(self) -> frozenset[str]:
        """The ids whose keys are not those of the registry."""
        return frozenset(self._changes)

    def keys(self, action: Action) -> tuple[str, ...]:
        """Textual's names of the action's keys, that which is shown first."""
        return self._changes.get(action.id) or _defaults(action)

    def texts(self, action: Action) -> list[str]:
        """The action's keys as people write them."""
        return [written(key) for key in self.keys(action)]

    def text(self, action_id: str) -> str:
        """The first key of an action as people write it."""
        return self.texts(BY_ID[action_id])[0]

    def command_line(self, line: str) -> str:
        """A command as it is typed, with the key that begins one."""
        key = self.text("console.command")
        return f":{line}" if key == ":" else f"{key} {line}"

    def for_textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes."""
        return {name: ",".join(keys) for name, keys in self._changes.items()}

    def faults(self) -> Iterator[str]:
        """Why this map cannot be used, a sentence each."""
        for place, what in _LETTERS_TAKEN.items():
            for action in actions_of(place):
                for key in filter(is_letter, self._changes.get(action.id, ())):
                    yield f"{key} cannot be {action.id}: there it is {what}."
        for places in _TOGETHER:
            for one, other in combinations(actions_of(*places, Place.EVERYWHERE), 2):
                common = set(self.keys(one)) & set(self.keys(other))
                for key in sorted(common - (set(_defaults(one)) & set(_defaults(other)))):
                    yield f"{key} cannot be both {one.id} and {other.id}."


DEFAULT_KEYS = KeyMap()


def key_map_of(app: App[object]) -> KeyMap:
    """The map of this app; that of the registry for one that has none."""
    keys = getattr(app, "key_map", DEFAULT_KEYS)
    assert isinstance(keys, KeyMap)
    return keys


def read_key_map(settings: Iterable[str]) -> KeyMap:
    """The map of settings like `node.reboot=ctrl+r,f5`.

    Raises:
        ValueError: an id or a key that there is not, or a key for two actions where both can be meant;
            the message is one sentence.
    """
    changes: dict[str, tuple[str, ...]] = {}
    for setting in settings:
        name, _, keys = setting.partition("=")
        if (name := name.strip()) not in BY_ID:
            raise ValueError(f"there is no action {name!r} to have keys; see `kuredtui keys`.")
        try:
            changes[name] = tuple(dict.fromkeys(canonical(key) for key in keys.split(",")))
        except ValueError as error:
            raise ValueError(f"the keys of {name}: {error}.") from error
    found = KeyMap(changes)
    for fault in found.faults():
        raise ValueError(fault)
    return found


def key_list(keys: KeyMap) -> Iterator[tuple[Action, str]]:
    """Each action with its keys as a setting would name them."""
    for action in ACTIONS:
        yield action, ",".join(keys.keys(action))


def _defaults(action: Action) -> tuple[str, ...]:
    return tuple(action.keys.split(","))
