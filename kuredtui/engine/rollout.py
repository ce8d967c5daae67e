"""Many nodes, one after the other or a few at a time, under one set of rules.

A rollout owns no lock and no journal: each of its operations has its own, so when this process dies, what
stands in the cluster is as complete as with a single reboot. What dies with it is only the queue, and the
nodes that were in it still say by themselves that they are pending.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from kuredtui.cluster.hook_names import OF_ONE_NODE
from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Outcome, Phase
from kuredtui.engine.progress import Field, Level, Progress
from kuredtui.engine.rollout_entry import Entry, EntryState
from kuredtui.engine.rollout_gate import Hold, Pick, choose, unhealthy
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.rollout_order import in_order

# How often the store is looked at while nothing of our own happens: health and time pass by themselves.
_LOOK_SECONDS = 1.0
_WITHOUT_LOCK = frozenset({Phase.QUEUED, Phase.WAITING, Phase.LOCKING})
# A budget holds every drain up for a moment, until a replacement is ready.
_SLOW_SECONDS = 10.0
_OTHERS_FIRST = "Blocked, so others go first"


class Rollout:
    """The rollout of some nodes.

    Attributes:
        id: short and random, in every record.
        options: how it goes about them.
        paused: whether nothing is begun for now, by the operator's wish.
        stopped: why nothing more is begun, as a sentence; "" while it goes on.
        holding: what the next start waits for, as a sentence; "" for nothing.
        finished: whether it is over.
    """

    def __init__(
        self,
        chosen: Sequence[NodeRecord],
        *,
        options: RolloutOptions,
        nodes: NodeFeed,
        start: Callable[[str], Operation],
        publish: Callable[[Progress], None],
    ) -> None:
        """`start` begins the reboot of a node, or raises ValueError with a sentence why not."""
        self.id = secrets.token_hex(5)
        self.options = options
        self.paused = False
        self.stopped = ""
        self.holding = ""
        self.finished = False
        self._nodes = nodes
        self._start = start
        self._publish = publish
        self._stirred = asyncio.Event()
        self._soaked_at = 0.0
        self._failures = 0
        self._work: dict[str, Operation] = {}
        self._entries = {
            node.name: Entry(node=node.name, uid=node.uid, boot_id=node.boot_id)
            for node in in_order(chosen, pools=options.pools)
        }

    @property
    def begun(self) -> list[str]:
        """The nodes at work that do more than wait for their turn: these go on, come what may."""
        return [name for name, work in self._work.items() if work.phase not in _WITHOUT_LOCK]

    @property
    def held_up(self) -> bool:
        """Whether the policy, or for a while now nothing but budgets, keep one at work from going on."""
        return any(
            work.held_by or _blocked_for(work) > _SLOW_SECONDS for work in self._work.values()
        )

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All nodes, those in the queue in its order."""
        return self._entries

    # What the operator may do meanwhile.

    def pause(self) -> None:
        """Begin nothing more until `resume`; what has its lock goes on."""
        self.paused = True
        self._say("Paused: no node is begun; those at work go on.", level="warning")
        self._call_back()

    def resume(self) -> None:
        """Go on after `pause`."""
        self.paused = False
        self._say("Going on.")
        self._stirred.set()

    def skip(self, node: str) -> bool:
        """Take a node out of the queue. Returns whether it was still in there."""
        entry = self._entries.get(node)
        if entry is None or entry.state is not EntryState.QUEUED:
            return False
        self._end(entry, EntryState.SKIPPED, "by the operator")
        self._stirred.set()
        return True

    def stop(self) -> None:
        """Begin nothing more; the rollout ends with what is at work."""
        self._stop("Stopped by the operator.")

    def cancel(self) -> None:
        """Stop, and cancel what is at work as far as it still can be."""
        self.stop()
        for work in list(self._work.values()):
            work.cancel()

    # The work.

    async def run(self) -> None:
        """Return when every node is done, or nothing more may be begun and nothing is at work."""
        self._say(f"A rollout of {len(self._entries)} nodes, {self.options.concurrency} at a time.")
        async with asyncio.TaskGroup() as tasks:
            while self._work or (self._queue() and not self.stopped):
                entry = self._next()
                if entry is None:
                    await self._stir()
                elif work := self._begin(entry):
                    tasks.create_task(self._see_through(entry, work), name=f"rollout {entry.node}")
        self.finished = True
        self._say(self._summary(), level="warning" if self.stopped else "info")

    async def _stir(self) -> None:
        """Wait until something of our own happens, or for a moment."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._stirred.wait()
        except TimeoutError:
            pass
        self._stirred.clear()
        self._call_back()
        self._give_way()

    def _next(self) -> Entry | None:
        """The node that begins now; None, with `holding` saying why, if none does."""
        self._drop_what_needs_nothing()
        verdict = self._verdict()
        if isinstance(verdict, Pick):
            self.holding = ""
            return self._entries[verdict.node]
        if verdict.reason != self.holding:
            self.holding = verdict.reason
            self._say(f"No node is begun: {verdict.reason}.", level="debug")
        return None

    def _verdict(self) -> Pick | Hold:
        if closed := self._closed():
            return Hold(closed)
        return choose(
            self._queue(),
            at_work=self._work.keys(),
            store=self._nodes.store,
            concurrency=self.options.concurrency,
            separate_domains=self.options.separate_domains,
        )

    def _closed(self) -> str:
        """Why no node at all may begin now, in words; "" if one may."""
        if self.stopped:
            return "the rollout is stopped"
        if self.paused:
            return "the rollout is paused"
        if self._soaked_at > time.monotonic():
            return "the last node is watched for a while before the next begins"
        return unhealthy(
            self._nodes.store, at_work=self._work.keys(), most=self.options.max_not_ready
        )

    def _call_back(self) -> None:
        """Those that only wait, for the lock or the policy, begin no more than those in the queue."""
        if not (closed := self._closed()):
            return
        for name, work in self._work.items():
            entry = self._entries[name]
            if work.phase in _WITHOUT_LOCK and not entry.called_back:
                entry.called_back = True
                work.stand_back(f"Back to the queue, since {closed}")

    def _drop_what_needs_nothing(self) -> None:
        """Take nodes out of the queue that were rebooted, replaced or removed by others meanwhile."""
        for name in self._queue():
            entry, node = self._entries[name], self._nodes.store.get(name)
            if node is None:
                self._end(entry, EntryState.SKIPPED, "it is not there any more")
            elif node.uid != entry.uid:
                self._end(entry, EntryState.SKIPPED, "it was replaced by another machine")
            elif node.boot_id != entry.boot_id:
                self._end(entry, EntryState.SKIPPED, "it was rebooted by somebody else meanwhile")

    def _begin(self, entry: Entry) -> Operation | None:
        try:
            work = self._start(entry.node)
        except ValueError as refusal:
            self._fail(entry, str(refusal))
            return None
        entry.state, entry.reason = EntryState.AT_WORK, ""
        self._work[entry.node] = work
        return work

    async def _see_through(self, entry: Entry, work: Operation) -> None:
        began = time.monotonic()
        outcome = await work.ended()
        del self._work[entry.node]
        match outcome:
            case Outcome.DONE:
                entry.seconds = time.monotonic() - began
                self._soaked_at = time.monotonic() + self.options.soak
                self._end(entry, EntryState.DONE, "")
            case Outcome.CANCELLED:
                self._end(entry, EntryState.CANCELLED, "cancelled by the operator")
            case Outcome.BLOCKED:
                self._requeue(entry, work)
            case Outcome.STRANDED:
                self._stop(f"{entry.node} was told to reboot and did not come back.")
                self._fail(entry, work.error)
            case _:
                self._fail(entry, work.error)
        self._stirred.set()

    def _give_way(self) -> None:
        """Let a node hand its turn on that the policy holds back, and its lock if a budget does."""
        self._pass_over()
        if not self._others_wait():
            return
        for name, work in self._work.items():
            if not (blocked := _blocked_for(work)) or blocked < self.options.give_way_after:
                continue
            if self._entries[name].gave_way < self.options.give_way_times:
                work.stand_back(f"{_OTHERS_FIRST}: {_held_up_by(work.drain)}")

    def _pass_over(self) -> None:
        """Nodes that wait for something of their own let those go first that may not have to.

        When all that are queued have let others go first already, it is a node's turn for a while.
        """
        if self.paused or self.stopped:
            return
        queue = [self._entries[name] for name in self._queue()]
        fresh = any(not entry.passed_over for entry in queue)
        for name, work in self._work.items():
            entry = self._entries[name]
            if not any(answer.hook in OF_ONE_NODE for answer in work.held_by):
                entry.held_since = None
                continue
            entry.held_since = entry.held_since or time.monotonic()
            waited = time.monotonic() - entry.held_since
            if fresh or (queue and waited >= self.options.give_way_after):
                entry.passed_over = True
                work.stand_back(f"{_OTHERS_FIRST}: {_held_back_by(work)}")

    def _others_wait(self) -> bool:
        """Whether somebody of this rollout could use the lock now."""
        if any(work.phase in _WITHOUT_LOCK for work in self._work.values()):
            return True
        return bool(self._queue()) and not self.paused and not self.stopped

    def _requeue(self, entry: Entry, work: Operation) -> None:
        """To the end of the queue; or, if it was only called back, to where it was."""
        if entry.called_back:
            entry.state, entry.held_since, entry.called_back = EntryState.QUEUED, None, False
            return
        reason = _held_back_by(work)
        entry.state, entry.reason, entry.held_since = EntryState.QUEUED, reason, None
        if not work.held_by:
            entry.gave_way += 1
        del self._entries[entry.node]
        self._entries[entry.node] = entry
        self._say(f"Goes to the end of the queue: {reason}", node=entry.node, level="warning")

    def _fail(self, entry: Entry, reason: str) -> None:
        self._end(entry, EntryState.FAILED, reason)
        self._failures += 1
        most = self.options.stop_after
        if most and self._failures >= most:
            failed = "a node has failed" if most == 1 else f"{self._failures} nodes have failed"
            self._stop(f"Stopped, since {failed}.")

    def _stop(self, reason: str) -> None:
        if not self.stopped:
            self.stopped = reason
            self._say(f"{reason} Nothing more is begun.", level="warning")
            self._call_back()
        self._stirred.set()

    def _end(self, entry: Entry, state: EntryState, reason: str) -> None:
        entry.state, entry.reason = state, reason
        level: Level = "info" if state is EntryState.DONE else "warning"
        words = f"{state}: {reason}" if reason else f"{state}"
        self._say(f"Rollout: {words.removesuffix('.')}.", node=entry.node, level=level)

    def _queue(self) -> list[str]:
        return [entry.node for entry in self._entries.values() if entry.state is EntryState.QUEUED]

    def _summary(self) -> str:
        counts = Counter(entry.state for entry in self._entries.values())
        said = ", ".join(f"{counts[state]} {state}" for state in EntryState if counts[state])
        return f"The rollout is over: {said}."

    def _say(self, message: str, *, node: str = "", level: Level = "info") -> None:
        fields: dict[str, Field] = {"rollout": self.id}
        self._publish(Progress(message=message, level=level, node=node, fields=fields))


def _blocked_for(work: Operation) -> float:
    """Seconds for which nothing but budgets have kept its drain from going on; 0.0: nothing does."""
    if work.phase is not Phase.DRAINING or work.drain is None:
        return 0.0
    return work.drain.blocked_seconds or 0.0


def _held_back_by(work: Operation) -> str:
    """What keeps an operation from going on, in words."""
    return " ".join(answer.reason for answer in work.held_by) or _held_up_by(work.drain)


def _held_up_by(drain: DrainState | None) -> str:
    """What keeps a drain from going on, in words."""
    left = drain.left if drain is not None else []
    budgets = sorted({pod.budget for pod in left if pod.budget})
    if not budgets:
        return "budgets hold back its pods"
    return f"{' and '.join(budgets)} hold{'s' if len(budgets) == 1 else ''} back its pods"
