"""Waiting until the node may be locked, and locking it: the phases `waiting` and `locking`.

The policy is asked first, then the lock is tried for. Whatever stands in the way is said, with who and since
when, and looked at again when it may have changed. Nothing is in the cluster while a new operation waits,
unless its settings ask for marks on nodes that wait; then the journal is written before these. Else it is
written right before the lock, with the `created` by which the entry is recognised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from functools import partial

from kuredtui.cluster.lock import LockHeld
from kuredtui.cluster.lock_value import created_at
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer
from kuredtui.engine.boot_evidence import why_not_judged
from kuredtui.engine.context import Context
from kuredtui.engine.errors import OperationError, RebootedMeanwhile, first_error
from kuredtui.engine.journal import Journal, JournalLock, carried
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.phases import Goal, Phase
from kuredtui.engine.policy.policy import holding
from kuredtui.kube.errors import explain
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.types import Node

# Without news of the lock or the node: entries expire, alerts end and pods finish without a word.
_LOOK_AGAIN_SECONDS = 15.0


class Admission:
    """Waits for one node's turn.

    Args:
        context: the operation.
        place: where the lock lives.
    """

    def __init__(self, context: Context, place: LockPlace) -> None:
        self._context = context
        self._place = place
        self._news = asyncio.Event()
        self._overridden: set[str] = set()  # what was said of overrides
        self._marked = context.journal is not None  # by whoever had the operation before us

    async def wait(self) -> NodeLock:
        """The lock, taken, as soon as policy and lock allow it.

        Raises:
            RebootedMeanwhile: there is nothing left to do.
            NodeGone, TakenOver, ApiError, Unreachable: it is not to be had.
        """
        if lock := await self._try():
            return lock
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch_lock())
                while (lock := await self._woken()) is None:
                    pass
                watching.cancel()
        except ExceptionGroup as group:
            raise first_error(group) from None
        return lock

    async def _woken(self) -> NodeLock | None:
        """Try when there is news."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                await self._news.wait()
        self._news.clear()
        return await self._try()

    async def _watch_lock(self) -> None:
        """Wake the waiting whenever the lock's object changes; without the right to watch, by time."""
        place = self._place
        events = ListWatch(
            self._context.client,
            place.resource,
            namespace=place.namespace,
            field_selector=f"metadata.name={place.name}",
        ).events()
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Lost):
                    said = f"The lock is out of sight: {explain(event.error)}"
                    self._context.recorder.say(said, level="warning")
                elif isinstance(event, Replaced | Changed):
                    self._news.set()

    async def _try(self) -> NodeLock | None:
        """The lock, or None when the node has to wait; what for was said then."""
        context = self._context
        node = await context.look()
        journal = context.journal
        before = journal.boot_id_before if journal else context.node.boot_id
        if context.goal is Goal.REBOOT and node.boot_id != before:
            raise RebootedMeanwhile(f"{node.name} has rebooted meanwhile, by another hand.")
        context.held_by = () if context.admitted else await self._policy(node)
        if context.held_by:
            await self._wait(" ".join(answer.reason for answer in context.held_by))
            await self._unmark()
            return None
        if context.goal is Goal.REBOOT and (refusal := why_not_judged(node, context.nodes.store)):
            raise OperationError(refusal)
        return await self._try_lock()

    async def _policy(self, node: NodeRecord) -> Sequence[Answer]:
        """What holds the node back. A drain changes no boot, so the policy of reboots is not asked."""
        context = self._context
        if context.goal is not Goal.REBOOT:
            return ()
        answers = await context.policy.ask(node)
        held = holding(answers, context.overrides)
        for answer in answers:
            if not answer.go and answer not in held and answer.hook not in self._overridden:
                self._overridden.add(answer.hook)
                said = f"Overridden by {context.owner} ({answer.hook}): {answer.reason}"
                context.recorder.say(said, level="warning", override=answer.hook)
        return held

    async def _try_lock(self) -> NodeLock | None:
        context, recorder = self._context, self._context.recorder
        lock = self._new_lock()
        if why_not := await recorder.read(lock.look, "to read the lock"):
            await self._wait(why_not)
            await self._mark_waiting()
            return None
        recorder.enter(Phase.LOCKING, f"Taking the lock on {self._place}.")
        await self._write_journal(lock)
        context.lock = lock
        try:
            await recorder.write(lock.take, "to take the lock")
        except LockHeld as held:
            context.lock = None
            await self._step_back()
            await self._wait(f"Somebody was quicker: {held}")
            return None
        context.admitted = True
        recorder.say(f"Holding the lock on {self._place}.")
        return lock

    async def _mark_waiting(self) -> None:
        """Let hooks mark the node; what they leave on it has to stand in a journal before."""
        context, recorder = self._context, self._context.recorder
        if self._marks_waiting and context.journal is None:
            await recorder.write(
                lambda: context.keeper.begin(lambda node: self._first_journal(node, None)),
                "to write the journal",
            )
        self._marked = True
        for hook in context.node_hooks:
            marked = partial(hook.waiting, context.client, context.name)
            await recorder.attempt(marked, "what marks a waiting node")

    async def _unmark(self) -> None:
        """Take back what marks a node that is about to be drained: its turn is not near any more."""
        context = self._context
        marking = [hook for hook in context.node_hooks if hook.marks_waiting]
        if self._marked:
            for hook in marking:
                unmarked = partial(hook.ended, context.client, context.name)
                await context.recorder.attempt(unmarked, "to take the marks off a waiting node")
        self._marked = False

    @property
    def _marks_waiting(self) -> bool:
        return any(hook.marks_waiting for hook in self._context.node_hooks)

    def _new_lock(self) -> NodeLock:
        """The lock of the journal if it may still be there, else a new one."""
        context = self._context
        if context.journal is not None and (old := context.lock_of(context.journal, self._place)):
            return old
        return NodeLock(
            context.client,
            self._place,
            node=context.name,
            created=created_at(context.client.now()),
            unschedulable=context.node.cordoned,
            ttl=context.options.lock_ttl,
            nodes=context.all_nodes,
        )

    async def _write_journal(self, lock: NodeLock) -> None:
        context, place = self._context, self._place
        ours = JournalLock(
            kind=place.resource.kind,
            namespace=place.namespace,
            name=place.name,
            annotation=place.annotation,
            created=lock.created,
        )
        if context.journal is not None:
            await context.recorder.write(
                lambda: context.keeper.set(
                    phase=Phase.LOCKING, lock=ours, options=carried(context.options)
                ),
                "to write the journal",
            )
            return

        def make(node: Node) -> Journal:
            return self._first_journal(node, ours)

        await context.recorder.write(lambda: context.keeper.begin(make), "to write the journal")

    def _first_journal(self, node: Node, lock: JournalLock | None) -> Journal:
        context = self._context
        if context.goal is Goal.REBOOT and node.status.node_info.boot_id != context.node.boot_id:
            raise RebootedMeanwhile(f"{context.name} has rebooted meanwhile, by another hand.")
        return Journal(
            id=context.recorder.operation,
            owner=context.owner,
            started_at=context.started_at,
            renewed_at=datetime.now(UTC),
            goal=context.goal,
            phase=Phase.LOCKING if lock else Phase.WAITING,
            node_uid=node.metadata.uid,
            boot_id_before=node.status.node_info.boot_id,
            unschedulable_before=node.spec.unschedulable,
            lock=lock,
            overrides=context.overrides,
            options=carried(context.options),
        )

    async def _step_back(self) -> None:
        """After a lost race: leave nothing in the cluster, if there is nothing else to know of."""
        context = self._context
        journal = context.written
        begun = (
            journal.cordoned
            or journal.found_drained
            or journal.reboot_pod is not None
            or self._marks_waiting
        )
        # Under a later epoch the journal stays: begun anew, it would look like its first owner's.
        if not begun and journal.epoch == 1:
            await context.recorder.write(context.keeper.remove, "to remove the journal")

    async def _wait(self, why: str) -> None:
        """Say what the node waits for."""
        context, recorder = self._context, self._context.recorder
        if recorder.phase is not Phase.WAITING:
            if context.journal is not None:
                await context.enter(Phase.WAITING, f"Waiting: {why}")
            else:
                recorder.enter(Phase.WAITING, f"Waiting: {why}")
            recorder.detail = why
        recorder.note(why, f"Waiting: {why}")
