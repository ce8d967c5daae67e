"""What is written to the terminal, and what is not: a terminal may be slow, stuck, or gone.

Textual writes from a thread of its own, through a queue of bounded length. When the terminal takes nothing
any more (an SSH connection that is stuck), the queue is full and the event loop would wait for it: locks
would not be renewed, and drains would stand still. So a picture for which there is no room is left out, and
all of the screen is painted anew when there is room again.

The thread would end with the first write that the terminal refuses, and then the queue is full for ever. So
what a terminal that is gone does not take is dropped.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TextIO

# Texts that wait at most. Textual's queue holds 30, and what restores the terminal at the end comes on top.
MOST_WAITING = 20


class TerminalOutput:
    """The terminal's file as the thread that writes needs it, with what is on its way there.

    Args:
        file: the terminal's.
        caught_up: called in either thread when something was left out and all that was not is written.
    """

    def __init__(self, file: TextIO, caught_up: Callable[[], None]) -> None:
        self._file = file
        self._caught_up = caught_up
        self._handed = 0  # counted by the event loop alone
        self._taken = 0  # counted by the thread alone
        self._left_out = False

    # In the event loop.

    def hand(self, *, spare: bool) -> bool:
        """One more text is to be written; False: it has to be left out, as only a `spare` one can be."""
        if not spare or self._handed - self._taken < MOST_WAITING:
            self._handed += 1
            return True
        self._left_out = True
        self._catch_up()  # the thread may have been done between the two lines before
        return False

    # In the thread.

    def write(self, text: str) -> None:
        """Write it, if there still is anything to write to (EIO: the other side of a terminal is gone)."""
        with contextlib.suppress(OSError):
            self._file.write(text)
        self._taken += 1
        self._catch_up()

    def flush(self) -> None:
        """Have it on the terminal, if there still is one."""
        with contextlib.suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The terminal's."""
        return self._file.fileno()

    def _catch_up(self) -> None:
        if self._left_out and self._taken == self._handed:
            self._left_out = False
            self._caught_up()
