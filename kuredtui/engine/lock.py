"""Holding kured's lock: taken, looked at again, renamed and released by compare-and-swap."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec

from kuredtui.cluster import lock as wire
from kuredtui.cluster.lock import OUR_PREFIX, LockEntry, LockHeld, LockMetadata, UnreadableLock
from kuredtui.engine.errors import LockLost
from kuredtui.engine.lock_place import Holder, LockPlace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import AlreadyExists, Conflict, NotFound
from kuredtui.kube.resources import LEASES

_NANOSECONDS = 1_000_000_000
# A lost race is tried again after a moment, drawn anew each time so that two do not meet for ever.
_RACE_PAUSE = (0.01, 0.1)

Change = Callable[[str | None], str | None]


class NodeLock:
    """The lock, on behalf of one node.

    Args:
        client: the API.
        place: where the lock lives.
        node: the node.
        unschedulable: whether the node was cordoned before; kured leaves such a node cordoned.
        ttl: seconds after which the entry expires; 0: never.
    """

    def __init__(
        self, client: Client, place: LockPlace, *, node: str, unschedulable: bool, ttl: float
    ) -> None:
        self.place = place
        self._client = client
        self._entry = LockEntry(
            node_id=f"{OUR_PREFIX}{node}",
            metadata=LockMetadata(unschedulable=unschedulable),
            created=wire.created_now(),
            ttl=int(ttl * _NANOSECONDS),
        )

    @property
    def created(self) -> str:
        """What tells this taking of the lock from others, for the journal."""
        return self._entry.created

    async def look(self) -> str:
        """Why the lock cannot be had now, as a sentence; "" if it can."""
        try:
            self._taken(await self._read())
        except (LockHeld, UnreadableLock) as error:
            return str(error)
        return ""

    async def take(self) -> None:
        """Take the lock; safe to repeat when it is not known whether a try reached the server.

        Raises:
            LockHeld: somebody else has it.
            UnreadableLock: what stands in its place is no lock.
            ApiError, Unreachable: it may or may not have been taken.
        """
        await self._swap(self._taken)

    async def verify(self) -> None:
        """Return if the lock is still ours.

        Raises:
            LockLost: it is not.
        """
        try:
            text = await self._read()
        except NotFound:
            raise LockLost(f"{self.place}, which carried the lock, is gone.") from None
        try:
            self._entry = wire.find(text, self._entry)
        except (LockHeld, UnreadableLock) as error:
            raise LockLost(f"The lock was taken from us: {error}") from error

    async def hand_to_node(self) -> None:
        """Rename our entry from `kuredtui:N` to `N`, so that a kured on N helps after the boot.

        Raises:
            LockLost: it is not ours any more.
        """
        node_id = self._entry.node
        try:
            await self._swap(lambda text: wire.swap(text, self._entry, node_id))
        except (LockHeld, UnreadableLock) as error:
            raise LockLost(f"The lock was taken from us: {error}") from error
        self._entry = msgspec.structs.replace(self._entry, node_id=node_id)

    async def release(self) -> None:
        """Take our entry out; nothing happens when it is gone already.

        Raises:
            UnreadableLock: what stands in the lock's place is no lock, and stays as it is.
        """
        try:
            await self._swap(lambda text: wire.release(text, self._entry))
        except NotFound:
            return  # what carried the lock is gone, and the lock with it

    def _taken(self, text: str | None) -> str:
        try:
            wire.find(text, self._entry)
        except LockHeld:
            return wire.take(
                text, self._entry, shape=self.place.shape, max_owners=self.place.max_owners
            )
        return text or ""  # an earlier try has reached the server after all

    async def _read(self) -> str | None:
        holder = await self._get()
        return holder.metadata.annotations.get(self.place.annotation) if holder else None

    async def _get(self) -> Holder | None:
        """The object that carries the lock; a Lease may be missing, kured's DaemonSet may not."""
        place = self.place
        try:
            return await self._client.get(place.resource, place.name, namespace=place.namespace)
        except NotFound:
            if place.resource is LEASES:
                return None
            raise

    async def _swap(self, change: Change) -> None:
        """Read, change and write the annotation until nobody came in between."""
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
