"""What the controllers know of the cluster: one watch of each kind, shared by all of them."""

from __future__ import annotations

import asyncio

from kuredtui.demo.controllers.pods import PodIndex
from kuredtui.demo.controllers.wire import (
    MANAGED_DAEMONSETS,
    MANAGED_DEPLOYMENTS,
    MANAGED_PODS,
    MANAGED_REPLICASETS,
)
from kuredtui.demo.informer import Informer
from kuredtui.demo.kubelet.node_agent import LEASE_NAMESPACE
from kuredtui.kube.client import Client
from kuredtui.kube.resources import LEASES, NAMESPACES, NODES, POD_DISRUPTION_BUDGETS


class Caches:
    """Everything the controllers look at."""

    def __init__(self, client: Client) -> None:
        self.nodes = Informer(client, NODES)
        self.leases = Informer(client, LEASES, namespace=LEASE_NAMESPACE)
        self.pods = Informer(client, MANAGED_PODS)
        self.deployments = Informer(client, MANAGED_DEPLOYMENTS)
        self.replica_sets = Informer(client, MANAGED_REPLICASETS)
        self.daemon_sets = Informer(client, MANAGED_DAEMONSETS)
        self.budgets = Informer(client, POD_DISRUPTION_BUDGETS)
        self.namespaces = Informer(client, NAMESPACES)
        self.index = PodIndex(self.pods)

    async def run(self) -> None:
        """Follow the API server until cancelled."""
        async with asyncio.TaskGroup() as group:
            for informer in self._all():
                group.create_task(informer.run())

    async def synced(self) -> None:
        """Return when every first list is complete."""
        for informer in self._all():
            await informer.synced.wait()

    def _all(self) -> tuple[Informer, ...]:  # type: ignore[type-arg]  # of any kind of object
        return (
            self.nodes,
            self.leases,
            self.pods,
            self.deployments,
            self.replica_sets,
            self.daemon_sets,
            self.budgets,
            self.namespaces,
        )
