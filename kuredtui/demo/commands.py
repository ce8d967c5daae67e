"""The commands `kuredtui demo serve` and `kuredtui demo kubelets`: run until told to stop.

SIGINT and SIGTERM stop them, and so does the end of standard input where that was asked for: a
parent that is killed closes it, and nothing is left behind.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.errors import DemoError
from kuredtui.demo.kubelet import Kubelets
from kuredtui.demo.pace import Pace
from kuredtui.demo.programs import make_programs
from kuredtui.demo.scenario import KuredFlavour, ScenarioName
from kuredtui.demo.scenario.pools import make_pools
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import ApiError, ConfigError, Unreachable

KUBELETS_INSTANCE = "kuredtui-demo-kubelets"
_KUBELETS_SEED = 20_251
"""Of the nodes' names: other ones than an embedded cluster has by default."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def serve(
    *,
    nodes: int,
    seed: int,
    port: int,
    kubeconfig_out: Path,
    speed: float,
    scenario: ScenarioName = "aks",
    kured: KuredFlavour | None = None,
    kubelets: bool,
    exit_at_eof: bool,
) -> None:
    """Serve an embedded cluster; says where in one line when it is ready.

    Args:
        nodes: how many it has.
        seed: the same seed, the same cluster.
        port: of the API server on loopback; 0: any free one.
        kubeconfig_out: where to write the kubeconfig.
        speed: simulated seconds in a real one.
        scenario: what is in it.
        kured: which kured; None: the scenario's own.
        kubelets: whether the nodes live, or only stand in the API.
        exit_at_eof: end when standard input ends.

    Raises:
        DemoError: it cannot start.
    """
    async with _told_to_stop(exit_at_eof=exit_at_eof) as stop:
        cluster = DemoCluster(
            nodes=nodes,
            seed=seed,
            speed=speed,
            scenario=scenario,
            kured=kured,
            kubelets=kubelets,
            port=port,
            kubeconfig=kubeconfig_out,
        )
        async with cluster:
            _say(
                f"kuredtui demo: serving {nodes} nodes at {cluster.server.url}, "
                f"kubeconfig {kubeconfig_out}"
            )
            await _first_of(stop.wait(), cluster.failed())


async def kubelets(*, kubeconfig: str, nodes: int, speed: float, exit_at_eof: bool) -> None:
    """Run simulated kubelets against the API server that a kubeconfig names.

    Args:
        kubeconfig: the file.
        nodes: how many; they are registered unless they are there from an earlier run.
        speed: simulated seconds in a real one.
        exit_at_eof: end when standard input ends.

    Raises:
        DemoError: the server cannot be reached, or does not let them register.
    """
    refused: BaseException | None = None
    pace = Pace(speed)
    blueprints = make_pools(nodes, instance=KUBELETS_INSTANCE, seed=_KUBELETS_SEED)
    async with _told_to_stop(exit_at_eof=exit_at_eof) as stop:
        try:
            async with await connect(resolve(kubeconfig=kubeconfig)) as client:
                await client.version()  # or else they would wait for a server for ever
                group = Kubelets(
                    client,
                    instance=KUBELETS_INSTANCE,
                    blueprints=blueprints,
                    pace=pace,
                    programs=make_programs(client, pace=pace),
                )
                _say(f"kuredtui demo: kubelets of {nodes} nodes at {client.server}")
                await _first_of(stop.wait(), group.run())
        except* (ApiError, ConfigError, Unreachable) as errors:
            refused = errors
    if refused is not None:  # raised up there it would arrive in a group (before Python 3.11.4)
        raise DemoError(_first_message(refused)) from refused


@asynccontextmanager
async def _told_to_stop(*, exit_at_eof: bool) -> AsyncIterator[asyncio.Event]:
    """An event that a signal sets, or the end of standard input."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    transport: asyncio.ReadTransport | None = None
    if exit_at_eof:
        transport, _ = await loop.connect_read_pipe(lambda: _EndOfInput(stop), sys.stdin)
    try:
        yield stop
    finally:
        if transport is not None:
            transport.close()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


class _EndOfInput(asyncio.Protocol):
    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop.set()


async def _first_of(*endings: Coroutine[None, None, object]) -> None:
    """Return, or raise, with whatever ends first; the others are cancelled."""
    tasks = [asyncio.ensure_future(ending) for ending in endings]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _first_message(errors: BaseException) -> str:
    """Many requests fail for one reason."""
    while isinstance(errors, BaseExceptionGroup):
        errors = errors.exceptions[0]
    return str(errors)


def _say(line: str) -> None:
    """The one line that a parent process waits for."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
