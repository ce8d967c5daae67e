"""The embedded cluster as a process of its own, for the console's `--demo`.

A process rather than a task: the cluster's work must not take time from the screen, and what the
console sees of it is HTTP alone. It is started before the console's own imports, so that both warm
up at once, and it ends by itself when its standard input closes: a console that is killed leaves
nothing behind.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from kuredtui.demo.errors import DemoError

_END_SECONDS = 5.0


class DemoProcess:
    """A context manager around the process.

    Args:
        nodes: how many nodes the cluster has.
        speed: how many times faster than real they live.
    """

    def __init__(self, *, nodes: int, speed: float) -> None:
        self._nodes = nodes
        self._speed = speed
        self._folder = tempfile.TemporaryDirectory(prefix="kuredtui-demo-")
        self._process: subprocess.Popen[str] | None = None
        self._is_ready = False

    @property
    def kubeconfig(self) -> Path:
        """Where the cluster writes its kubeconfig."""
        return Path(self._folder.name) / "kubeconfig"

    def __enter__(self) -> DemoProcess:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "kuredtui", "demo", "serve", "--exit-at-eof"),
                *("--nodes", str(self._nodes), "--speed", str(self._speed)),
                *("--kubeconfig-out", str(self.kubeconfig)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(Path(self._folder.name) / "log").open("w"),
            text=True,
            start_new_session=True,  # the terminal's Ctrl-C is the console's, not the cluster's
        )
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        process = self._started
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._folder.cleanup()

    async def ready(self) -> None:
        """Return when the cluster serves and its kubeconfig is written; at once when it was so.

        Raises:
            DemoError: it ended instead.
        """
        stdout = self._started.stdout
        assert stdout is not None
        if self._is_ready:
            return
        if not await asyncio.to_thread(stdout.readline):
            said = (Path(self._folder.name) / "log").read_text().strip().splitlines()
            raise DemoError(
                said[-1].removeprefix("Error: ") if said else "The embedded cluster did not start."
            )
        self._is_ready = True

    @property
    def _started(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the context was not entered"
        return self._process
