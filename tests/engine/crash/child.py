"""The process that is killed: one operation by a session of its own, with a transport that counts its writes.

It is a process of its own, forked off a server that has imported everything, so that it starts at once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from kuredtui.engine.operation import Operation
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.kube import gate
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.transport import Answer
from tests.support.eventually import eventually
from tests.support.line import Line

OWNER = "mortal@here"

When = Literal["before", "after"]
Act = Literal["reboot", "drain", "resume", "roll back"]
# When an operation of a process that was killed is an orphan to the next one; its own lives as long as
# any: only who takes over is in a hurry.
SOON = 0.6


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the child does.

    Attributes:
        kubeconfig: the cluster.
        node: the node.
        options: how.
        act: what it does to the node.
        kill_at: the number of the write, from 1, at which it is killed; 0: it lives.
        kill_at_exec: it is killed at its command in kured's pod.
        when: right before the write is sent, or right after it was answered.
        log: where it writes what happens, for whoever wonders why it hangs.
    """

    kubeconfig: str
    node: str
    options: EngineOptions
    act: Act = "reboot"
    kill_at: int = 0
    kill_at_exec: bool = False
    when: When = "before"
    log: Path


class CountingLine(Line):
    """Counts the requests that change something, and ends this process at one of them."""

    def __init__(self, client: Client, job: Job) -> None:
        super().__init__(client)
        self.writes: list[str] = []
        self._job = job

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str, **more: object
    ) -> AsyncIterator[Answer]:
        counts = not gate.harmless(method, path, query) and not path.endswith("/events")
        if counts:
            self.writes.append(f"{method} {path}{'?' if query else ''}{query}")
        mine = counts and len(self.writes) == self._job.kill_at
        if mine and self._job.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        async with super().request(method, path, query=query, **more) as answer:
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)
            yield answer

    @asynccontextmanager
    async def socket(self, path: str, **more: object) -> AsyncIterator[AsyncIterator[bytes]]:
        """A command, which counts as one write; it is killed before it, or when it was answered."""
        self.writes.append(f"exec {path}")
        mine = self._job.kill_at_exec or len(self.writes) == self._job.kill_at
        if mine and self._job.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        async with super().socket(path, **more) as messages:
            yield messages
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)


def run(job: Job, writes: Connection) -> None:
    """Do the job, and send what was written, if this process lives so long."""
    writes.send(asyncio.run(_run(job)))


async def _run(job: Job) -> list[str]:
    async with await connect(resolve(kubeconfig=job.kubeconfig)) as client:
        line = CountingLine(client, job)
        session = Session(client, options=job.options, owner=OWNER, log_file=job.log)
        session._operations.orphans.after = SOON
        running = asyncio.create_task(session.run())
        while job.node not in session.store or session.connection.kind != "live":
            await session.changed.wait()
            session.changed.clear()
        await (await _begin(session, job)).ended()
        running.cancel()
        await asyncio.wait([running])
        return line.writes


async def _begin(session: Session, job: Job) -> Operation:
    match job.act:
        case "reboot":
            return session.start_reboot(job.node)
        case "drain":
            return session.start_drain(job.node)
    await eventually(lambda: job.node in session.orphans(), timeout=_HANGS_SECONDS)
    return session.resume(job.node) if job.act == "resume" else session.roll_back(job.node)


_HANGS_SECONDS = 60.0

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


async def execute(job: Job) -> list[str] | None:
    """Run a child to its end. Returns its writes, or None when it was killed."""
    mine, childs = _processes.Pipe(duplex=False)
    process = _processes.Process(target=run, args=(job, childs), daemon=True)
    process.start()
    childs.close()
    try:
        async with asyncio.timeout(_HANGS_SECONDS):
            await _ended(process)
        if process.exitcode == -signal.SIGKILL:
            return None
        assert process.exitcode == 0, f"the child failed:\n{job.log.read_text()}"
        writes: list[str] = mine.recv()
        return writes
    except TimeoutError:
        raise AssertionError(f"the child hangs:\n{job.log.read_text()}") from None
    finally:
        if process.is_alive():
            process.kill()
        process.join()
        process.close()
        mine.close()


async def _ended(process: multiprocessing.process.BaseProcess) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()  # at once, for it has ended
