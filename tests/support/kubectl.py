"""The real kubectl, told which cluster is meant and kept away from everything else of its user."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_SECONDS = 60.0


def require_kubectl() -> None:
    """Skip the test or the module where there is no kubectl; fail where there must be one."""
    if shutil.which("kubectl") is not None:
        return
    if os.environ.get("KUREDTUI_REQUIRE_KUBECTL") == "1":
        pytest.fail("kubectl is required but not installed", pytrace=False)
    pytest.skip("kubectl is not installed", allow_module_level=True)


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Of its standard output."""
        return self.out.splitlines()


@dataclass(frozen=True, kw_only=True)
class Kubectl:
    """Runs kubectl.

    Attributes:
        kubeconfig: the cluster and the user.
        home: an empty directory: kubectl keeps what it discovers by host and port, and a port is
            soon another server's.
    """

    kubeconfig: Path
    home: Path

    async def run(self, *arguments: str, stdin: str | None = None) -> Done:
        """One command, to its end, whatever it is."""
        process = await self._start(*arguments, reads=stdin is not None)
        try:
            async with asyncio.timeout(_SECONDS):
                out, err = await process.communicate(stdin.encode() if stdin is not None else None)
        except TimeoutError:
            raise AssertionError(f"kubectl {' '.join(arguments)}: no end") from None
        finally:
            await _end(process)
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    async def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        """What a command that succeeds writes to its standard output."""
        done = await self.run(*arguments, stdin=stdin)
        assert done.code == 0, f"kubectl {' '.join(arguments)}: {done.code}\n{done.out}{done.err}"
        return done.out

    @asynccontextmanager
    async def following(self, *arguments: str) -> AsyncIterator[Follower]:
        """A command that goes on; it is stopped when the context ends."""
        process = await self._start(*arguments)
        try:
            yield Follower(process)
        finally:
            await _end(process)

    async def _start(self, *arguments: str, reads: bool = False) -> Process:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        return await asyncio.create_subprocess_exec(
            *("kubectl", "--kubeconfig", str(self.kubeconfig), *arguments),
            stdin=PIPE if reads else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            env=environ,
        )


class Follower:
    """The lines of a command that goes on."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None
        self._stdout = process.stdout
        self.lines: list[str] = []

    async def until(self, found: Callable[[str], bool], *, what: str) -> str:
        """The next line that is `found`."""
        try:
            async with asyncio.timeout(_SECONDS):
                while line := (await self._stdout.readline()).decode():
                    self.lines.append(line.rstrip("\n"))
                    if found(line):
                        return line
        except TimeoutError:
            pass
        raise AssertionError(f"no line that shows {what}, but:\n" + "\n".join(self.lines))

    async def ended(self) -> None:
        """Read on until it ends by itself."""
        async with asyncio.timeout(_SECONDS):
            while line := (await self._stdout.readline()).decode():
                self.lines.append(line.rstrip("\n"))


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    # Its pipes are read to the end, or their transports would outlive the loop.
    await process.communicate()
