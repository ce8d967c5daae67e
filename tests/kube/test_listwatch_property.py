"""Whatever happens in the cluster and to the connection: in the end we know exactly what the server knows."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import NotFound, Unreachable
from kuredtui.kube.listwatch import WatchSettings
from kuredtui.kube.resources import NODES
from kuredtui.kube.timeouts import Timeouts
from kuredtui.kube.types import Node
from tests.kube.follower import Follower, node
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

T = TypeVar("T")

NAMES = [f"n{number}" for number in range(6)]

WRITES = [(what, name) for what in ("write", "write", "delete") for name in NAMES]
FAULTS = [
    (what, verb)
    for what in (
        "drop",
        "expire",
        "cut",
        "empty",
        "silence",
        "status 410",
        "status 503",
        "status 429",
    )
    for verb in ("watch", "list", "*")
]
EVENTS = [("server", "restart"), ("server", "forget")]
# Lists rather than strategies under `one_of`, which would count equal ones but once. Most steps are
# changes, so that there is something to lose when a fault strikes.
STEPS = st.sampled_from([*WRITES * 8, *FAULTS * 2, *EVENTS * 6])

HECTIC = WatchSettings(
    stretch=(1.0, 1.4),
    silence=0.1,
    backoff=BackoffRange(first=0.001, most=0.005),
    refused=0.01,
    hasty=0.005,
)
IMPATIENT = Timeouts(request=0.2)
"""For a list that is never answered."""


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(STEPS, min_size=300, max_size=500),
    page_size=st.sampled_from([1, 2, 500]),
)
def test_in_the_end_we_know_what_the_server_knows(
    steps: list[tuple[str, str]], page_size: int
) -> None:
    asyncio.run(_journey(steps, page_size))


async def _journey(steps: list[tuple[str, str]], page_size: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        kubeconfig = Path(directory) / "kubeconfig"
        async with ApiServer(bookmark_seconds=0.02) as server:
            server.write_kubeconfig(kubeconfig)
            target = resolve(kubeconfig=str(kubeconfig))
            async with (
                await connect(target, timeouts=IMPATIENT) as ours,
                await connect(target) as others,
            ):
                await _live_through(server, ours, others, steps, page_size)


async def _live_through(
    server: ApiServer,
    ours: Client,
    others: Client,
    steps: list[tuple[str, str]],
    page_size: int,
) -> None:
    async with Follower(ours, page_size=page_size, settings=HECTIC) as follower:
        for number, (what, which) in enumerate(steps):
            await _step(server, others, what, which, number)
            await asyncio.sleep(0.002 * (number % 3))
        server.faults.clear()
        truth = _identities((await _surely(lambda: others.list(NODES))).items)
        await eventually(
            lambda: _identities(follower.nodes.values()) == truth,
            what=lambda: (
                f"{truth}, but there is {_identities(follower.nodes.values())}, "
                f"{follower.lost[-1:]}"
            ),
        )
        stored = {(n.name, n.uid, n.resource_version) for n in follower.store.records()}
        assert stored == truth


async def _step(server: ApiServer, others: Client, what: str, which: str, number: int) -> None:
    match what:
        case "write":
            server.seed([node(which, number=str(number))])
        case "delete":
            with suppress(NotFound):
                await _surely(lambda: others.delete(NODES, which))
        case "server":
            server.restart(keep_history=which == "restart")
        case _:
            action, _, status = what.partition(" ")
            server.inject(
                Fault(
                    action=action,  # type: ignore[arg-type]  # one of the above
                    verb=which,
                    path=NODES.path(),
                    status=int(status or 503),
                    retry_after=0 if status == "429" else None,
                )
            )


async def _surely(call: Callable[[], Awaitable[T]]) -> T:
    """A request of those who bring the changes about; a restart may cut their connections, too."""
    while True:
        with suppress(Unreachable):
            return await call()


def _identities(nodes: Iterable[Node]) -> set[tuple[str, str, str]]:
    return {
        (item.metadata.name, item.metadata.uid, item.metadata.resource_version) for item in nodes
    }
