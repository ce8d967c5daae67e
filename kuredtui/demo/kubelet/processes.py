"""Programs that really run in the containers of simulated pods: functions in this process.

The program's name decides, which is the command's or, without a command, the image's; our sentinel
is a shell with a script, and is known by its variable. Where there is a `Main` for it, a run of the
container is a run of that function, from the moment the container starts until it stops, or until
the machine goes down under it. All other containers only look as if they ran.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kuredtui.demo.kubelet.files import SimulatedFiles
from kuredtui.demo.kubelet_api import Page
from kuredtui.kube.types import Container, PodSpec

_NO_PAGE = Page(404, "text/plain; charset=utf-8", "404 page not found\n")
"""What Go's http.NotFound answers."""

MOST_LOG_LINES = 1_000
SENTINEL_PROGRAM = "kuredtui-sentinel"
_SENTINELS_VARIABLE = "SENTINEL_PATH"

PodKey: TypeAlias = tuple[str, str]
"""A node's name, and a pod's `namespace/name`."""
Pages: TypeAlias = dict[tuple[int, str], Callable[[], Page]]
"""What a program serves over HTTP: (port, path) -> the answer at this moment."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a program finds around it.

    Attributes:
        node: the name of its machine.
        boot_id: of the machine's present boot.
        uid: of its pod.
        restarts: of its container.
        container: its container, the environment's values filled in as far as they are known.
        pod: the spec of its pod.
        files: of the machine.
        reboot: what `systemctl reboot` on the machine does: it goes down shortly afterwards.
        pages: the program puts in what it serves.
        log: and what it says, the oldest lines falling out.
        write_termination_log: replaces what its termination log holds, which the pod's status shows
            once it has ended, however it ends.
    """

    node: str
    boot_id: str
    uid: str
    restarts: int
    container: Container
    pod: PodSpec
    files: SimulatedFiles
    reboot: Callable[[], None]
    pages: Pages
    log: deque[str]
    write_termination_log: Callable[[str], None]


Main: TypeAlias = Callable[[Surroundings], Coroutine[None, None, int]]
"""Runs until it is cancelled, or ends by itself with an exit code."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a container; another restart, or another boot, is another run."""

    uid: str
    restarts: int
    boot_id: str


@dataclass
class _Process:
    run: Run
    pages: Pages
    log: deque[str]
    task: asyncio.Task[None]


class Processes:
    """The programs of the pods of one group of kubelets.

    Args:
        programs: by name, such as `kured`.
        ended: told when a program has ended by itself, with its run and its exit code.
    """

    def __init__(
        self, programs: Mapping[str, Main], *, ended: Callable[[PodKey, Run, int], None]
    ) -> None:
        self._programs = programs
        self._ended = ended
        self._running: dict[PodKey, _Process] = {}
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Own what is started, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            await asyncio.Event().wait()

    def main_of(self, spec: PodSpec) -> tuple[Main, Container] | None:
        """The program of a pod and the container it runs in; None: it has none."""
        for container in spec.containers:
            main = self._programs.get(_program_name(container))
            if main is not None:
                return main, container
        return None

    def runs(self, key: PodKey, run: Run) -> bool:
        """Whether this run goes on."""
        process = self._running.get(key)
        return process is not None and process.run == run

    def start(self, key: PodKey, run: Run, main: Main, surroundings: Surroundings) -> None:
        """See to it that this run goes on, and no other one of this pod's."""
        if self.runs(key, run):
            return
        self.stop(key)
        assert self._group is not None, "run() owns the processes"
        task = self._group.create_task(self._live(key, run, main, surroundings))
        self._running[key] = _Process(run, surroundings.pages, surroundings.log, task)

    def stop(self, key: PodKey) -> None:
        """The container has stopped: end its program."""
        process = self._running.pop(key, None)
        if process is not None:
            process.task.cancel()

    def page(self, key: PodKey, port: int, path: str) -> Page | None:
        """What a pod's program answers to GET; None: nobody listens."""
        process = self._running.get(key)
        pages = process.pages if process is not None else {}
        if page := pages.get((port, path)):
            return page()
        return _NO_PAGE if any(known == port for known, _ in pages) else None

    def log(self, key: PodKey) -> Sequence[str]:
        """What a pod's program has said in its present run."""
        process = self._running.get(key)
        return tuple(process.log) if process is not None else ()

    async def _live(self, key: PodKey, run: Run, main: Main, surroundings: Surroundings) -> None:
        exit_code = await main(surroundings)
        process = self._running.get(key)
        if process is not None and process.run == run:
            process.pages.clear()
            self._ended(key, run, exit_code)


def _program_name(container: Container) -> str:
    if any(variable.name == _SENTINELS_VARIABLE for variable in container.env):
        return SENTINEL_PROGRAM
    if container.command:
        return container.command[0].rpartition("/")[2]
    return container.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
