"""The log: the progress records of this session as lines, live, bounded, as much of it as is wanted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.actions.key_map import key_map_of
from kuredtui.ui.log_view import LogView, log_line
from kuredtui.ui.text import clean
from kuredtui.ui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from kuredtui.engine.progress import Progress

# Records kept for the screen; the engine's own log keeps more.
LIMIT = 2_000
# Seconds after which ages are told anew.
_AGES_EVERY = 5.0


class LogSize(StrEnum):
    """How much of the screen the log takes; also its class in the style sheet."""

    SMALL = "-small"
    LARGE = "-large"
    HIDDEN = "-hidden"


class LogPane(LinePane):
    """Follows the end until somebody scrolls up; at the end again, it follows again."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.LOG)

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(limit=LIMIT, follow=True, id=id)
        self.view = LogView()
        self._clock = clock
        self._records: deque[Progress] = deque(maxlen=LIMIT)
        self._shown_size = LogSize.SMALL
        self.add_class(LogSize.SMALL.value)

    @property
    def records(self) -> list[Progress]:
        """Those that are kept, shown or not, oldest first."""
        return list(self._records)

    def on_mount(self) -> None:
        """Say what is shown, and tell ages anew now and then."""
        self._entitle()
        self.set_interval(_AGES_EVERY, self._tick)

    def take(self, records: Iterable[Progress]) -> None:
        """Add records, oldest first."""
        new = list(records)
        self._records.extend(new)
        lines = [log_line(record, now=self._now) for record in new if self.view.shows(record)]
        if lines:
            self.append(lines)

    def look_at(self, view: LogView) -> None:
        """Show other records, or show them otherwise; who followed the end follows it still."""
        self.view = view
        self._show_again()
        self._entitle()

    def next_size(self) -> LogSize:
        """Small, large, hidden, and small again. Returns the new one."""
        sizes = list(LogSize)
        self._shown_size = sizes[(sizes.index(self._shown_size) + 1) % len(sizes)]
        for size in sizes:
            self.set_class(size is self._shown_size, size.value)
        return self._shown_size

    def unhide(self) -> None:
        """Be seen, whatever the size was."""
        while self._shown_size is LogSize.HIDDEN:
            self.next_size()

    def action_log_level(self) -> None:
        """Leave more out by its level; after errors alone, show all again."""
        self.look_at(replace(self.view, level=self.view.next_level))

    def action_log_times(self) -> None:
        """Times or ages."""
        self.look_at(replace(self.view, relative=not self.view.relative))

    def action_log_words(self) -> None:
        """Ask for the words that lines of the log must have."""
        from kuredtui.ui.form_fields import FormField
        from kuredtui.ui.screens.form import FormScreen, Values

        view = self.view
        field = FormField(
            name="words",
            label="words",
            help="Only lines with all these words are shown; none: all lines.",
            value=" ".join(view.words),
            default="",
            parse=str,
            wide=True,
        )

        def taken(values: Values | None) -> None:
            if values is not None:
                words = tuple(str(values.get("words", "")).lower().split())
                self.look_at(replace(view, words=words))

        self.app.push_screen(FormScreen(title="Show of the log", fields=[field]), taken)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say on the border that new lines are no longer followed."""
        super().watch_scroll_y(old_value, new_value)
        self._entitle()

    @property
    def _now(self) -> float | None:
        return self._clock() if self.view.relative else None

    def _tick(self) -> None:
        if self.view.relative and self._shown_size is not LogSize.HIDDEN:
            self._show_again()

    def _show_again(self) -> None:
        follows = self.following
        now = self._now
        self.replace(
            log_line(record, now=now) for record in self._records if self.view.shows(record)
        )
        if follows:
            self.scroll_end(animate=False, immediate=True, force=True)

    def _entitle(self) -> None:
        left_out = clean(self.view.describe())
        title = f"Log · {left_out}" if left_out else "Log"
        if not self.following:
            key = key_map_of(self.app).text("pane.last")
            title += f", not following: {key} follows again"
        self.border_title = Content(title)
