"""Garbage collection: what is owned by something that is gone, and pods whose node is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import TypeVar

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.controllers.wire import (
    MANAGED_DAEMONSETS,
    MANAGED_DEPLOYMENTS,
    MANAGED_PODS,
    MANAGED_REPLICASETS,
    ManagedPod,
)
from kuredtui.demo.informer import Informer, Item
from kuredtui.demo.pace import Pace
from kuredtui.demo.reading import read_as
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, NotFound, Unreachable
from kuredtui.kube.resources import LEASES, NODES, Resource
from kuredtui.kube.types import ObjectMeta, OwnerReference, Wire

_LOG = logging.getLogger(__name__)
_QUARANTINE_SECONDS = 40.0
"""How long a node must have been gone before its pods are deleted (podgc)."""
_SWEEP_SECONDS = 20.0
_HASTY_SECONDS = 0.02
"""Real seconds: what disappears together is looked at together."""

T = TypeVar("T", bound=Item)


class _Owner(Wire, frozen=True):
    metadata: ObjectMeta


_OWNERS = {
    "Deployment": read_as(MANAGED_DEPLOYMENTS, _Owner),
    "ReplicaSet": read_as(MANAGED_REPLICASETS, _Owner),
    "DaemonSet": read_as(MANAGED_DAEMONSETS, _Owner),
    "Node": read_as(NODES, _Owner),
}


class Garbage:
    """Deletes what nobody owns any more."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._something_went = asyncio.Event()
        self._missed: dict[str, float] = {}  # node that pods name but nobody knows -> since when
        for informer in (caches.deployments, caches.replica_sets, caches.daemon_sets):
            informer.listeners.append(self._changed)
        caches.nodes.listeners.append(self._changed)

    async def run(self) -> None:
        """Collect until cancelled: after each deletion of an owner, and from time to time."""
        while True:
            try:
                await self._sweep()
            except (ApiError, Unreachable) as error:
                _LOG.info("garbage collection: %s", error)
            self._something_went.clear()
            try:
                async with asyncio.timeout(self._pace.real(_SWEEP_SECONDS)):
                    await self._something_went.wait()
                await asyncio.sleep(_HASTY_SECONDS)
            except TimeoutError:
                continue

    def _changed(self, _before: Item | None, after: Item | None) -> None:
        if after is None:
            self._something_went.set()

    async def _sweep(self) -> None:
        caches = self._caches
        await self._collect(caches.replica_sets, MANAGED_REPLICASETS)
        await self._collect(caches.pods, MANAGED_PODS)
        await self._collect(caches.leases, LEASES)
        for pod in self._stranded():
            metadata = pod.metadata
            await self._delete(MANAGED_PODS, metadata, grace_seconds=0)

    async def _collect(self, informer: Informer[T], resource: Resource[T]) -> None:
        for item in list(informer.items.values()):
            metadata = item.metadata
            if metadata.deletion_timestamp is not None:
                continue
            owners = metadata.owner_references
            if not owners or any(self._may_exist(owner, metadata) for owner in owners):
                continue
            if await self._all_gone(metadata):
                await self._delete(resource, metadata)

    def _may_exist(self, owner: OwnerReference, metadata: ObjectMeta) -> bool:
        """Whether an owner is among what we know, or of a kind that we do not know."""
        match owner.kind:
            case "Deployment":
                known: Item | None = self._caches.deployments.items.get(_key(owner, metadata))
            case "ReplicaSet":
                known = self._caches.replica_sets.items.get(_key(owner, metadata))
            case "DaemonSet":
                known = self._caches.daemon_sets.items.get(_key(owner, metadata))
            case "Node":
                known = self._caches.nodes.items.get(owner.name)
            case _:
                return True
        return known is not None and known.metadata.uid == owner.uid

    async def _all_gone(self, metadata: ObjectMeta) -> bool:
        """Ask the server itself before anything is deleted: what we know may be late."""
        for owner in metadata.owner_references:
            resource: Resource[_Owner] = _OWNERS[owner.kind]
            namespace = metadata.namespace if resource.namespaced else ""
            try:
                found = await self._client.get(resource, owner.name, namespace=namespace)
            except NotFound:
                continue
            if found.metadata.uid == owner.uid:
                return False
        return True

    def _stranded(self) -> Iterator[ManagedPod]:
        now = self._pace.now()
        lost = [
            pod
            for pod in self._caches.pods.items.values()
            if pod.spec.node_name and pod.spec.node_name not in self._caches.nodes.items
        ]
        names = {pod.spec.node_name for pod in lost}
        self._missed = {name: self._missed.get(name, now) for name in names}
        limit = now - self._pace.real(_QUARANTINE_SECONDS)
        return (pod for pod in lost if self._missed[pod.spec.node_name] <= limit)

    async def _delete(
        self, resource: Resource[T], metadata: ObjectMeta, *, grace_seconds: int | None = None
    ) -> None:
        try:
            await self._client.delete(
                resource,
                metadata.name,
                namespace=metadata.namespace,
                uid=metadata.uid,
                grace_seconds=grace_seconds,
            )
        except NotFound:
            return


def _key(owner: OwnerReference, metadata: ObjectMeta) -> str:
    return f"{metadata.namespace}/{owner.name}"
