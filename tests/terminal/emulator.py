"""A program in a real pseudo-terminal, with a terminal emulator reading what it draws.

Used by the journeys here and by the benchmarks: both see what a person would see, and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte
from ptyprocess import PtyProcess

READ_SIZE = 65536
# Synchronized output (DEC private mode 2026), which modern terminals have: whether we do is asked, and
# then each picture stands between a begin and an end, and nobody sees half of one.
_SYNC_QUERY, _SYNC_YES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_SYNC_BEGIN, _SYNC_END = b"\x1b[?2026h", b"\x1b[?2026l"
# The text for the clipboard (OSC 52).
_COPY_BEGIN, _COPY = b"\x1b]52;", re.compile(rb"\x1b\]52;c;([^\x07\x1b]*)\x07")


class Timeout(AssertionError):
    """What was waited for did not come; the message holds the screen as it was."""


class Terminal:
    """One program and its screen. An async context manager: leaving it ends the program.

    Args:
        argv: the program and its arguments.
        columns, rows: the size of the terminal.
        env: variables on top of this process's environment.

    Attributes:
        copied: what the program has put on the clipboard, the newest last.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._argv = list(argv)
        self._size = (rows, columns)
        # Whoever runs the tests may have a size of its own there, and it would win over this one's.
        inherited = {key: os.environ[key] for key in os.environ if key not in ("COLUMNS", "LINES")}
        self._env = {
            **inherited,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **(env or {}),
        }
        self._painted = asyncio.Event()
        self._whole = True
        self._tail = b""
        self._copying = b""
        self.copied: list[bytes] = []
        self._process: PtyProcess | None = None
        self.started_at = 0.0
        self.read_at = 0.0
        self.bytes_read = 0
        self.ended = False

    async def __aenter__(self) -> Terminal:
        self.started_at = time.perf_counter()
        self._process = PtyProcess.spawn(self._argv, dimensions=self._size, env=self._env)
        os.set_blocking(self._process.fd, False)
        asyncio.get_running_loop().add_reader(self._process.fd, self._read)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        process = self.process
        self._stop_reading()
        if process.isalive():
            process.kill(signal.SIGTERM)
        if not await self.exit(timeout=10):
            process.kill(signal.SIGKILL)
            await self.exit(timeout=10)
        process.close(force=True)

    @property
    def process(self) -> PtyProcess:
        """The program; only while the context is entered."""
        assert self._process is not None, "the terminal was not entered"
        return self._process

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self.process.pid)

    @property
    def lines(self) -> list[str]:
        """The screen's lines, without the blanks at their ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The whole screen as one text."""
        return "\n".join(self.lines)

    def line_with(self, *words: str) -> str | None:
        """The first line that holds all the words, or None."""
        return next((line for line in self.lines if all(word in line for word in words)), None)

    def send(self, keys: str) -> None:
        """Type the keys."""
        os.write(self.process.fd, keys.encode())

    def stall(self) -> None:
        """Nothing more is read, as when the connection to the terminal is stuck."""
        self._stop_reading()

    def go_on(self) -> None:
        """Read again, first what has come meanwhile."""
        asyncio.get_running_loop().add_reader(self.process.fd, self._read)

    def hang_up(self) -> None:
        """The terminal goes away, as when its window is closed or its connection drops."""
        self._stop_reading()
        self.process.fileobj.close()
        self.process.fd, self.process.closed = -1, True

    async def wait_for(
        self, condition: Callable[[], object], *, what: str, timeout: float = 20
    ) -> None:
        """Return when the condition holds; it is looked at after each picture.

        Raises:
            Timeout: it did not hold within `timeout` seconds, or the program ended first.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (self._whole and condition()):
                    if self.ended:
                        raise Timeout(f"the program ended before {what}:\n{self.text}")
                    self._painted.clear()
                    await self._painted.wait()
        except TimeoutError:
            raise Timeout(f"not seen within {timeout} s: {what}\n{self.text}") from None

    async def see(self, *words: str, timeout: float = 20) -> str:
        """Wait for a line that holds all the words; return it."""
        await self.wait_for(
            lambda: self.line_with(*words), what=f"a line with {words}", timeout=timeout
        )
        line = self.line_with(*words)
        assert line is not None
        return line

    async def exit(self, *, timeout: float) -> bool:
        """Wait until the program has ended; False when it has not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while self.process.isalive():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)  # a state (the process is gone) that nothing announces
        return True

    def _read(self) -> None:
        try:
            data = os.read(self.process.fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # EIO: the other side of a pseudo-terminal is gone
            data = b""
        self.read_at = time.perf_counter()
        if data:
            self.bytes_read += len(data)
            self._stream.feed(data)
            self._synchronize(data)
            self._take_copies(data)
        else:
            self.ended = self._whole = True
            self._stop_reading()
        self._painted.set()

    def _synchronize(self, data: bytes) -> None:
        """Answer the question for synchronized output; know whether the picture is whole."""
        recent = self._tail + data  # a sequence may have come in two pieces
        self._tail = recent[1 - len(_SYNC_QUERY) :]
        if _SYNC_QUERY in recent:
            os.write(self.process.fd, _SYNC_YES)
        begin, end = recent.rfind(_SYNC_BEGIN), recent.rfind(_SYNC_END)
        if begin != end:
            self._whole = end > begin

    def _take_copies(self, data: bytes) -> None:
        """What is meant for the clipboard, as a terminal would put it there."""
        self._copying += data
        while found := _COPY.search(self._copying):
            self.copied.append(base64.b64decode(found[1], validate=True))
            self._copying = self._copying[found.end() :]
        begins = self._copying.rfind(_COPY_BEGIN)
        self._copying = (
            self._copying[begins:] if begins >= 0 else self._copying[-len(_COPY_BEGIN) :]
        )

    def _stop_reading(self) -> None:
        if self._process is not None and not self._process.closed:
            asyncio.get_running_loop().remove_reader(self._process.fd)
