"""The namespace controller: empties a namespace that is being deleted, and lets it go."""

from __future__ import annotations

from kuredtui.demo.controllers.caches import Caches
from kuredtui.demo.pace import Pace
from kuredtui.demo.reading import read_as
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import (
    CONFIG_MAPS,
    DAEMONSETS,
    DEPLOYMENTS,
    EVENTS,
    LEASES,
    NAMESPACES,
    PERSISTENT_VOLUME_CLAIMS,
    POD_DISRUPTION_BUDGETS,
    PODS,
    REPLICASETS,
    Resource,
)
from kuredtui.kube.types import Namespace, ObjectMeta, Wire

_AGAIN_SECONDS = 0.1
_FIRST_SECONDS = 5.0
"""Until its contents are deleted, so that every API server has heard of it (namespaceDeletionGracePeriod)."""
_WORKERS = 2


class _Content(Wire, frozen=True):
    metadata: ObjectMeta


_SECRETS: Resource[_Content] = Resource(
    group="", version="v1", plural="secrets", kind="Secret", namespaced=True, type=_Content
)
_CONTENTS: tuple[Resource[_Content], ...] = (
    *(
        read_as(resource, _Content)
        for resource in (DEPLOYMENTS, DAEMONSETS, REPLICASETS, PODS, POD_DISRUPTION_BUDGETS)
    ),
    *(
        read_as(resource, _Content)
        for resource in (PERSISTENT_VOLUME_CLAIMS, CONFIG_MAPS, LEASES, EVENTS)
    ),
    _SECRETS,
)
"""Owners before what they own, so that nothing is made anew."""
_RAW_NAMESPACES: Resource[JsonObject] = read_as(NAMESPACES, dict)


class Namespaces:
    """Ends namespaces."""

    def __init__(self, client: Client, caches: Caches, pace: Pace) -> None:
        self._client = client
        self._caches = caches
        self._pace = pace
        self._queue = WorkQueue(self._look_after, workers=_WORKERS)
        caches.namespaces.listeners.append(self._changed)

    async def run(self) -> None:
        """Control until cancelled."""
        await self._queue.run()

    def _changed(self, _before: Namespace | None, after: Namespace | None) -> None:
        if after is not None and after.metadata.deletion_timestamp is not None:
            self._queue.add(after.metadata.name, after=self._pace.real(_FIRST_SECONDS))

    async def _look_after(self, name: str) -> float | None:
        if name not in self._caches.namespaces.items:
            return None
        left = 0
        for resource in _CONTENTS:
            left += await self._delete_all(resource, name)
        if left:
            return _AGAIN_SECONDS
        namespace = await self._client.get(_RAW_NAMESPACES, name)
        namespace["spec"] = {"finalizers": []}
        await self._client.replace(_RAW_NAMESPACES, name, namespace, subresource="finalize")
        return None

    async def _delete_all(self, resource: Resource[_Content], namespace: str) -> int:
        """Ask every object to go; returns how many there were."""
        page = await self._client.list(resource, namespace=namespace)
        for item in page.items:
            if item.metadata.deletion_timestamp is not None:
                continue
            try:
                await self._client.delete(resource, item.metadata.name, namespace=namespace)
            except NotFound:
                continue
        return len(page.items)
