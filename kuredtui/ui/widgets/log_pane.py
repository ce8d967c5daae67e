"""The log: every progress record of this session as a line, live, bounded."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress

# Lines kept on the screen; the engine's own log keeps more.
LIMIT = 2_000
_NOT_FOLLOWING = "Log, not following: G follows again"

_LEVELS = {
    "debug": ("DEBUG", Tone.DIM, Tone.DIM),
    "info": ("INFO ", Tone.DIM, Tone.PLAIN),
    "warning": ("WARN ", Tone.WAIT, Tone.PLAIN),
    "error": ("ERROR", Tone.BAD, Tone.BAD),
}


class LogSize(StrEnum):
    """How much of the screen the log takes; also its class in the style sheet."""

    SMALL = "-small"
    LARGE = "-large"
    HIDDEN = "-hidden"


class LogPane(LinePane):
    """Follows the end until somebody scrolls up; at the end again, it follows again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(limit=LIMIT, follow=True, id=id)
        self.border_title = "Log"
        self._shown_size = LogSize.SMALL
        self.add_class(LogSize.SMALL.value)

    def take(self, records: Iterable[Progress]) -> None:
        """Add records, oldest first."""
        lines = [log_line(record) for record in records]
        if lines:
            self.append(lines)

    def next_size(self) -> LogSize:
        """Small, large, hidden, and small again. Returns the new one."""
        sizes = list(LogSize)
        self._shown_size = sizes[(sizes.index(self._shown_size) + 1) % len(sizes)]
        for size in sizes:
            self.set_class(size is self._shown_size, size.value)
        return self._shown_size

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say on the border that new lines are no longer followed."""
        super().watch_scroll_y(old_value, new_value)
        self.border_title = "Log" if self.is_vertical_scroll_end else _NOT_FOLLOWING


def log_line(record: Progress) -> Line:
    """Local time, level, node and message; the message wraps under itself."""
    word, level_tone, tone = _LEVELS[record.level]
    line: list[tuple[str, Tone]] = [
        (f" {record.time.astimezone():%H:%M:%S} ", Tone.DIM),
        (f"{word} ", level_tone),
    ]
    if record.node:
        line.append((f"{clean(record.node)} ", Tone.STRONG))
    line.append((clean(record.message), tone))
    return tuple(line)
