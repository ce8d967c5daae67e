"""A directory that stands for a node's machine, and the sentinel's script run on it as its pod would."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

from kuredtui.cluster.sentinel_report import SentinelReport, sentinel_report
from kuredtui.kube.types import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodStatus,
)
from kuredtui.manifests.template import data
from tests.support.eventually import eventually

FIRST_BOOT = "11111111-1111-4111-8111-111111111111"
SECOND_BOOT = "22222222-2222-4222-8222-222222222222"
_TIMEOUT = 30.0


class Machine:
    """The machine.

    Attributes:
        run: its directory /run.
        memory: the directory that survives the container.
        message_path: the termination log.
        command: the sentinel's command; "" for none.
    """

    def __init__(self, root: Path) -> None:
        self.run = root / "run"
        self.memory = root / "memory"
        self.command = ""
        self.message_path = root / "termination-log"
        self._boot_id = root / "boot_id"
        for directory in (self.run, self.memory):
            directory.mkdir()
            directory.chmod(0o777)
        self.boot(FIRST_BOOT)

    @property
    def sentinel(self) -> Path:
        """The sentinel file, which may not exist."""
        return self.run / "reboot-required"

    @property
    def packages(self) -> Path:
        """The file of packages, which may not exist."""
        return self.run / "reboot-required.pkgs"

    @property
    def message(self) -> str:
        """What is in the termination log."""
        return self.message_path.read_text()

    @property
    def report(self) -> SentinelReport:
        """The termination message, read as the console reads it."""
        ended = ContainerState(terminated=ContainerStateTerminated(message=self.message))
        status = ContainerStatus(name="sentinel", state=ended)
        report = sentinel_report(Pod(status=PodStatus(container_statuses=[status])))
        assert report is not None, self.message
        return report

    def boot(self, boot_id: str) -> None:
        """The machine is in another boot from now on."""
        self._boot_id.write_text(f"{boot_id}\n")

    @asynccontextmanager
    async def container(self, *, user: int | None = None) -> AsyncIterator[Container]:
        """The script at work, with a termination log of its own; as another user if one is named."""
        if not self.message_path.is_dir():  # where a test sees to it that nothing can be written
            self.message_path.write_text("")
            self.message_path.chmod(0o666)  # as the kubelet makes it
        command = ["/bin/sh", "-c", data("sentinel.sh")]
        if user is not None:
            command = ["setpriv", f"--reuid={user}", "--clear-groups", *command]
        process = await asyncio.create_subprocess_exec(
            *command, env=self._environment(), stdin=DEVNULL, stderr=PIPE
        )
        try:
            yield Container(self, process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def run_once(self, *, user: int | None = None) -> SentinelReport:
        """The report of a container that ends by itself."""
        async with self.container(user=user) as container:
            assert await container.ended() == 0
        return self.report

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "SENTINEL_PATH": str(self.sentinel),
            "SENTINEL_COMMAND": self.command,
            "SENTINEL_INTERVAL": "0.05",
            "SENTINEL_PAUSE": "0.02",
            "SENTINEL_MEMORY": str(self.memory),
            "SENTINEL_MESSAGE": str(self.message_path),
            "SENTINEL_BOOT_ID": str(self._boot_id),
        }


class Container:
    """The script that runs."""

    def __init__(self, machine: Machine, process: asyncio.subprocess.Process) -> None:
        self._machine = machine
        self._process = process

    async def ended(self) -> int:
        """Its exit status, when it has ended."""
        async with asyncio.timeout(_TIMEOUT):
            _, errors = await self._process.communicate()
        assert self._process.returncode is not None
        assert self._process.returncode or errors == b"", errors
        return self._process.returncode

    async def settled(self) -> None:
        """Wait until it has written what it found at its start; it goes on if that was nothing new."""
        await eventually(lambda: self._machine.message, timeout=_TIMEOUT)

    @property
    def runs(self) -> bool:
        """Whether it still does."""
        return self._process.returncode is None


def can_be_somebody_else() -> bool:
    """Whether these tests can run a program as another user."""
    return os.geteuid() == 0 and shutil.which("setpriv") is not None
