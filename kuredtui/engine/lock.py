"""Holding kured's lock: taken, looked at again, renewed, renamed and released by compare-and-swap.

An entry is known by the node and by `created`, which is in the journal before the entry is written, and
which never changes: under a TTL the entry is renewed by a longer TTL, counted from the same `created`.
So whoever finds the journal finds the entry, whatever instant its former owner died in.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import suppress

import msgspec

from kuredtui.cluster import lock as wire
from kuredtui.cluster.lock import HeldByItsKured, LockHeld
from kuredtui.cluster.lock_value import OUR_PREFIX, LockEntry, LockMetadata, UnreadableLock, read
from kuredtui.engine.errors import KuredActs, LockLost
from kuredtui.engine.lock_annotation import Change, LockAnnotation
from kuredtui.engine.lock_place import LockPlace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound

# An entry is renewed when so much of its time is over.
_RENEW_AFTER = 1 / 3


class NodeLock:
    """The lock, on behalf of one node.

    Args:
        client: the API.
        place: where the lock lives.
        node: the node.
        created: what tells this taking of the lock from others; as in the journal.
        unschedulable: whether the node was cordoned before; kured leaves such a node cordoned.
        ttl: seconds after which the entry expires unless it is renewed; 0: never.
        nodes: the names of all nodes, to say which holders are not there any more; None: not known.
    """

    def __init__(
        self,
        client: Client,
        place: LockPlace,
        *,
        node: str,
        created: str,
        unschedulable: bool,
        ttl: float,
        nodes: Container[str] | None = None,
    ) -> None:
        self.place = place
        self._annotation = LockAnnotation(client, place)
        self._client = client
        self._ttl = ttl
        self._nodes = nodes
        self._unanswered = False  # whether a try to take it may still be carried out
        self._entry = LockEntry(
            node_id=f"{OUR_PREFIX}{node}",
            metadata=LockMetadata(unschedulable=unschedulable),
            created=created,
        )

    @property
    def created(self) -> str:
        """What tells this taking of the lock from others, for the journal."""
        return self._entry.created

    async def look(self) -> str:
        """Why the lock cannot be had now, as a sentence; "" if it can, or is ours already."""
        return self.why_not(await self._annotation.text())

    def why_not(self, text: str | None) -> str:
        """The same for a lock that reads so; None: there is no annotation."""
        try:
            self._taken(text)
        except (LockHeld, UnreadableLock) as error:
            return str(error)
        return ""

    async def take(self) -> None:
        """Take the lock, or make sure that it is still held as `kuredtui:N`.

        Safe to repeat when it is not known whether a try reached the server.

        Raises:
            LockHeld: somebody else has it.
            UnreadableLock: what stands in its place is no lock.
            ApiError, Unreachable: it may or may not have been taken.
        """
        self._unanswered = True
        try:
            await self._annotation.swap(self._taken)
        except (LockHeld, UnreadableLock):
            self._unanswered = False  # others have written since
            raise
        self._unanswered = False

    async def verify(self) -> None:
        """Return if the lock is still ours; renew it when it is time.

        Raises:
            LockLost: it is not.
            KuredActs: the kured on the node holds it beside us.
        """
        await self._hold(self._renewed)

    async def hand_to_node(self, *, unschedulable: bool) -> None:
        """Rename our entry from `kuredtui:N` to `N`, so that a kured on N helps after the boot.

        Raises as `verify`. `unschedulable` tells that kured whether to leave the node cordoned.
        """

        def handed(text: str | None) -> str:
            wire.find_alone(text, self._entry)
            entry = msgspec.structs.replace(
                self._fresh(),
                node_id=self._entry.node,
                metadata=LockMetadata(unschedulable=unschedulable),
            )
            return wire.put(text, self._entry, entry)

        await self._hold(handed)

    async def renew_for_node(self) -> None:
        """Renew the entry once it was handed to the node; a kured there may have released it."""
        try:
            await self._hold(self._renewed)
        except (LockLost, KuredActs):
            return

    async def kured_acts(self) -> str:
        """Who holds the lock in the node's own name by an entry that is not ours; "" for nobody.

        That is the kured on the node, which cordons, drains and reboots it by itself.
        """
        try:
            return wire.its_kured(await self._annotation.text(), self._entry)
        except (UnreadableLock, NotFound):
            return ""

    async def give_way(self) -> bool:
        """Take our entry out while the kured on the node holds one of its own.

        Returns:
            Whether our entry is gone; if not, that kured has come to its end.

        Raises:
            UnreadableLock: what stands in the lock's place is no lock, and stays as it is.
        """
        return await self._take_out(wire.give_way)

    async def release(self) -> bool:
        """Take our entry out; nothing happens when it is gone already.

        Where a try to take it was not answered, and left nothing, it is taken first: a write makes what is
        still on its way stale, and nothing else would.

        Returns:
            That it is gone.

        Raises:
            UnreadableLock: what stands in the lock's place is no lock, and stays as it is.
        """
        if self._unanswered:
            with suppress(LockHeld, UnreadableLock, NotFound):
                await self.take()
        return await self._take_out(wire.release)

    async def _take_out(self, how: Callable[[str | None, LockEntry], str | None]) -> bool:
        gone = True

        def taken_out(text: str | None) -> str | None:
            nonlocal gone
            left = how(text, self._entry)
            gone = not any(entry.is_same(self._entry) for entry in read(left).entries)
            return left

        with suppress(NotFound):  # what carried the lock is gone, and the lock with it
            await self._annotation.swap(taken_out)
        return gone

    def _taken(self, text: str | None) -> str:
        place = self.place
        try:
            found = wire.find_alone(text, self._entry)
        except HeldByItsKured:
            raise
        except LockHeld:
            return wire.take(
                text,
                self._fresh(),
                shape=place.shape,
                max_owners=place.max_owners,
                limit=place.limit,
                now=self._client.now(),
                nodes=self._nodes,
            )
        if found.node_id != self._entry.node_id:  # handed to the node by an earlier try
            return wire.put(text, self._entry, self._fresh())
        return self._renewed(text)

    def _renewed(self, text: str | None) -> str:
        found = wire.find_alone(text, self._entry)
        expires, now = found.expires_at, self._client.now()
        if not self._ttl or expires is None:
            return text or ""
        if (expires - now).total_seconds() > self._ttl * (1 - _RENEW_AFTER):
            return text or ""
        return wire.put(text, self._entry, found.lasting(self._ttl, now=now))

    def _fresh(self) -> LockEntry:
        """Our entry, to last a whole TTL from now."""
        if not self._ttl:
            return self._entry
        return self._entry.lasting(self._ttl, now=self._client.now())

    async def _hold(self, change: Change) -> None:
        """Change our entry, which has to be there, alone for its node."""
        try:
            await self._annotation.swap(change)
        except HeldByItsKured as error:
            raise KuredActs(str(error)) from error
        except (LockHeld, UnreadableLock) as error:
            raise LockLost(f"The lock is not ours any more. {error}") from error
        except NotFound:
            raise LockLost(f"{self.place}, which carried the lock, is gone.") from None
