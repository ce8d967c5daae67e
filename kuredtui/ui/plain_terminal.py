"""For a terminal whose encoding has no blocks, lines and arrows: plain characters that say the same."""

from __future__ import annotations

import sys
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("█▓▒▉▊▋▌", "#"),
        **dict.fromkeys("░", "."),
        **dict.fromkeys("━═", "="),
        **dict.fromkeys("─╌┄—", "-"),
        **dict.fromkeys("│┃║", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        **dict.fromkeys("▁▂▃", "_"),
        **dict.fromkeys("▄▅▆▇", "="),
        **dict.fromkeys("▶→›", ">"),
        **dict.fromkeys("←‹", "<"),
        **dict.fromkeys("▲↑", "^"),
        **dict.fromkeys("▼↓", "v"),
        "■": "!",  # not ready
        "◆": "c",  # cordoned
        "●": "*",  # pending; live
        "○": "o",
        "◌": "o",
        "✓": "x",
        "✗": "!",
        "·": ".",
        "…": "~",
    }
)


class Plain(LineFilter):
    """Replaces what an encoding does not have, cell by cell."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with other texts, as wide as they were."""
        encoding = self._encoding
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(_plain(segment.text, encoding), segment.style)
            for segment in segments
        ]


@lru_cache(4096)
def _plain(text: str, encoding: str) -> str:
    return "".join(
        character if _has(encoding, character) else "?" * cell_len(character)
        for character in (text if _has(encoding, text) else text.translate(_PLAIN))
    )


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def terminal_filters(encoding: str | None = None) -> list[LineFilter]:
    """What has to be done to every line for the terminal: nothing where it has blocks.

    Args:
        encoding: of what is sent to the terminal; by default as Textual's driver sends it.
    """
    encoding = encoding or getattr(sys.__stderr__, "encoding", None) or "ascii"
    return [] if _has(encoding, "".join(map(chr, _PLAIN))) else [Plain(encoding)]
