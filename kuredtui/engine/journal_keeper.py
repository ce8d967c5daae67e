"""Writing one operation's journal, by compare-and-swap (DESIGN 5).

It is written before each phase's first change and removed as the very last step, so that whatever instant
this process dies in, what stands in the cluster is enough to see the operation, and to finish or undo it.
Each write reads the node first and goes on from the journal found there: an answer that got lost leaves no
doubt about what was written. The cordon changes in the very write that records it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION, journal_view
from kuredtui.engine.errors import JournalGone, NodeGone, RebootedMeanwhile, TakenOver
from kuredtui.engine.fence import Fence
from kuredtui.engine.journal import Journal, JournalLock, read_journal
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Conflict, NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node

Change = Callable[[Journal, Node], Journal]
Cordon = Callable[[Journal], bool | None]


def _as_it_is(_: Journal) -> None:
    """No change of the cordon."""


class JournalKeeper:
    """Keeps the journal of one operation on one node.

    Every method may be repeated when it is not known whether a try reached the server. They raise

    - TakenOver: another operation or another engine is on the node (JournalGone: nobody's journal is);
    - NodeGone: the node is not there any more, or is another machine;
    - Stale: we were silent for too long;
    - ApiError, Unreachable: the change may or may not have been made.

    Args:
        client: the API, without a fence.
        node: the node's name.
        fence: told when the journal was renewed.
        uid: of the node object that is meant.

    Attributes:
        journal: as last written or found; None when there is none of ours.
        epoch: of the last journal of ours, also when it is gone; 0 before the first.
        lock: the last lock that it named, also when it is gone; None for none.
        cordoned_at: the node's resourceVersion after the last write of ours that left it cordoned; "" if
            none did.
    """

    def __init__(self, client: Client, *, node: str, uid: str, fence: Fence) -> None:
        self.journal: Journal | None = None
        self.epoch = 0
        self.lock: JournalLock | None = None
        self.cordoned_at = ""
        self._client = client.fenced(fence.check)
        self._unfenced = client
        self._beginning: Callable[[Node], Journal] | None = None  # what `begin` was not answered to
        self._taking = ""  # the journal with which we last tried to take an operation over
        self._node = node
        self._uid = uid
        self._fence = fence
        self._one_at_a_time = asyncio.Lock()  # a renewal must not undo what a phase has written

    async def begin(self, make: Callable[[Node], Journal]) -> Journal:
        """Write the first journal, made from the very version of the node it is written to."""
        async with self._one_at_a_time:
            while True:
                sent_at, node = self._fence.clock(), await self._get()
                if (text := node.metadata.annotations.get(OPERATION_ANNOTATION)) is None:
                    journal = make(node)
                    self._beginning = make
                    if not await self._put(self._client, node, journal.text()):
                        continue
                else:
                    journal = _ours(text, id_=make(node).id, epoch=1)
                self._beginning = None
                return self._written(journal, sent_at)

    async def see_begun(self) -> None:
        """Where a first journal was not answered, see it stand, so that it can be taken off.

        One that does not stand yet is written: that makes what is still on its way stale, and nothing else
        would.
        """
        if self._beginning is not None:
            with suppress(TakenOver, RebootedMeanwhile):  # then somebody has written since
                await self.begin(self._beginning)

    async def change(self, change: Change, *, cordon: Cordon = _as_it_is) -> Node:
        """Change the journal, and the node's cordon with it.

        Args:
            change: the new journal from the present one and the node as it is; may raise.
            cordon: whether the present journal wants the node cordoned by the same write; None: as it is.

        Returns:
            The node as it was right before the write.
        """
        async with self._one_at_a_time:
            return await self._change(change, cordon)

    async def set(self, **changes: object) -> None:
        """Change these fields of the journal."""
        await self.change(lambda journal, _: msgspec.structs.replace(journal, **changes))

    async def renew(self) -> None:
        """Say that the operation still lives, if there is a journal."""
        async with self._one_at_a_time:
            if self.journal is not None:
                await self._change(lambda journal, _: journal, _as_it_is)

    async def remove(self) -> None:
        """Take the journal off the node; nothing happens when it is gone already."""
        async with self._one_at_a_time:
            while self.journal is not None:
                try:
                    node = await self._get()
                except NodeGone:
                    break
                text = node.metadata.annotations.get(OPERATION_ANNOTATION)
                if text is None:
                    break
                _ours(text, id_=self.journal.id, epoch=self.journal.epoch)
                if await self._put(self._client, node, None):
                    break
            self.journal = None
            self._fence.lift()

    def unfence(self) -> None:
        """Nobody can take the operation over any more: its journal is gone without our doing."""
        self._fence.lift()

    async def take_over(self, found: str, adopt: Change) -> Journal:
        """Make an operation ours, in the version that was seen to have no living owner.

        Args:
            found: the annotation's text in that version.
            adopt: our journal, of the next epoch, from that one and the node as it is.
        """
        async with self._one_at_a_time:
            return await self._take_over(found, adopt)

    async def reclaim(self, *, owner: str) -> Journal:
        """After a silence: go on under a new epoch, if nobody has taken the operation over."""
        async with self._one_at_a_time:
            mine = self.journal
            assert mine is not None, "only an operation with a journal can grow stale"
            text = (await self._get()).metadata.annotations.get(OPERATION_ANNOTATION)
            if text is None:
                raise JournalGone("Somebody has ended this operation meanwhile.")
            if text != self._taking:
                _ours(text, id_=mine.id, epoch=mine.epoch)
            return await self._take_over(text, lambda journal, _: _raised(journal, owner))

    async def _take_over(self, found: str, adopt: Change) -> Journal:
        old = read_journal(found)
        while True:
            sent_at, node = self._fence.clock(), await self._get()
            text = node.metadata.annotations.get(OPERATION_ANNOTATION)
            if text is None:
                raise JournalGone("The operation is over: its journal is gone.")
            if text == self._taking:  # an earlier try has reached the server
                return self._written(read_journal(text), sent_at)
            if text != found:
                raise TakenOver(f"{_who(text)}.")
            new = adopt(old, node)
            self._taking = new.text()
            if await self._put(self._unfenced, node, self._taking):
                return self._written(new, sent_at)

    async def _change(self, change: Change, cordon: Cordon) -> Node:
        mine = self.journal
        assert mine is not None, "a journal is begun before it is changed"
        self._fence.check()  # also where not even the reading works
        while True:
            sent_at, node = self._fence.clock(), await self._get()
            text = node.metadata.annotations.get(OPERATION_ANNOTATION)
            if text is None:
                raise JournalGone("Somebody removed the operation's journal from the node.")
            found = _ours(text, id_=mine.id, epoch=mine.epoch)
            journal = msgspec.structs.replace(change(found, node), renewed_at=datetime.now(UTC))
            if await self._put(self._client, node, journal.text(), cordon(found)):
                self._written(journal, sent_at)
                return node

    async def _put(
        self, client: Client, node: Node, text: str | None, unschedulable: bool | None = None
    ) -> bool:
        """Whether the node was still in this version and has the journal (None: none) now."""
        body: JsonObject = {
            "metadata": {
                "resourceVersion": node.metadata.resource_version,
                "annotations": {OPERATION_ANNOTATION: text},
            }
        }
        if unschedulable is not None and node.spec.unschedulable != unschedulable:
            # Uncordoned, the field is removed, which is how the API server stores it.
            body["spec"] = {"unschedulable": True if unschedulable else None}
        try:
            written = await client.patch(NODES, self._node, body)
        except (Conflict, NotFound):
            return False  # a heartbeat came in between, or the node was deleted; read again
        if written.spec.unschedulable:
            self.cordoned_at = written.metadata.resource_version
        return True

    async def _get(self) -> Node:
        try:
            node = await self._client.get(NODES, self._node)
        except NotFound:
            raise NodeGone(f"The node {self._node} is not there any more.") from None
        if node.metadata.uid != self._uid:
            raise NodeGone(f"{self._node} is another machine now: it was replaced, not rebooted.")
        return node

    def _written(self, journal: Journal, sent_at: float) -> Journal:
        self.journal, self.epoch = journal, journal.epoch
        self.lock = journal.lock or self.lock
        self._fence.renewed(sent_at)
        return journal


def _raised(old: Journal, owner: str) -> Journal:
    """The journal under the next epoch."""
    now = datetime.now(UTC)
    return msgspec.structs.replace(old, epoch=old.epoch + 1, owner=owner, renewed_at=now)


def _ours(text: str, *, id_: str, epoch: int) -> Journal:
    """The journal found on the node, if it is of this operation and this engine."""
    found = read_journal(text)
    if (found.id, found.epoch) != (id_, epoch):
        raise TakenOver(f"{_who(text)}.")
    return found


def _who(text: str) -> str:
    view = journal_view(text)
    return view.describe() if view else "Somebody has an operation on this node"
