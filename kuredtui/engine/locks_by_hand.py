"""What an operator does to a lock by hand: take a dead owner out, pause kured, and let it go on.

Each is a compare-and-swap on what the operator has seen, so nothing that came in between is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock import LockHeld, paused, unlocked, unpaused
from kuredtui.cluster.lock_value import PAUSE_NODE_ID, LockEntry, is_ghost
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.errors import OperationError, TakenOver
from kuredtui.engine.journal import read_journal
from kuredtui.engine.lock_annotation import Change, LockAnnotation
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.locks import SeenLock
from kuredtui.engine.progress import Progress
from kuredtui.kube.client import Client


class LocksByHand:
    """The locks, for a front end. Who takes a lock and who gives it back is told by those who watch it.

    Args:
        client: the API.
        seen: the locks, as they were last seen.
        store: the nodes.
        refused: why nothing may be changed, as a sentence; "" if it may.
        publish: told what was done.
    """

    def __init__(
        self,
        client: Client,
        *,
        seen: Callable[[], Sequence[SeenLock]],
        store: NodeStore,
        refused: Callable[[], str],
        publish: Callable[[Progress], None],
    ) -> None:
        self._client = client
        self.seen = seen
        self._store = store
        self._refused = refused
        self._publish = publish

    @property
    def holders(self) -> tuple[LockEntry, ...]:
        """Everybody who was seen to hold a lock."""
        return tuple(entry for lock in self.seen() for entry in lock.entries)

    async def look(self) -> Sequence[SeenLock]:
        """All locks as they are now.

        Raises:
            ApiError, Unreachable: one of them cannot be read.
        """
        return [
            replace(lock, text=await LockAnnotation(self._client, lock.place).text(), unseen="")
            if lock.place is not None
            else lock
            for lock in self.seen()
        ]

    def is_ghost(self, entry: LockEntry) -> bool:
        """Whether its node does not exist, so that nobody will release it."""
        return is_ghost(entry, self._store)

    def is_expired(self, entry: LockEntry) -> bool:
        """Whether others may take its place, by the API server's clock."""
        return entry.expired(self._client.now())

    def refusal(self, entry: LockEntry) -> str:
        """Why this owner must not be taken out by hand, as a sentence; "" if it may be.

        An operation's lock goes with the operation: who takes it away alone has it fail half-way. A lock of
        the kured on the same node is none of its.
        """
        if refused := self._refused():
            return refused
        node = self._store.get(entry.node)
        journal = node.operation if node is not None else None
        if node is None or journal is None or journal.resting or not _is_its(node, entry):
            return ""
        return (
            f"{journal.describe()}, and the lock is a part of it. Cancel it, or if nobody runs it, "
            "resume it or roll it back: that releases the lock, too."
        )

    async def unlock(self, place: LockPlace, entry: LockEntry) -> None:
        """Take an owner out of a lock, if it stands there as it was seen.

        Raises:
            OperationError: it is refused, or the lock has changed meanwhile.
            UnreadableLock: what stands there is no lock.
            ApiError, Unreachable: it may or may not have been done; safe to repeat.
        """
        if refusal := self.refusal(entry):
            raise OperationError(refusal)
        await self._change(place, lambda text: unlocked(text, entry))
        said = f"Unlocked by hand: {place} was held by {entry.describe()}."
        node = entry.node if entry.node != PAUSE_NODE_ID and entry.node in self._store else ""
        self._publish(Progress(message=said, level="warning", node=node))

    async def pause(self, place: LockPlace) -> None:
        """Pause kured by its convention; nobody gets the lock then, we neither. Raises as `unlock`."""
        await self._change(place, lambda text: paused(text, max_owners=place.max_owners))

    async def unpause(self, place: LockPlace) -> None:
        """End a pause, whoever began it. Raises as `unlock`."""
        await self._change(place, unpaused)

    async def _change(self, place: LockPlace, change: Change) -> None:
        if refused := self._refused():
            raise OperationError(refused)
        try:
            await LockAnnotation(self._client, place).swap(change)
        except LockHeld as error:
            raise OperationError(str(error)) from error


def _is_its(node: NodeRecord, entry: LockEntry) -> bool:
    """Whether the entry is of the operation on the node, as its journal has it; unreadable, it may be."""
    try:
        lock = read_journal(node.annotations.get(OPERATION_ANNOTATION, "")).lock
    except TakenOver:
        return True
    return lock is not None and msgspec.structs.replace(entry, created=lock.created).is_same(entry)
