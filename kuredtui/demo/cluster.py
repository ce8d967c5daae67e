"""The embedded cluster whole: an API server, kubelets, controllers and a scenario in one loop."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from kuredtui.demo.apiserver import ApiServer
from kuredtui.demo.controllers import Controllers
from kuredtui.demo.errors import DemoError
from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import Kubelets
from kuredtui.demo.pace import Pace
from kuredtui.demo.programs import make_programs
from kuredtui.demo.scenario import KuredFlavour, KuredSetup, ScenarioName, make_scenario
from kuredtui.demo.scenario.plain import INSTANCE
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve

_LOG = logging.getLogger(__name__)


class DemoCluster:
    """A cluster that lives in the running loop, as an async context manager.

    Args:
        nodes: how many it has.
        seed: the same seed, the same cluster.
        speed: simulated seconds in a real one.
        scenario: what is in it and what happens there.
        kured: which kured; None: the scenario's own.
        kubelets: whether the nodes live; without, objects only stand in the API.
        port: of the API server on loopback; 0: any free one.
        kubeconfig: where to write the kubeconfig; None: into a temporary directory.

    Attributes:
        kubeconfig: the file, with the contexts `admin` (current) and `viewer`.
        server: the API server.
        client: an administrator's, for whoever is in the same loop.
        faults: what can be made to go wrong.
        kubelets: of its nodes.
        node_names: the nodes it began with.
    """

    server: ApiServer
    client: Client
    faults: Faults
    kubelets: Kubelets
    node_names: list[str]

    def __init__(
        self,
        *,
        nodes: int = 8,
        seed: int = 1,
        speed: float = 10.0,
        scenario: ScenarioName = "aks",
        kured: KuredFlavour | KuredSetup | None = None,
        kubelets: bool = True,
        port: int = 0,
        kubeconfig: Path | None = None,
    ) -> None:
        self._pace = Pace(speed)
        self._scenario = make_scenario(
            scenario, nodes=nodes, kured=kured, seed=seed, now=self._pace.now()
        )
        self._lives = kubelets
        self._port = port
        self._directory = tempfile.TemporaryDirectory(prefix="kuredtui-demo-")
        self._stack = AsyncExitStack()
        self._life: asyncio.Task[None] | None = None
        self.kubeconfig = kubeconfig or Path(self._directory.name) / "kubeconfig"
        self.node_names = [blueprint.name for blueprint in self._scenario.blueprints]

    async def __aenter__(self) -> DemoCluster:
        async with AsyncExitStack() as stack:
            stack.enter_context(self._directory)
            self.server = ApiServer()
            await self._start_server(stack)
            self.server.seed(self._scenario.objects)
            target = resolve(kubeconfig=str(self.kubeconfig))
            self.client = await stack.enter_async_context(await connect(target))
            self.faults = Faults(self.client, self.server)
            self.kubelets = Kubelets(
                self.client,
                instance=INSTANCE,
                blueprints=self._scenario.blueprints,
                pace=self._pace,
                programs=make_programs(self.client, pace=self._pace),
            )
            self.server.connect_kubelets(self.kubelets)
            if self._lives:
                self._life = asyncio.create_task(self._live())
                stack.push_async_callback(self._end)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start_server(self, stack: AsyncExitStack) -> None:
        """Listen, and say where in the kubeconfig. `DemoError` when one of them cannot be done."""
        try:
            await self.server.start(port=self._port)
        except OSError as error:
            raise DemoError(
                f"The embedded cluster cannot listen on port {self._port}: {_reason(error)}. "
                "Name another port, or none to take a free one."
            ) from error
        stack.push_async_callback(self.server.stop)
        try:
            self.server.write_kubeconfig(self.kubeconfig)
        except FileExistsError as error:
            raise DemoError(
                f"{self.kubeconfig} is not an embedded cluster's and is left alone: name another "
                "file for the kubeconfig."
            ) from error
        except OSError as error:
            raise DemoError(
                f"The kubeconfig cannot be written to {self.kubeconfig}: {_reason(error)}."
            ) from error

    async def failed(self) -> None:
        """Return never; raise what broke the cluster, when it breaks."""
        if self._life is None:
            await asyncio.Event().wait()
        else:
            await asyncio.shield(self._life)

    async def _live(self) -> None:
        client, pace = self.client, self._pace
        async with asyncio.TaskGroup() as group:
            group.create_task(self.kubelets.run())
            group.create_task(Controllers(client, pace=pace).run())
            if self._scenario.story is not None:
                group.create_task(self._scenario.story(client, self.faults, pace))

    async def _end(self) -> None:
        assert self._life is not None
        self._life.cancel()
        await asyncio.wait([self._life])
        if not self._life.cancelled() and (error := self._life.exception()):
            raise error


def _reason(error: OSError) -> str:
    """The system's words, without ours or asyncio's around them."""
    return os.strerror(error.errno) if error.errno else str(error)
