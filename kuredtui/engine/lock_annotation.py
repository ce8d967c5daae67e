"""The annotation that is the lock: read, and changed by compare-and-swap."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeAlias

from kuredtui.engine.lock_place import Holder, LockPlace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import AlreadyExists, Conflict, NotFound
from kuredtui.kube.resources import LEASES

# A lost race is tried again after a moment, drawn anew each time so that two do not meet for ever.
_RACE_PAUSE = (0.01, 0.1)

Change: TypeAlias = Callable[[str | None], str | None]
"""The annotation's text made into another; None: no annotation."""


class LockAnnotation:
    """One annotation.

    Args:
        client: the API.
        place: where it is.
    """

    def __init__(self, client: Client, place: LockPlace) -> None:
        self.place = place
        self._client = client

    async def text(self) -> str | None:
        """As it reads now; None without one."""
        holder = await self._get()
        return holder.metadata.annotations.get(self.place.annotation) if holder else None

    async def swap(self, change: Change) -> None:
        """Read, change and write it until nobody came in between. What `change` raises is passed on."""
        while True:
            holder = await self._get()
            annotations = holder.metadata.annotations if holder else {}
            before = annotations.get(self.place.annotation)
            after = change(before)
            if after == before:
                return
            try:
                await self._write(holder, after)
            except (Conflict, AlreadyExists):
                await asyncio.sleep(random.uniform(*_RACE_PAUSE))
            else:
                return

    async def _write(self, holder: Holder | None, text: str | None) -> None:
        place = self.place
        annotations = {place.annotation: text}
        if holder is None:
            lease = {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": place.name, "annotations": annotations},
            }
            await self._client.create(LEASES, lease, namespace=place.namespace)
            return
        version = holder.metadata.resource_version
        await self._client.patch(
            place.resource,
            place.name,
            {"metadata": {"resourceVersion": version, "annotations": annotations}},
            namespace=place.namespace,
        )

    async def _get(self) -> Holder | None:
        """The object that carries the lock; a Lease may be missing, kured's DaemonSet may not."""
        place = self.place
        try:
            return await self._client.get(place.resource, place.name, namespace=place.namespace)
        except NotFound:
            if place.resource is LEASES:
                return None
            raise
