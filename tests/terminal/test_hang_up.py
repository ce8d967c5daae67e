"""A terminal that goes away: the program ends, and an operation stops at a safe point (DESIGN 5)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from typing import TextIO, cast

import pytest
from textual.app import App
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.linux_driver import LinuxDriver

from kuredtui.engine.phases import Outcome, Phase
from kuredtui.ui.terminal_driver import TerminalDriver
from kuredtui.ui.terminal_output import TerminalOutput
from tests.engine.conftest import colleague, orphan
from tests.engine.facts import (
    Carrier,
    assert_as_found,
    hold_up,
    journal_of,
    let_go,
    node_of,
)
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.terminal.emulator import Terminal
from tests.terminal.program import program


async def test_what_is_on_its_way_to_a_terminal_that_is_gone_holds_nobody_up() -> None:
    """It is more than Textual's queue holds, and its thread used to end with the first of it."""
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as file:
        os.close(master)
        writer = WriterThread(cast(TextIO, TerminalOutput(file, lambda: None)))
        writer.start()

        def write() -> None:
            for _ in range(10 * MAX_QUEUED_WRITES):
                writer.write("x")
            writer.stop()

        async with asyncio.timeout(20):
            await asyncio.to_thread(write)
        with contextlib.suppress(OSError):
            file.close()


@pytest.fixture
def _signals() -> Iterator[None]:
    """Handlers as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
async def test_only_what_was_suspended_is_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system sends SIGCONT with a hang-up, too: Textual began to read and write a second time."""
    done: list[str] = []
    for name in ("start_application_mode", "stop_application_mode"):
        monkeypatch.setattr(LinuxDriver, name, lambda _self, name=name: done.append(name))
    driver = TerminalDriver(App[object]())
    signal.raise_signal(signal.SIGCONT)
    assert done == []
    driver.suspend_application_mode()
    signal.raise_signal(signal.SIGCONT)
    signal.raise_signal(signal.SIGCONT)
    assert done == ["stop_application_mode", "start_application_mode"]


async def test_closed_in_mid_drain_it_leaves_what_a_colleague_resumes(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    carrier = Carrier(cluster=cluster)
    await carrier.make()
    await hold_up(cluster, name)
    place = ["--ds-namespace", cluster.namespace, "--ds-name", carrier.name]
    arguments = ["--kubeconfig", str(cluster.kubeconfig), *place, "--evict-uncontrolled"]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("● live")
        terminal.send(f"/{name}")
        await terminal.see("/ " + name, "1 of ")
        terminal.send("\r")
        await terminal.see("r Reboot")
        terminal.send("r")
        await terminal.see(f"Reboot {name}?")
        terminal.send("y")
        await terminal.see(name, "0/1 pods gone", timeout=60)
        terminal.hang_up()
        assert await terminal.exit(timeout=60)

    journal = await journal_of(cluster, name)
    assert journal is not None
    assert (journal.phase, journal.epoch, journal.failed) == (Phase.DRAINING, 1, "")
    assert await carrier.holders() == [f"kuredtui:{name}"]
    assert (await node_of(cluster, name)).spec.unschedulable
    async with colleague(carrier) as session:
        await orphan(session, name)
        operation = session.resume(name)
        await eventually(lambda: operation.phase is Phase.DRAINING, timeout=30)
        await let_go(cluster)
        assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name)
