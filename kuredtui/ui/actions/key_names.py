"""Names of keys: as Textual has them, as settings may write them, and as people read them."""

from __future__ import annotations

import string

from textual.binding import Binding
from textual.keys import Keys, format_key

# Words that everybody knows from the keys themselves; Textual would draw a sign for this one.
_WORDS = {"enter": "enter"}
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
# What a terminal sends for these is the same byte as for the other key.
_SAME_BYTE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}


def written(key: str) -> str:
    """`^r` for Textual's `ctrl+r`, `/` for its `slash`."""
    *modifiers, last = key.split("+")
    text = _WORDS.get(last) or format_key(last)
    for modifier in reversed(modifiers):
        text = f"^{text}" if modifier == "ctrl" else f"{modifier}+{text}"
    return text


def is_letter(key: str) -> bool:
    """Whether a field in which text is typed takes the key for a part of it."""
    return len(key) == 1 or key in _CHARACTERS


def canonical(text: str) -> str:
    """The key as Textual names it when it is pressed.

    Raises:
        ValueError: there is no such key; the message says so.
    """
    key = text.strip()
    if not key:
        raise ValueError("a key is missing")
    if (same := _SAME_BYTE.get(key.lower())) is not None:
        raise ValueError(f"{key} cannot be told from {same} in a terminal")
    # A plus that is the key itself, or follows modifiers, is no sign between them.
    *modifiers, last = [*key[:-1].rstrip("+").split("+"), "+"] if key[-1] == "+" else key.split("+")
    modifiers = [modifier.lower() for modifier in modifiers if modifier]
    if not _MODIFIERS.issuperset(modifiers):
        raise ValueError(_unknown(key))
    if len(last) == 1 and last.isprintable():
        if modifiers == ["shift"] and last.isalpha():
            return last.upper()
        last = _named(last.lower() if modifiers else last)
    elif (last := last.lower()) not in _NAMED:
        raise ValueError(_unknown(key))
    return "+".join([*sorted(modifiers, key=_ORDER.index), last])


def _unknown(key: str) -> str:
    return f"there is no key {key!r}; keys are written like r, R, /, f5, ctrl+r, escape, pagedown"


def _named(character: str) -> str:
    """Textual's name of a key with one character on it, by the way that is public."""
    (binding,) = Binding.make_bindings([(character, "")]) if character != "," else [_COMMA]
    return binding.key


_COMMA = Binding("comma", "")
_ORDER = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_CHARACTERS = frozenset(_named(character) for character in string.punctuation) | {"space"}
_NAMED = _CHARACTERS | {key.value for key in Keys if key is not Keys.Return and key.value.isalnum()}
