"""All controllers together."""

from __future__ import annotations

import asyncio

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.daemon_sets import DaemonSets
from kuredtui.demo.controllers.deployments import Deployments
from kuredtui.demo.controllers.disruption import Disruption
from kuredtui.demo.controllers.garbage import Garbage
from kuredtui.demo.controllers.namespaces import Namespaces
from kuredtui.demo.controllers.node_lifecycle import NodeLifecycle
from kuredtui.demo.controllers.replica_sets import ReplicaSets
from kuredtui.demo.controllers.scheduler import Scheduler
from kuredtui.demo.pace import Pace
from kuredtui.kube.client import Client


class Controllers:
    """What kube-scheduler and kube-controller-manager do, as far as drains can see it.

    Args:
        client: the embedded API server, as an administrator.
        pace: how fast their time-outs go by.
    """

    def __init__(self, client: Client, *, pace: Pace) -> None:
        self._caches = Caches(client)
        self._controllers = (
            Scheduler(client, self._caches, pace),
            ReplicaSets(client, self._caches),
            Deployments(client, self._caches, pace),
            DaemonSets(client, self._caches),
            Disruption(client, self._caches, pace),
            NodeLifecycle(client, self._caches, pace),
            Namespaces(client, self._caches, pace),
            Garbage(client, self._caches, pace),
        )

    async def run(self) -> None:
        """Control until cancelled. Nothing is done before everything is known."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._caches.run())
            await self._caches.synced()
            for controller in self._controllers:
                group.create_task(controller.run())
