"""A running console, its keys, and what a person would read on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.pilot import Pilot

from kuredtui.ui.app import KuredTuiApp
from tests.support.eventually import eventually

# Seconds until something is given up that should be seen: a moment, on a machine that does nothing else.
PATIENCE = 20.0


@dataclass
class Reader:
    """A running console and the hand that presses its keys."""

    app: KuredTuiApp
    pilot: Pilot[None]

    @property
    def screen(self) -> list[str]:
        """What is on the screen, line by line."""
        return screen_lines(self.app)

    @property
    def text(self) -> str:
        return "\n".join(self.screen)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    def burst(self, *keys: str) -> None:
        """Keys that have all arrived before the first of them is looked at."""
        for key in keys:
            name = {"/": "slash", " ": "space", ":": "colon"}.get(key, key)
            self.app.post_message(events.Key(name, key if len(key) == 1 else None))

    async def see(self, *texts: str, timeout: float = PATIENCE) -> None:
        """Wait until all these are on the screen."""

        def seen() -> bool:
            whole = self.text  # drawn once for all of them
            return all(text in whole for text in texts)

        await self._until(seen, f"{texts} to appear", timeout)

    async def see_no(self, *texts: str) -> None:
        """Wait until none of these is on the screen."""

        def gone() -> bool:
            whole = self.text
            return not any(text in whole for text in texts)

        await self._until(gone, f"{texts} to go")

    async def until(self, state: Callable[[], bool], what: str = "it to be so") -> None:
        """Wait until it is so."""
        await self._until(state, what)

    async def _until(self, state: Callable[[], bool], what: str, timeout: float = PATIENCE) -> None:
        try:
            await eventually(state, what=what, timeout=timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def line_of(self, text: str) -> str:
        """The one line with this text."""
        lines = [line for line in self.screen if text in line]
        assert len(lines) == 1, f"{text!r} is on {len(lines)} lines:\n{self.text}"
        return lines[0]

    def line_with(self, text: str) -> str:
        """The first line of the table with this text; "" if there is none."""
        return next((line for line in self.screen[3:] if text in line), "")

    @property
    def node_names(self) -> list[str]:
        """The nodes shown, in their order."""
        rows = self.app.main.table.rows
        return [row.name for row in rows.slice(0, len(rows))]

    @property
    def selected(self) -> str | None:
        return self.app.main.table.selected


def screen_lines(app: KuredTuiApp) -> list[str]:
    """The text of the screen as the compositor would send it to a terminal."""
    screen = app.screen
    width, height = app.size
    update = screen._compositor.render_strips(app.size)
    return ["".join(segment.text for segment in strip) for strip in update][:height] or [
        " " * width
    ]
