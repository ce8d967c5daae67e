"""One session on one cluster: what a front end holds, be it a screen, a command or a test.

It follows the nodes into the store, knows what the user may do, and owns every operation it starts. It
has never heard of a terminal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.journal_view import journal_view
from kuredtui.cluster.kured_found import KuredPresence
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.store import NodeStore
from kuredtui.cluster.time_window import TimeWindow, WindowError
from kuredtui.engine.clock import seconds_with_sleep
from kuredtui.engine.cordons_by_hand import CordonsByHand
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.kured_defaults import under_kured
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.node_following import NodeFollowing
from kuredtui.engine.node_news import NodeNews
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.notifications.services import Services
from kuredtui.engine.operations import Operations
from kuredtui.engine.options import NO_CHANGES, EngineOptions, OptionChanges, changed
from kuredtui.engine.ourselves import Ourselves
from kuredtui.engine.own_cordons import OwnCordons
from kuredtui.engine.phases import Goal
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.progress import Progress, ProgressLog
from kuredtui.engine.session_readers import session_readers
from kuredtui.engine.slices import Slices
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.kube.client import Client
from kuredtui.kube.types import DaemonSet

if TYPE_CHECKING:
    # What acts on the cluster is imported by what starts it: nobody should wait for it before the first
    # rows.
    from kuredtui.cluster.why import Why
    from kuredtui.engine.events_seen import EventsSeen
    from kuredtui.engine.learning import Learning
    from kuredtui.engine.locks_by_hand import LocksByHand
    from kuredtui.engine.operation import Operation
    from kuredtui.engine.plan import Plan
    from kuredtui.engine.rollout import Rollout
    from kuredtui.engine.rollout_options import RolloutOptions
    from kuredtui.engine.sources.metric_polling import PollSettings

# Nodes named when a rollout is refused.
_MOST_REFUSALS = 5


class Session:
    """The session.

    Args:
        client: connected; the session uses it and leaves closing it to whoever made it.
        options: what the engine may do.
        owner: who acts, `user@host`.
        log_file: where every record goes as a JSON line; None for nowhere.
        hooks: makes what else has a say, given the nodes; None for nobody.
        notify: who is told of drains and reboots, if not whom the node's kured tells.
        override: what of the policy is set aside for all operations of this session, by name, and
            `force-reboot`.
        sources: where a pending reboot is learned, beside kured and the nodes themselves.
        policy: when a reboot may begin, as set here; where that differs from kured, it is said.
        polling: how often kureds are asked.
        clock: seconds, those in which the machine sleeps included.

    Attributes:
        store: the nodes.
        progress: everything that happens.
        rollout: the one that runs, or the last one; None before the first.
        slices: of its long work; a front end hurries them when a key is pressed.
        changed: set whenever any of these or an operation has changed; whoever waits clears it.
    """

    def __init__(
        self,
        client: Client,
        *,
        options: EngineOptions,
        owner: str,
        log_file: Path | None = None,
        hooks: Callable[[NodeStore], Hooks] | None = None,
        notify: NotifyOptions | None = None,
        override: Iterable[str] = (),
        sources: SourceOptions | None = None,
        policy: PolicyOptions | None = None,
        polling: PollSettings | None = None,
        clock: Callable[[], float] = seconds_with_sleep,
    ) -> None:
        sources = sources or SourceOptions()
        self.store = NodeStore(awaited=sources.awaited)
        self.progress = ProgressLog()
        self.rollout: Rollout | None = None
        self.slices = Slices()
        self.changed = asyncio.Event()
        self._client = client
        self._options = options
        self._hooks = hooks(self.store) if hooks else Hooks()
        self._owner = owner
        self._log_file = log_file
        self._notify = notify or NotifyOptions()
        self._override = tuple(override)
        self._ourselves = Ourselves(client, options=options, publish=self._publish)
        self._nodes = NodeFeed(self.store)
        self._sources = sources
        self._policy = policy or PolicyOptions()
        self._polling = polling
        self._learning: Learning | None = None  # once the first list is there
        self._window: tuple[DaemonSet | None, TimeWindow | None] | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._operations = Operations(
            client,
            nodes=self._nodes,
            options=options,
            owner=owner,
            hooks=self._hooks,
            publish=self._publish,
            clock=clock,
        )
        own = OwnCordons(self._operations.wrote)
        self._cordons = CordonsByHand(client, own=own, publish=self._publish)
        self._news = NodeNews(self._publish, nodes=self.store.records, own=own)
        self._following = NodeFollowing(
            client,
            nodes=self._nodes,
            news=self._news,
            orphans=self._operations.orphans,
            publish=self._publish,
            changed=self.changed.set,
            slices=self.slices,
        )

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed."""
        return self._client.read_only or bool(self.read_only_reason)

    @property
    def read_only_reason(self) -> str:
        """Why nothing may be changed, as a sentence; "" if it may."""
        return self._ourselves.read_only_reason

    @property
    def server_version(self) -> str:
        """The API server's; "" until it has answered."""
        return self._ourselves.server_version

    @property
    def user(self) -> str:
        """What the API server calls us; "" until it has answered, or if it does not say."""
        return self._ourselves.user

    @property
    def connection(self) -> ConnectionState:
        """How the connection does."""
        return self._following.connection

    @property
    def kured(self) -> KuredPresence:
        """Which kureds run in the cluster, as far as that may be seen."""
        return self._learning.kureds.presence if self._learning is not None else KuredPresence()

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operation of each node that had one, running or the last to finish."""
        return self._operations.by_node

    async def run(self) -> None:
        """Follow the cluster until cancelled; operations that run then are left to be resumed.

        Raises:
            ExceptionGroup: of what made it impossible, such as a log file that cannot be written.
        """
        readers = session_readers(
            self.progress,
            self._client,
            owner=self._owner,
            store=self.store,
            publish=self._publish,
            notify=Services(self._notify, kured_of=self._kured_of, publish=self._publish),
            log_path=self._log_file,
        )
        async with readers, asyncio.TaskGroup() as tasks:
            self._operations.run_in(tasks)
            self._tasks = tasks
            tasks.create_task(self._following.run(), name="nodes")
            tasks.create_task(self._ask_about_ourselves(), name="access")
            tasks.create_task(self._tell_of_orphans(), name="orphans")
            tasks.create_task(self._learn(), name="learning")

    # Operations.

    def refusal(self, node: str, goal: Goal = Goal.REBOOT) -> str:
        """Why this cannot be started on the node now, as a sentence; "" if it can.

        See `Operations.refusal`.
        """
        return self._refused_at_all() or self._operations.refusal(node, goal)

    def resume_refusal(self, node: str) -> str:
        """Why the operation on the node cannot be resumed now, as a sentence; "" if it can."""
        return self._refused_at_all() or self._operations.resume_refusal(node)

    def orphans(self) -> list[str]:
        """The nodes whose operations have no living owner: to be resumed or rolled back, by us if we may."""
        operations = self._operations
        return [node for node in operations.orphans if not operations.resume_refusal(node)]

    def start_reboot(
        self, node: str, *, override: Iterable[str] = (), changes: OptionChanges = NO_CHANGES
    ) -> Operation:
        """Begin the reboot of a node.

        Args:
            node: its name.
            override: what of the policy is set aside for this run, by name, and `force-reboot`.
            changes: settings of this run alone.

        Raises:
            ValueError: it is refused; the message says why.
        """
        given = (*self._override, *override)
        return self._allowed().start(node, Goal.REBOOT, override=given, changes=changes)

    def start_drain(self, node: str, *, changes: OptionChanges = NO_CHANGES) -> Operation:
        """Begin a drain without reboot, which leaves the node cordoned. Raises as `start_reboot`."""
        return self._allowed().start(node, Goal.DRAIN, changes=changes)

    def resume(self, node: str, *, override: Iterable[str] = ()) -> Operation:
        """Finish the operation that another left on the node. Raises as `start_reboot`."""
        return self._allowed().take_over(node, override=(*self._override, *override))

    def roll_back(self, node: str) -> Operation:
        """Undo the operation that another left on the node, or bring the node back if it is too late
        for that. Raises as `start_reboot`.
        """
        return self._allowed().take_over(node, Goal.ROLL_BACK)

    def start_rollout(
        self,
        nodes: Iterable[str],
        *,
        options: RolloutOptions,
        override: Iterable[str] = (),
        changes: OptionChanges = NO_CHANGES,
    ) -> Rollout:
        """Begin the reboot of many nodes.

        Args:
            nodes: their names, in any order.
            options: how to go about them.
            override, changes: as for `start_reboot`, for each of them.

        Raises:
            ValueError: it is refused; the message says why, and which node is in the way.
        """
        operations, overridden = self._allowed(), tuple(override)
        if self.rollout is not None and not self.rollout.finished:
            raise ValueError("A rollout is under way; wait for its end, or stop it.")
        names = dict.fromkeys(nodes)
        if refusals := list(filter(None, map(operations.refusal, names))):
            raise ValueError(" ".join(refusals[:_MOST_REFUSALS]))
        found = [node for name in names if (node := self.store.get(name)) is not None]
        if not found or self._tasks is None:
            raise ValueError("There is nothing to roll out.")
        from kuredtui.engine.rollout import Rollout

        self.rollout = Rollout(
            found,
            options=options,
            nodes=self._nodes,
            start=lambda node: self.start_reboot(node, override=overridden, changes=changes),
            publish=self._publish,
        )
        self._tasks.create_task(self.rollout.run(), name=f"rollout {self.rollout.id}")
        return self.rollout

    async def plan(self, node: str, *, changes: OptionChanges = NO_CHANGES) -> Plan:
        """What a drain of the node would do, as things are now; nothing is changed.

        Args:
            node: its name.
            changes: settings of a run, in which it is to be drained.

        Raises:
            NotFound: there is no such node.
            ApiError, Unreachable: the node's pods cannot be read.
        """
        from kuredtui.engine.planner import plan_drain

        options = self.options_for(node, changes)
        return await plan_drain(
            self._client, node=node, options=options, pace=self._operations.pace
        )

    async def node_events(self, node: str) -> EventsSeen:
        """What was reported about the node lately, on demand; see `read_node_events` for what it raises."""
        from kuredtui.engine.events_seen import read_node_events

        return await read_node_events(self._client, node)

    async def ask_policy(self, node: str) -> list[Answer]:
        """What each hook of the policy says of a reboot of the node now; nothing without the node."""
        record = self.store.get(node)
        return await self._hooks.policy(self._kured_of(node)).ask(record) if record else []

    def options_for(self, node: str, changes: OptionChanges = NO_CHANGES) -> EngineOptions:
        """What an operation on the node would do if it began now, with these settings of its own."""
        return under_kured(changed(self._options, changes), self._kured_of(node))

    def why(self, node: str) -> Why | None:
        """Why the node waits for its reboot, at no cost; None where it does not, or nobody knows yet."""
        return self._learning.reasons.of(node) if self._learning is not None else None

    @property
    def why_version(self) -> int:
        """Another number whenever `why` may say something else of nodes that themselves are the same."""
        return self._learning.reasons.version if self._learning is not None else 0

    async def why_in_full(self, node: str) -> Why | None:
        """The same, having asked about its pods and their budgets; for one node, on demand.

        Raises:
            ApiError, Unreachable: the API server did not tell.
        """
        learning = self._learning
        return await learning.reasons.in_full(node) if learning is not None else None

    @property
    def window(self) -> TimeWindow | None:
        """The reboot window, ours or the one kured's; None where it cannot be understood."""
        kured = self._kured_of("")
        if self._window is None or self._window[0] is not kured:
            try:
                self._window = kured, under_kured(self._policy, kured).window()
            except WindowError:
                self._window = kured, None
        return self._window[1]

    @property
    def locks(self) -> LocksByHand | None:
        """The locks, to be looked at and changed by hand; None until the nodes are known."""
        if self._learning is None:
            return None
        from kuredtui.engine.locks_by_hand import LocksByHand

        return LocksByHand(
            self._client,
            seen=self._learning.reasons.locks,
            store=self.store,
            refused=self._refused_at_all,
            publish=self._publish,
        )

    async def probe(self, node: str) -> Pending:
        """Ask the node now whether it waits for a reboot, in kured's pod there or our sentinel's.

        Returns:
            What it said, which is a report in the store from now on; unknown, with the reason, where it
            could not be asked.
        """
        if self._learning is None:
            return Pending(detail="the nodes are not known yet")
        return await self._learning.probing.probe(node)

    def cancel(self, node: str) -> None:
        """Cancel the node's operation, as far as it still can be; see `Operation.cancel`."""
        self._operations.cancel(node)

    async def cordon(self, node: str) -> bool:
        """Cordon by hand; see `CordonsByHand.cordon`."""
        return await self._cordons.cordon(node)

    async def uncordon(self, node: str) -> bool:
        """Uncordon by hand; see `CordonsByHand.uncordon`."""
        return await self._cordons.uncordon(node)

    def _kured_of(self, node: str) -> DaemonSet | None:
        """The kured whose settings count for the node; None: there is none, or it is not known yet."""
        return self._learning.knowledge.kured_of(node) if self._learning is not None else None

    def _refused_at_all(self) -> str:
        return self.read_only_reason if self.read_only else ""

    def _allowed(self) -> Operations:
        if refusal := self._refused_at_all():
            raise ValueError(refusal)
        return self._operations

    async def _tell_of_orphans(self) -> None:
        """Say once of each operation that it has no living owner."""
        orphans, told = self._operations.orphans, set[str]()
        while True:
            found = {orphans.orphaned(node): node for node in self.orphans()}
            for text in found.keys() - told:
                journal = journal_view(text)
                said = f"{journal.describe() if journal else 'An operation'}, and nobody runs it any more"
                message = f"{said}: resume it or roll it back."
                self._publish(Progress(message=message, level="warning", node=found[text]))
            told = set(found)
            wait = self._options.orphan_after / 4
            await asyncio.sleep(min(wait, orphans.next_in() or wait))

    # The cluster.

    async def _learn(self) -> None:
        """Which kureds there are, which nodes wait for a reboot, and why."""
        await self._following.first_list()
        from kuredtui.engine.learning import Learning
        from kuredtui.engine.work_seen import Work

        work = Work(
            self._operations,
            rollout=lambda: self.rollout,
            rights=lambda: self.read_only_reason,
        )
        self._learning = Learning(
            self._client,
            nodes=self._nodes,
            options=self._options,
            pace=self._operations.pace,
            policy=self._policy,
            notify=self._notify,
            sources=self._sources,
            polling=self._polling,
            hooks=self._hooks,
            work=work,
            publish=self._publish,
            tell=self._news.tell,
            changed=self.changed.set,
            slices=self.slices,
        )
        await self._learning.run()

    async def _ask_about_ourselves(self) -> None:
        await self._following.first_list()
        await self._ourselves.ask()
        self.changed.set()
        if self.read_only_reason:
            # What began before is the API server's to refuse: stopped here, it could not be undone.
            await self._operations.idle()
            self._ourselves.close_gate()

    def _publish(self, record: Progress) -> None:
        self.progress.publish(record)
        self.changed.set()
