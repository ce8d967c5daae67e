"""The journal of an operation, kept on the node itself (DESIGN 5).

It is written before each phase's first write and removed as the very last step, so that whatever
instant this process dies in, what stands in the cluster is enough to see the operation, and to finish
it or undo it. Every write is a compare-and-swap: on the operation's id and epoch, and on the node's
resourceVersion.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.errors import NodeGone, TakenOver
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Conflict, NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node


class JournalLock(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which lock was taken: where it lives, and what tells this taking from others."""

    kind: str
    namespace: str
    name: str
    annotation: str
    created: str


class JournalPod(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The reboot pod; its UID is "" until the API server has answered."""

    namespace: str
    name: str
    uid: str = ""


class Journal(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What another engine needs to finish or undo an operation.

    Attributes:
        id: the operation's.
        epoch: raised by whoever takes the operation over.
        owner: who runs it, `user@host`.
        started_at, renewed_at: by the owner's clock.
        phase: where it is, or is about to be.
        node_uid: of the node object it began with.
        boot_id_before: of the boot it began with.
        unschedulable_before: whether the node was cordoned before.
        lock: the lock it took or is about to take; None before.
        reboot_pod: the pod that reboots the node; None before.
        options: the settings that matter to a resume.
    """

    id: str
    epoch: int = 1
    owner: str
    started_at: datetime
    renewed_at: datetime
    phase: str
    node_uid: str = msgspec.field(name="nodeUID")
    boot_id_before: str = msgspec.field(name="bootIDBefore")
    unschedulable_before: bool
    lock: JournalLock | None = None
    reboot_pod: JournalPod | None = None
    options: dict[str, str | float] = msgspec.field(default_factory=dict)


class JournalKeeper:
    """Writes one operation's journal, once there is one to write.

    Args:
        client: the API.
        node: the node's name.
    """

    def __init__(self, client: Client, *, node: str) -> None:
        self._journal: Journal | None = None
        self._client = client
        self._node = node
        self._one_at_a_time = asyncio.Lock()  # a renewal must not undo what a phase has written

    async def begin(self, journal: Journal) -> None:
        """Write the first journal; safe to repeat. Raises like `write`."""
        async with self._one_at_a_time:
            await self._swap(journal)

    async def write(self, *, phase: str, reboot_pod: JournalPod | None = None) -> None:
        """Write the journal with these changes, and the time of the renewal.

        Raises:
            TakenOver: another operation or another engine is on the node.
            NodeGone: the node is not there any more, or is another machine.
        """
        async with self._one_at_a_time:
            assert self._journal is not None, "a journal is begun before it goes on"
            await self._swap(
                msgspec.structs.replace(
                    self._journal,
                    phase=phase,
                    renewed_at=datetime.now(UTC),
                    reboot_pod=reboot_pod or self._journal.reboot_pod,
                )
            )

    async def renew(self) -> None:
        """Say that the operation still lives, if there is a journal. Raises like `write`."""
        async with self._one_at_a_time:
            if self._journal is not None:
                renewed = msgspec.structs.replace(self._journal, renewed_at=datetime.now(UTC))
                await self._swap(renewed)

    async def remove(self) -> None:
        """Take the journal off the node; nothing happens when it is gone already.

        Raises:
            TakenOver: what stands there is not ours.
        """
        async with self._one_at_a_time:
            if self._journal is None:
                return
            try:
                await self._swap(None)
            except NodeGone:
                self._journal = None  # gone with the node

    async def _swap(self, journal: Journal | None) -> None:
        """Put this journal in the place of ours; None removes it."""
        mine = journal or self._journal
        assert mine is not None
        text = msgspec.json.encode(journal).decode() if journal else None
        while True:
            node = await self._get(mine)
            before = node.metadata.annotations.get(OPERATION_ANNOTATION)
            if before is not None:
                _check(before, mine)
            elif self._journal is not None and journal is not None:
                raise TakenOver("Somebody removed the operation's journal from the node.")
            if before != text:
                try:
                    await self._client.patch(NODES, self._node, _patch(node, text))
                except (Conflict, NotFound):
                    continue  # a heartbeat came in between, or the node was deleted; read again
            self._journal = journal
            return

    async def _get(self, mine: Journal) -> Node:
        try:
            node = await self._client.get(NODES, self._node)
        except NotFound:
            raise NodeGone(f"The node {self._node} is not there any more.") from None
        if node.metadata.uid != mine.node_uid:
            raise NodeGone(f"{self._node} is another machine now: it was replaced, not rebooted.")
        return node


def _patch(node: Node, text: str | None) -> JsonObject:
    return {
        "metadata": {
            "resourceVersion": node.metadata.resource_version,
            "annotations": {OPERATION_ANNOTATION: text},
        }
    }


def _check(text: str, mine: Journal) -> None:
    """That a journal found on the node is of this operation and this engine."""
    try:
        found = msgspec.json.decode(text, type=Journal)
    except (msgspec.DecodeError, UnicodeError):
        raise TakenOver(
            "The node carries a journal that cannot be read. Look at its annotation "
            f"{OPERATION_ANNOTATION}, and remove it if no operation runs."
        ) from None
    if (found.id, found.epoch) != (mine.id, mine.epoch):
        raise TakenOver(
            f"{found.owner} has an operation on this node, in phase {found.phase}, "
            f"since {found.started_at:%Y-%m-%d %H:%M:%S} UTC."
        )
