"""Replaying a scenario on an embedded server of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kuredtui.demo.apiserver import ApiServer
from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.daemon_sets import DaemonSets
from kuredtui.demo.controllers.disruption import Disruption
from kuredtui.demo.pace import Pace
from kuredtui.kube.connection import connect, resolve
from tests.contract.accounts import accounts_of
from tests.contract.corner import Corner
from tests.contract.pairs import Replayed, pairs
from tests.contract.replay import Replay
from tests.contract.transcripts import Scenario, Step

_FORGETTING = "continue after the server restarted and the history is gone"
"""The step of `expired` before which the recorded server lost its memory."""


async def replay_embedded(scenario: Scenario) -> Replayed:
    """All steps, also those that are known to be answered differently."""
    async with ApiServer() as server, kubeconfig_of(server) as kubeconfig:

        async def before(step: Step) -> None:
            if step.name == _FORGETTING:
                server.restart(keep_history=False)

        async with (
            controllers(kubeconfig),
            accounts_of(kubeconfig) as accounts,
            Corner.opened(accounts["admin"]) as corner,
        ):
            replay = Replay(
                scenario=scenario, accounts=accounts, corner=corner, before=before, skip=()
            )
            return Replayed(pairs(scenario, await replay.run(), given=False), missing={})


@asynccontextmanager
async def kubeconfig_of(server: ApiServer) -> AsyncIterator[Path]:
    """A kubeconfig as long as it is needed."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "kubeconfig"
        server.write_kubeconfig(path)
        yield path


@asynccontextmanager
async def controllers(kubeconfig: Path) -> AsyncIterator[None]:
    """Those whose writes the recorder waited for."""
    async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
        caches = Caches(client)
        parts = (caches, DaemonSets(client, caches), Disruption(client, caches, Pace()))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part.run()) for part in parts]
            await caches.synced()
            yield
            for task in tasks:
                task.cancel()
