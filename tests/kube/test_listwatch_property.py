"""Whatever happens in the cluster and to the connection: in the end we know exactly what the server knows."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import NotFound
from kuredtui.kube.listwatch import WatchSettings
from kuredtui.kube.resources import NODES
from tests.kube.follower import Follower, node
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

NAMES = [f"n{number}" for number in range(6)]

WRITES = st.tuples(st.sampled_from(["write", "write", "delete"]), st.sampled_from(NAMES))
FAULTS = st.tuples(
    st.sampled_from(
        ["drop", "expire", "cut", "empty", "silence", "status 410", "status 503", "status 429"]
    ),
    st.sampled_from(["watch", "list", "*"]),
)
EVENTS = st.tuples(st.just("server"), st.sampled_from(["restart", "forget"]))
STEPS = st.one_of(*[WRITES] * 24, FAULTS, EVENTS)

HECTIC = WatchSettings(
    stretch=(1.0, 1.4),
    silence=0.1,
    backoff=BackoffRange(first=0.001, most=0.005),
    refused=0.01,
    hasty=0.005,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
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
            async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
                await _live_through(server, client, steps, page_size)


async def _live_through(
    server: ApiServer, client: Client, steps: list[tuple[str, str]], page_size: int
) -> None:
    async with Follower(client, page_size=page_size, settings=HECTIC) as follower:
        for number, (what, which) in enumerate(steps):
            await _step(server, client, what, which, number)
            await asyncio.sleep(0.002 * (number % 3))
        server.faults.clear()
        truth = {
            item.metadata.name: (item.metadata.uid, item.metadata.resource_version)
            for item in (await client.list(NODES)).items
        }
        await eventually(
            lambda: _known(follower) == truth,
            timeout=20,
            what=f"{truth}, but there is {_known(follower)}, {follower.lost[-1:]}",
        )


async def _step(server: ApiServer, client: Client, what: str, which: str, number: int) -> None:
    match what:
        case "write":
            server.seed([node(which, number=str(number))])
        case "delete":
            server.faults.clear()  # the one who deletes shall not meet them
            with suppress(NotFound):
                await client.delete(NODES, which)
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


def _known(follower: Follower) -> dict[str, tuple[str, str]]:
    return {
        name: (item.metadata.uid, item.metadata.resource_version)
        for name, item in follower.nodes.items()
    }
