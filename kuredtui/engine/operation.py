"""One node's way through the engine: lock, cordon, drain, reboot, return, uncordon, release (DESIGN 5).

Where an operation goes on is decided by its journal and by what is seen of the node, not by what this process
remembers. So a resume, after a crash or by somebody else, is no way of its own: it is the same way, entered
with a journal. Everything up to the creation of the reboot pod can be undone, and is: when a step fails, when
the operator cancels, and when a rollout wants the lock for others. From then on the node may go down at any
time, so the only way is forward. When this process ends instead, nothing is undone: journal and lock stay in
the cluster and tell the next one.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kuredtui.cluster.journal_view import JournalView
from kuredtui.cluster.policy import Answer
from kuredtui.engine.context import Context
from kuredtui.engine.course import follow_course
from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.errors import (
    FAILURES,
    Failure,
    JournalGone,
    KuredActs,
    MayReboot,
    NodeGone,
    RebootFailed,
    Stale,
    TakenOver,
    first_error,
    sentence,
)
from kuredtui.engine.giving_back import delete_pod, give_way, release, undo
from kuredtui.engine.journal import JournalLock
from kuredtui.engine.keep_alive import keep_alive
from kuredtui.engine.phases import LAST_PHASE, Goal, Outcome, Phase
from kuredtui.engine.progress import Level
from kuredtui.engine.taking_over import Found, take_over
from kuredtui.kube.errors import ApiError, Unreachable

_LOG = logging.getLogger(__name__)
# Nothing is undone in these, whatever goes wrong.
_ONLY_FORWARD = (Phase.RETURNING, Phase.UNCORDONING, Phase.RELEASING)


@dataclass(frozen=True)
class _Wish:
    """To end an operation early, and how that is called."""

    outcome: Outcome
    words: str


@dataclass(frozen=True)
class _Undoing:
    """What is being undone: how it ends then, in which words, and what is said if it is too late."""

    outcome: Outcome
    words: str
    too_late: str


class Operation:
    """The reboot or drain of one node, or the resuming or undoing of one.

    Args:
        context: means and knowledge.
        found: what another engine left, to be taken over; None for a new operation.

    Attributes:
        outcome: how it ended; None while it runs.
        error: why it did not succeed, as a sentence; "" while it runs, and when it did.
    """

    def __init__(self, context: Context, found: Found | None = None) -> None:
        self.outcome: Outcome | None = None
        self.error = ""
        self._context = context
        self._found = found
        self._recorder = context.recorder
        self._forward: asyncio.Task[Failure | None] | None = None
        self._wish: _Wish | None = None
        self._fault: Failure | None = None  # what `keep_alive` found
        self._undoing: _Undoing | None = None
        self._begun_at = time.monotonic()
        self._over = asyncio.Event()

    @property
    def id(self) -> str:
        """Short and random; in the journal, the log and the reboot pod's name."""
        return self._recorder.operation

    @property
    def node(self) -> str:
        """The node's name."""
        return self._context.name

    @property
    def goal(self) -> Goal:
        """What it is for."""
        return self._context.goal

    @property
    def started_at(self) -> datetime:
        """When it began, UTC, by the clock of whoever began it."""
        return self._context.started_at

    @property
    def phase(self) -> Phase:
        """Where it is."""
        return self._recorder.phase

    @property
    def detail(self) -> str:
        """What is known beyond the phase, such as `3/7 pods gone`; "" for nothing."""
        return self._recorder.detail

    @property
    def drain(self) -> DrainState | None:
        """How far its drain is, or was when it ended; None before the drain."""
        drain = self._context.drain
        return drain.state if drain is not None else None

    @property
    def lock(self) -> JournalLock | None:
        """The lock it has taken or is about to take, or had last; None before."""
        return self._context.keeper.lock

    @property
    def held_by(self) -> Sequence[Answer]:
        """What of the policy holds it back at the moment; nothing once it has the lock."""
        return self._context.held_by

    def wrote(self, journal: JournalView) -> bool:
        """Whether this journal on the node is from here, and what it says is told from here.

        An operation that was left tells nothing any more.
        """
        left = self.outcome is Outcome.LEFT
        return not left and (journal.id, journal.epoch) == (self.id, self._context.keeper.epoch)

    def has_left(self, journal: JournalView) -> bool:
        """Whether this journal on the node is from here, and nobody here goes on with what it tells of."""
        left = self.outcome in (Outcome.LEFT, Outcome.STRANDED)
        return left and (journal.id, journal.epoch) == (self.id, self._context.keeper.epoch)

    async def ended(self) -> Outcome:
        """How it ended, as soon as it has."""
        await self._over.wait()
        assert self.outcome is not None, "it is set first"
        return self.outcome

    def cancel(self) -> None:
        """Undo everything, if the node was not told to reboot yet; else say that it is too late."""
        self._interrupt(_Wish(Outcome.CANCELLED, "Cancelled"))

    def stand_back(self, why: str) -> None:
        """The same, for a rollout in which it is not the node's turn; it may have another.

        Args:
            why: the sentence that says so, without its full stop.
        """
        self._interrupt(_Wish(Outcome.BLOCKED, why))

    def _interrupt(self, wish: _Wish) -> None:
        if self.outcome is not None:
            return
        if self.goal is Goal.ROLL_BACK or self.phase in (Phase.UNCORDONING, Phase.RELEASING):
            self._recorder.say("There is nothing to cancel: the node is being given back.")
            return
        self._wish = wish
        if self._forward is not None:
            self._forward.cancel()

    async def run(self) -> None:
        """Carry the operation out; `outcome` and `error` tell how it ended.

        A cancelled task (the program ends) leaves things as they stand in the cluster, after the
        request that is under way.
        """
        try:
            if self._found is not None:
                await take_over(self._context, self._found)
            while self.outcome is None:
                await self._live()
        except FAILURES as error:
            await self._give_up(error)
        except asyncio.CancelledError:
            if self.outcome is None and self._context.journal is not None:
                self._end(Outcome.LEFT, "Left as it stands in the cluster, to be resumed.")
            elif self.outcome is None:
                self._end(Outcome.CANCELLED, "Ended before anything was begun.")
            raise
        except Exception as error:  # noqa: BLE001 - the top of a task: logged, and shown to the person
            _LOG.exception("The operation %s on %s broke.", self.id, self.node)
            self._end(Outcome.LEFT, f"A fault in this program: {error!r}. It can be resumed.")

    async def _live(self) -> None:
        """Work, and be seen alive, until it is over or we were silent for too long."""
        try:
            async with asyncio.TaskGroup() as tasks:
                alive = tasks.create_task(self._keep_alive())
                await tasks.create_task(self._work())
                alive.cancel()
        except ExceptionGroup as group:
            error = first_error(group)
            if not isinstance(error, Stale):
                raise error from None
            await self._reclaim(error)

    async def _keep_alive(self) -> None:
        while True:
            try:
                await keep_alive(self._context)
            except Stale:
                raise  # whatever is done at the moment ends, after the request under way
            except FAILURES as error:
                self._fault = error
                if self._forward is not None:
                    self._forward.cancel()

    async def _work(self) -> None:
        """Go forward, and do what is wished or necessary when that ends early."""
        while not self._over.is_set():
            if self._undoing is not None:  # a silence came between; nobody wants it done any more
                await self._undo(self._undoing)
                continue
            failure = await self._go_forward() if self._wish is None else None
            if self._over.is_set():
                return
            if self._wish is not None:
                wish, self._wish = self._wish, None
                await self._grant(wish)
            elif failure is not None:
                await self._cope(failure)

    async def _go_forward(self) -> Failure | None:
        """Follow the course to its end. Returns what ended it early; nothing when that was a wish."""
        self._fault = None
        async with asyncio.TaskGroup() as tasks:
            self._forward = tasks.create_task(self._followed())
            await asyncio.wait([self._forward])
        forward, self._forward = self._forward, None
        if forward.cancelled():
            return self._fault
        return forward.result()

    async def _followed(self) -> Failure | None:
        """The course, with a failure as a result: it must not end what shows that we live."""
        try:
            outcome = await follow_course(self._context)
        except FAILURES as error:
            return error
        seconds = time.monotonic() - self._begun_at
        self._end(outcome, _LAST_WORDS[outcome].format(seconds=seconds))
        return None

    async def _grant(self, wish: _Wish) -> None:
        if self._context.journal is not None:
            self._recorder.say(f"{wish.words}; undoing what was begun.", level="warning")
        await self._undo(
            _Undoing(
                outcome=wish.outcome,
                words=f"{wish.words}; the node is as it was found.",
                too_late="It is too late: the node may have been told to reboot.",
            )
        )

    async def _cope(self, failure: Failure) -> None:
        """Go on, undo or end, as the failure's kind and what was done so far ask for.

        Raises:
            Failure: nothing can be done from here, so things stay as they stand in the cluster.
        """
        match failure:
            case Stale() | TakenOver() | NodeGone():
                raise failure
            case KuredActs():
                said = f"{failure} Its work is followed; ours stops here."
                self._recorder.say(said, level="warning")
                await give_way(self._context)
            case RebootFailed():
                said = str(failure)
                await self._recorder.write(
                    lambda: self._context.keeper.set(failed=said), "to write the journal"
                )
                self._end(Outcome.STRANDED, said)
            case ApiError() | Unreachable() if self.phase in _ONLY_FORWARD:
                raise failure
            case _ if self.goal is Goal.ROLL_BACK:
                raise failure
            case _:
                said = sentence(failure)
                self._recorder.say(f"Giving up: {said}", level="error")
                too_late = f"{said} But the node may have been told to reboot."
                await self._undo(_Undoing(Outcome.FAILED, said, too_late))

    async def _undo(self, undoing: _Undoing) -> None:
        """Undo and end so; or, where that is too late, say it and leave it to the way forward."""
        self._undoing = undoing
        try:
            await undo(self._context)
        except MayReboot:
            self._undoing = None
            self._recorder.say(f"{undoing.too_late} It is brought back.", level="warning")
            await self._context.enter(
                Phase.RETURNING, "Waiting for the node to come back.", failed=""
            )
        else:
            self._end(undoing.outcome, undoing.words)

    async def _give_up(self, failure: Failure) -> None:
        """End an operation that can neither go on nor be undone from here."""
        context = self._context
        match failure:
            case NodeGone():
                await self._let_go("the lock of a node that is gone")
                self._end(Outcome.FAILED, str(failure))
            case JournalGone():
                # What is known by `created` as ours, and nothing else: the cordon may be another's.
                await self._let_go("the lock of an operation without a journal")
                self._end(Outcome.LEFT, f"{failure} The node's cordon is left as it is.")
            case TakenOver():
                self._end(Outcome.LEFT, str(failure))
            case _ if context.journal is None:
                self._end(Outcome.FAILED, sentence(failure))
            case _:
                said = f"{sentence(failure)} It stays as it is, to be resumed or rolled back."
                self._end(Outcome.LEFT, said)

    async def _let_go(self, what: str) -> None:
        """Release our entry and delete our pod, where no journal is left to tell of them."""
        context = self._context
        context.keeper.unfence()

        async def both() -> None:
            await delete_pod(context)
            await release(context)

        await self._recorder.attempt(both, f"to release {what}")

    async def _reclaim(self, stale: Stale) -> None:
        """After a silence: see who has the operation, and go on if it is still ours."""
        context = self._context
        self._recorder.say(f"{stale} Looking who has it.", level="warning")
        try:
            journal = await self._recorder.read(
                lambda: context.keeper.reclaim(owner=context.owner), "to see who has the operation"
            )
        except FAILURES as error:
            await self._give_up(error)
            return
        self._recorder.say(f"Nobody has taken it over; going on as its epoch {journal.epoch}.")

    def _end(self, outcome: Outcome, message: str) -> None:
        self.outcome = outcome
        good = outcome in (Outcome.DONE, Outcome.DRAINED, Outcome.CANCELLED, Outcome.BLOCKED)
        level: Level = "info" if outcome in (Outcome.DONE, Outcome.DRAINED) else "warning"
        if not good:
            self.error, level, message = message, "error", f"Failed: {message}"
        self._recorder.enter(LAST_PHASE[outcome], message, level=level, outcome=outcome)
        self._over.set()


_LAST_WORDS = {
    Outcome.DONE: "Done in {seconds:.0f} s.",
    Outcome.DRAINED: "Drained in {seconds:.0f} s; the node stays cordoned.",
    Outcome.CANCELLED: "Rolled back; the node is as it was found.",
}


def new_operation_id() -> str:
    """Ten hexadecimal digits."""
    return secrets.token_hex(5)
