"""Text from the cluster, made harmless and measurable before it reaches a line.

Names, labels, conditions and messages are written by others (DESIGN 4.8). A terminal obeys escapes, some
reorder right-to-left runs over their neighbours, and most disagree about the width of joined or
stacked characters. After `clean` every character is visible and of a width all terminals agree on,
so that columns stay columns. Markup needs no care here: nothing in `ui/` parses any.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"
# Cells in which it is worth to show both ends of a name.
_LEAST_NAME = 5

# Categories that never draw anything by themselves: controls, format characters (bidi overrides,
# joiners, byte order marks), surrogates, private use, unassigned, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Bidirectional classes a terminal with bidi support may move over the neighbouring columns (UAX 9).
_REORDERED = frozenset({"R", "AL", "AN"})
# Characters that change the width or the picture of their neighbours: flags and skin tones.
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_VARIATION_SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


def clean(text: str) -> str:
    """The text on one line, safe to draw, with `cell_len` equal to the sum over its characters.

    White space becomes spaces; what cannot be drawn safely becomes U+FFFD, one for one, so that a
    reader sees that something is there; variation selectors, which only choose between two pictures of
    one character (and its width), go. Text of printable ASCII comes back as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return _clean(text) if len(text) < 512 else _clean.__wrapped__(text)


@lru_cache(4096)
def _clean(text: str) -> str:
    safe: list[str] = []
    base = False  # a character that one combining mark may sit on
    for character in unicodedata.normalize("NFC", text):
        if ord(character) in _VARIATION_SELECTORS:
            continue
        if character.isspace():
            safe.append(" ")
            base = False
        elif unicodedata.category(character) == "Mn" and cell_len(character) == 0:
            safe.append(character if base else REPLACEMENT)
            base = False
        elif _is_drawable(character):
            safe.append(character)
            base = True
        else:
            safe.append(REPLACEMENT)
            base = False
    return "".join(safe)


@lru_cache(4096)
def _is_drawable(character: str) -> bool:
    """Whether every terminal gives this character the same place: one or two cells, left to right."""
    return (
        unicodedata.category(character) not in _UNSAFE_CATEGORIES
        and unicodedata.bidirectional(character) not in _REORDERED
        and ord(character) not in _REGIONAL_INDICATORS
        and ord(character) not in _SKIN_TONES
        and cell_len(character) > 0
    )


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: cut with an ellipsis, or padded with spaces. For text that is `clean`."""
    if text.isascii():
        if len(text) <= width:
            return text.ljust(width)
        return text[: width - 1] + ELLIPSIS if width > 0 else ""
    size = cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    return _cut(text, width)


def _cut(text: str, width: int) -> str:
    """The longest beginning that leaves room for the ellipsis, padded where a wide character fell."""
    if width <= 0:
        return ""
    kept: list[str] = []
    used = 0
    for character in text:
        size = cell_len(character)
        if used + size > width - 1:
            break
        kept.append(character)
        used += size
    return "".join(kept) + ELLIPSIS + " " * (width - 1 - used)


def fit_middle(text: str, width: int) -> str:
    """As `fit`, but it is the middle that goes: of a node's name both ends tell it from the others."""
    if not text.isascii() or len(text) <= width or width < _LEAST_NAME:
        return fit(text, width)
    tail = (width - 1) * 3 // 5
    return text[: width - 1 - tail] + ELLIPSIS + text[-tail:]


def fit_name(text: str, length: int, width: int) -> str:
    """As `fit`, but of the name at the text's end, of this length, the middle goes.

    The words before it stay whole; where they leave no room for a part of the name, it is the end that goes.
    """
    words = text[:-length]
    if not words.isascii() or width - len(words) < _LEAST_NAME:
        return fit(text, width)
    return words + fit_middle(text[-length:], width - len(words))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are any. For text that is `clean`.

    Nothing is lost but the spaces at the breaks; an empty text is one empty line.
    """
    if width <= 0 or (text.isascii() and len(text) <= width):
        return [text]
    # What ticks is seldom the text that wraps, but the age before it.
    return [*(_wrap(text, width) if len(text) < 2048 else _wrap.__wrapped__(text, width))]


@lru_cache(1024)
def _wrap(text: str, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    line: list[str] = []
    used = 0
    last_space = -1
    for character in text:
        size = cell_len(character)
        if used + size > width and line:
            if character == " ":
                lines.append("".join(line))
                line, used, last_space = [], 0, -1
                continue
            cut = last_space + 1 if last_space > 0 else len(line)
            lines.append("".join(line[:cut]).rstrip(" "))
            line = line[cut:]
            used = cell_len("".join(line))
            last_space = -1
        if character == " ":
            last_space = len(line)
        line.append(character)
        used += size
    lines.append("".join(line))
    return tuple(lines)
