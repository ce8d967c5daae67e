"""Textual's driver, for a terminal that may go away: a window that is closed, an SSH connection that drops.

Textual writes from a thread of its own, through a queue of bounded length. The thread ends with the first
write that the terminal refuses; as soon as the queue is full the event loop waits for it for ever, and with
it whatever an operation has to end before the program may go. So what the terminal does not take is dropped.

With the hang-up the system sends SIGCONT, too, and Textual takes that for the end of a suspension: it would
start reading and writing anew, also when all of it has just been ended, and never stop reading at the end of
the file. So only what was suspended is resumed.
"""

from __future__ import annotations

import contextlib
from io import TextIOWrapper
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import InputEvent

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message


class Hurried(Protocol):
    """The app, as far as its driver tells it anything of its own."""

    def hurry(self) -> None:
        """Somebody has pressed a key, and waits for what it does."""


class MayGo:
    """A file as the thread that writes needs it; writing to one that is gone does nothing."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write it, if there still is anything to write to (EIO: the other side of a terminal is gone)."""
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Have it on the terminal, if there still is one."""
        with contextlib.suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The terminal's."""
        return self._file.fileno()


class TerminalDriver(LinuxDriver):
    """As Textual's, but outlived by the program when its terminal goes away, and keys go first.

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
        if self._file is not None:
            # What writes asks for no more of a file than this.
            self._file = cast(TextIOWrapper, MayGo(self._file))
        self._suspended = False

    def send_message(self, message: Message) -> None:
        """From the thread that reads to the app; a key is announced to whoever is to give way to it."""
        if isinstance(message, InputEvent):
            self._loop.call_soon_threadsafe(cast(Hurried, self._app).hurry)
        super().send_message(message)

    def suspend_application_mode(self) -> None:
        """The terminal is somebody else's for a while."""
        self._suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """The terminal is ours again; nothing happens where it was all the time."""
        if self._suspended:
            self._suspended = False
            super().resume_application_mode()
