"""Textual's driver, for a terminal that may be slow, stuck, or gone.

Beside what `terminal_output` is for: with a hang-up the system sends SIGCONT, too, and Textual takes that for
the end of a suspension. It would start reading and writing anew, also when all of it has just been ended, and
never stop reading at the end of the file. So only what was suspended is resumed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Protocol, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import InputEvent, MouseMove

from kuredtui.ui.terminal_output import TerminalOutput

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message


class Hurried(Protocol):
    """The app, as far as its driver tells it anything of its own."""

    def hurry(self) -> None:
        """Somebody has pressed a key, and waits for what it does."""

    def painted(self) -> None:
        """A picture was handed over."""


class TerminalDriver(LinuxDriver):
    """As Textual's, but the program goes on without its terminal, and keys go first.

    Its app is a `Hurried`.
    """

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output: TerminalOutput | None = None
        if self._file is not None:
            self._output = TerminalOutput(self._file, lambda: self._soon(app.refresh))
            # What writes asks for no more of a file than this.
            self._file = cast(TextIOWrapper, self._output)
        self._suspended = False
        self._painting = False

    def send_message(self, message: Message) -> None:
        """From the thread that reads to the app; input is announced to whoever is to give way to it.

        But not a mouse that merely moves: that goes on and on, and nobody waits for what it does.
        """
        if isinstance(message, InputEvent) and not isinstance(message, MouseMove):
            self._soon(cast(Hurried, self._app).hurry)
        super().send_message(message)

    def write(self, data: str) -> None:
        """Have it written, or leave it out if it is a picture that would have to wait too long."""
        if self._output is None or self._output.hand(spare=self._painting):
            super().write(data)
        if self._painting:
            cast(Hurried, self._app).painted()

    def start_application_mode(self) -> None:
        """The terminal is ours; from now on what is written are pictures."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        self._painting = True

    def stop_application_mode(self) -> None:
        """The terminal is as it was; nothing of what makes it so may be left out."""
        self._painting = False
        super().stop_application_mode()

    def suspend_application_mode(self) -> None:
        """The terminal is somebody else's for a while."""
        self._suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """The terminal is ours again; nothing happens where it was all the time."""
        if self._suspended:
            self._suspended = False
            super().resume_application_mode()

    def _soon(self, call: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it all pictures
            self._loop.call_soon_threadsafe(call)
