"""All operations of a session: whether one may be started, starting it, and those that others left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kuredtui.cluster.journal_view import JournalView, journal_view
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import overrides
from kuredtui.engine.boot_evidence import why_not_judged
from kuredtui.engine.clock import seconds_with_sleep
from kuredtui.engine.errors import TakenOver
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.journal import UNREADABLE_JOURNAL, read_journal
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.options import NO_CHANGES, EngineOptions, OptionChanges, changed
from kuredtui.engine.orphans import Orphans
from kuredtui.engine.phases import Goal, Outcome
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client

if TYPE_CHECKING:
    from kuredtui.engine.operation import Operation
    from kuredtui.engine.recorder import Publish

# Finished operations that are still shown; the oldest are forgotten first.
_MOST_FINISHED = 500


class Operations:
    """The operations by node.

    Args:
        client: the API.
        nodes: the nodes as they are followed.
        options: what may be done and how.
        owner: who acts, `user@host`.
        hooks: who else has a say.
        publish: given every record.
        clock: seconds, those in which the machine sleeps included; tells an owner that it was silent.

    Attributes:
        orphans: the operations of others that have no living owner.
        pace: the cap on requests of all drains, and of the plans of drains.
    """

    def __init__(
        self,
        client: Client,
        *,
        nodes: NodeFeed,
        options: EngineOptions,
        owner: str,
        hooks: Hooks,
        publish: Publish,
        clock: Callable[[], float] = seconds_with_sleep,
    ) -> None:
        self.orphans = Orphans(after=options.orphan_after, ended_here=self._ended_here)
        self._client = client
        self._nodes = nodes
        self._options = options
        self._owner = owner
        self._hooks = hooks
        self.pace = RequestPace(options.drain_requests_per_second)
        self._publish = publish
        self._clock = clock
        self._by_node: dict[str, Operation] = {}
        self._failed: dict[str, tuple[int, str]] = {}  # by node: how often before the last one, why
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def by_node(self) -> Mapping[str, Operation]:
        """The operation of each node that had one, running or the last to finish."""
        return self._by_node

    def run_in(self, tasks: asyncio.TaskGroup) -> None:
        """Let operations run among these tasks."""
        self._tasks = tasks

    def refusal(self, node: str, goal: Goal = Goal.REBOOT) -> str:
        """Why this cannot be started now, as a sentence; "" if it can.

        A lock that somebody else holds, and a policy that says wait, are no refusals: the operation
        waits. A roll back is of an operation that others left; so is a reboot or drain on top of a
        drain that is over.
        """
        found = self._nodes.store.get(node)
        if found is None:
            return f"There is no node {node}."
        if running := self.running(node):
            return f"An operation of this program is at work on {node}: {running.phase}."
        if found.journal_unreadable:
            return UNREADABLE_JOURNAL
        journal = found.operation
        if goal is Goal.ROLL_BACK:
            return self._refusal_to_take_over(found)
        if journal is not None and not journal.resting:
            hint = "; it can be resumed or rolled back" if self.orphans.orphaned(node) else ""
            return f"{journal.describe()}{hint}."
        if goal is Goal.REBOOT:
            if not found.rebootable:
                return f"{node} cannot be rebooted from here: {found.not_rebootable_reason}."
            return why_not_judged(found, self._nodes.store)
        return ""

    def resume_refusal(self, node: str) -> str:
        """Why the operation on the node cannot be resumed by us now, as a sentence; "" if it can."""
        found = self._nodes.store.get(node)
        if found is None:
            return f"There is no node {node}."
        if running := self.running(node):
            return f"An operation of this program is at work on {node}: {running.phase}."
        if found.operation is not None and found.operation.resting:
            return f"{found.operation.describe()}; there is nothing left to resume."
        return self._refusal_to_take_over(found)

    def start(
        self,
        node: str,
        goal: Goal,
        *,
        override: Iterable[str] = (),
        changes: OptionChanges = NO_CHANGES,
    ) -> Operation:
        """Begin the reboot or the drain of a node.

        Args:
            node: its name.
            goal: what for.
            override: what of the policy is set aside for this run, by name, and `force-reboot`.
            changes: settings of this run alone.

        Raises:
            ValueError: it is refused; the message says why.
        """
        if refusal := self.refusal(node, goal):
            raise ValueError(refusal)
        left = self.orphans.standing(node)  # a drain that is over, if anything
        return self._run(node, goal, left, override, changes)

    def take_over(
        self, node: str, goal: Goal | None = None, *, override: Iterable[str] = ()
    ) -> Operation:
        """Resume the operation that another engine left on the node, or roll it back.

        Args:
            node: its name.
            goal: `ROLL_BACK`, or None to finish it.
            override: as for `start`.

        Raises:
            ValueError: it is refused; the message says why.
        """
        refusal = self.refusal(node, goal) if goal else self.resume_refusal(node)
        if refusal:
            raise ValueError(refusal)
        return self._run(node, goal, self.orphans.standing(node), override)

    def cancel(self, node: str) -> None:
        """Cancel the node's operation, as far as it still can be; see `Operation.cancel`."""
        if operation := self._by_node.get(node):
            operation.cancel()

    def failures(self, node: str) -> tuple[int, str]:
        """How often the reboot of the node failed since it last succeeded, and why the last one did."""
        often, why = self._failed.get(node, (0, ""))
        last = self._by_node.get(node)
        if last is None or last.outcome is None or last.goal is not Goal.REBOOT:
            return often, why
        match last.outcome:
            case Outcome.DONE:
                return 0, ""
            case Outcome.FAILED:
                return often + 1, last.error
            case _:
                return often, why

    def running(self, node: str) -> Operation | None:
        """The operation of ours that is at work on the node."""
        operation = self._by_node.get(node)
        return operation if operation is not None and operation.outcome is None else None

    def wrote(self, node: str, journal: JournalView) -> bool:
        """Whether an operation of ours on the node has written this journal; see `Operation.wrote`."""
        operation = self._by_node.get(node)
        return operation is not None and operation.wrote(journal)

    def _ended_here(self, node: str, text: str) -> bool:
        operation, journal = self._by_node.get(node), journal_view(text)
        return operation is not None and journal is not None and operation.has_left(journal)

    async def idle(self) -> None:
        """Return as soon as none is at work."""
        while (busy := next(filter(self.running, self._by_node), None)) is not None:
            await self._by_node[busy].ended()

    def _refusal_to_take_over(self, node: NodeRecord) -> str:
        if node.journal_unreadable:
            return UNREADABLE_JOURNAL
        if node.operation is None:
            return f"There is no operation on {node.name}."
        if not node.operation.resting and not self.orphans.orphaned(node.name):
            return (
                f"{node.operation.describe()}. It may live: it is an orphan when its journal has not "
                f"changed for {self._options.orphan_after:g} s."
            )
        try:
            read_journal(self.orphans.standing(node.name))
        except TakenOver as unreadable:
            return str(unreadable)
        return ""

    def _run(
        self,
        node: str,
        goal: Goal | None,
        left: str,
        override: Iterable[str],
        changes: OptionChanges = NO_CHANGES,
    ) -> Operation:
        # Imported with the first operation: it is half of what the engine imports at all, and nobody
        # should wait for it before the first rows.
        from kuredtui.engine.operation_making import make_operation

        record = self._nodes.store.get(node)
        if record is None or self._tasks is None:
            raise ValueError("The session does not run.")
        operation = make_operation(
            self._client,
            node=record,
            nodes=self._nodes,
            options=changed(self._options, changes),
            owner=self._owner,
            hooks=self._hooks,
            pace=self.pace,
            publish=self._publish,
            clock=self._clock,
            goal=goal,
            left=left,
            overridden=overrides(override, by=self._owner, at=datetime.now(UTC)),
        )
        self._forget_oldest()
        self._remember_failures(node)
        self._by_node.pop(node, None)
        self._by_node[node] = operation
        self._tasks.create_task(operation.run(), name=f"operation {operation.id}")
        return operation

    def _remember_failures(self, node: str) -> None:
        failures = self.failures(node)
        if failures[0]:
            self._failed[node] = failures
        else:
            self._failed.pop(node, None)

    def _forget_oldest(self) -> None:
        finished = [name for name, item in self._by_node.items() if item.outcome is not None]
        for name in finished[: max(0, len(finished) - _MOST_FINISHED)]:
            del self._by_node[name]
            self._failed.pop(name, None)
