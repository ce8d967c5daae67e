"""Which records of the log are shown, and how: by level, by node, by words, with the time or the age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress

_LEVELS = {
    "debug": ("DEBUG", Tone.DIM, Tone.DIM),
    "info": ("INFO ", Tone.DIM, Tone.PLAIN),
    "warning": ("WARN ", Tone.WAIT, Tone.PLAIN),
    "error": ("ERROR", Tone.BAD, Tone.BAD),
}
LEVELS = tuple(_LEVELS)
_SHOWN = {"debug": "", "info": "without debug", "warning": "warnings and errors", "error": "errors"}


@dataclass(frozen=True, kw_only=True)
class LogView:
    """What a person wants to see of the log.

    Attributes:
        level: the least grave one that is shown.
        node: only what concerns this one; "" for all.
        words: what a line has to contain, in lower case.
        relative: ages instead of times.
    """

    level: str = LEVELS[0]
    node: str = ""
    words: tuple[str, ...] = ()
    relative: bool = False

    def shows(self, record: Progress) -> bool:
        """Whether a record is shown."""
        if LEVELS.index(record.level) < LEVELS.index(self.level):
            return False
        if self.node and record.node != self.node:
            return False
        text = f"{record.node} {record.message}".lower() if self.words else ""
        return all(word in text for word in self.words)

    @property
    def next_level(self) -> str:
        """The next graver one, and after the gravest the least grave."""
        return LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]

    def describe(self) -> str:
        """What is left out, in words; "" for nothing."""
        words = f"with “{' '.join(self.words)}”" if self.words else ""
        return " · ".join(filter(None, (_SHOWN[self.level], self.node, words)))


def log_line(record: Progress, *, now: float | None = None) -> Line:
    """Time, level, node and message; the message wraps under itself.

    Args:
        record: what happened.
        now: seconds of the epoch, to show the age; None to show the local time.
    """
    word, level_tone, tone = _LEVELS[record.level]
    when = f"{record.time.astimezone():%H:%M:%S}"
    if now is not None:
        when = f"{age(max(0.0, now - record.time.timestamp())):>6} ago"
    line: list[tuple[str, Tone]] = [(f" {when} ", Tone.DIM), (f"{word} ", level_tone)]
    if record.node:
        line.append((f"{clean(record.node)} ", Tone.STRONG))
    line.append((clean(record.message), tone))
    return tuple(line)


def export_text(records: Iterable[Progress], *, as_json: bool) -> str:
    """The records as a file: JSON lines, or lines with times in UTC that a person can read and grep."""
    if as_json:
        return "".join(record.json_line().decode() for record in records)
    return "".join(
        f"{record.time:%Y-%m-%dT%H:%M:%SZ} {record.level.upper():<7} "
        f"{clean(record.node) or '-'} {clean(record.message)}\n"
        for record in records
    )
