"""What the steps of one operation share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.node import NodeRecord, record
from kuredtui.cluster.policy import Answer, Override
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.drain import Drain
from kuredtui.engine.errors import NodeGone
from kuredtui.engine.hooks import Hooks, NodeHook
from kuredtui.engine.journal import Journal, as_begun
from kuredtui.engine.journal_keeper import JournalKeeper
from kuredtui.engine.kured_defaults import under_kured
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.marks.marks import marks_for
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Goal, Phase
from kuredtui.engine.policy.policy import Policy
from kuredtui.engine.reboot_pod import RebootPod
from kuredtui.engine.recorder import Recorder
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import DAEMONSETS, LEASES, NODES
from kuredtui.kube.types import DaemonSet


@dataclass(kw_only=True)
class Context:
    """One operation's means and knowledge.

    Attributes:
        client: the API; it makes no change once others may have taken the operation over.
        node: as it was when the operation was asked for.
        nodes: brings the evidence.
        options: what may be done and how.
        owner: who acts, `user@host`.
        hooks: who else has a say.
        recorder: its phase and its voice.
        keeper: its journal.
        pace: the cap on what all drains together ask of the API server.
        intended: what it is for, as long as no journal says so.
        started_at: when it began; of a resumed operation, when its first owner began it.
        overrides: what the operator set aside for this run.
        admitted: the policy has let it in, and is not asked again.
        held_by: what of the policy holds it back at the moment.
        lock: ours, once it was tried for.
        reboot_pod: the one that was asked for here, whether or not it was answered; None before.
        marks: the hooks that the operation's own settings ask for.
        policy: the one of the node's kured.
        drain: the drain under way, or the last one; None before.
    """

    client: Client
    node: NodeRecord
    nodes: NodeFeed
    options: EngineOptions
    owner: str
    hooks: Hooks
    recorder: Recorder
    keeper: JournalKeeper
    pace: RequestPace
    intended: Goal
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    overrides: tuple[Override, ...] = ()
    admitted: bool = False
    held_by: Sequence[Answer] = ()
    lock: NodeLock | None = None
    reboot_pod: RebootPod | None = None
    marks: tuple[NodeHook, ...] = ()
    drain: Drain | None = None
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        self.marks = marks_for(self.options, since=self.started_at)
        self.policy = self.hooks.policy(None)

    @property
    def node_hooks(self) -> tuple[NodeHook, ...]:
        """All hooks around the node, in the order in which they are called.

        A drain without reboot has none: what they mark is a reboot.
        """
        return () if self.goal is Goal.DRAIN else (*self.hooks.node, *self.marks)

    def resume(self, journal: Journal) -> None:
        """Go on with the settings and the overrides of the operation that was taken over."""
        self.options = as_begun(self.options, journal)
        self.started_at = journal.started_at
        self.overrides = (*journal.overrides, *self.overrides)
        self.marks = marks_for(self.options, since=self.started_at)

    def obey(self, kured: DaemonSet | None) -> None:
        """Take the settings of the node's kured for our defaults, as it has them now."""
        self.policy = self.hooks.policy(kured)
        if kured is not None:
            self.options = under_kured(self.options, kured)
            self.marks = marks_for(self.options, since=self.started_at)

    @property
    def name(self) -> str:
        """The node's name."""
        return self.node.name

    @property
    def journal(self) -> Journal | None:
        """The journal; None while nothing was begun."""
        return self.keeper.journal

    @property
    def written(self) -> Journal:
        """The journal, where there must be one."""
        assert self.journal is not None, "the step before has written it"
        return self.journal

    @property
    def goal(self) -> Goal:
        """What it is for."""
        return self.journal.goal if self.journal else self.intended

    def overridden_by(self, name: str) -> str:
        """Who set this aside for this run, `user@host`; "" if nobody did."""
        return next((override.by for override in self.overrides if override.name == name), "")

    async def enter(self, phase: Phase, message: str, **changes: object) -> None:
        """Go on to a phase; the journal says so before anything is changed in it."""
        self.recorder.enter(phase, message)
        await self.recorder.write(
            lambda: self.keeper.set(phase=phase, **changes), "to write the journal"
        )

    async def look(self) -> NodeRecord:
        """The node as the API server has it at this moment.

        Raises:
            NodeGone: it is not there any more, or is another machine.
        """
        try:
            node = await self.recorder.read(
                lambda: self.client.get(NODES, self.name), "to read the node"
            )
        except NotFound:
            raise NodeGone(f"The node {self.name} is not there any more.") from None
        now = record(node)
        if now.uid != self.node.uid:
            raise NodeGone(f"{self.name} is another machine now: it was replaced, not rebooted.")
        return now

    @property
    def all_nodes(self) -> NodeStore | None:
        """All nodes by name; None as long as there may be more of them."""
        return self.nodes.store if self.nodes.store.whole else None

    def lock_of(self, journal: Journal, place: LockPlace | None = None) -> NodeLock | None:
        """The lock that the journal tells of; None when it tells of none.

        Args:
            journal: the journal.
            place: where the lock lives, if that was found out; else as the journal says, which is
                enough to look at our entry and to release it.
        """
        found = journal.lock
        if found is None:
            return None
        where = place or LockPlace(
            resource=LEASES if found.kind == LEASES.kind else DAEMONSETS,
            namespace=found.namespace,
            name=found.name,
            annotation=found.annotation,
        )
        return NodeLock(
            self.client,
            where,
            node=self.name,
            created=found.created,
            unschedulable=journal.unschedulable_before,
            ttl=self.options.lock_ttl,
            nodes=self.all_nodes,
        )


def replaced(journal: Journal, **changes: object) -> Journal:
    """The journal with these fields changed."""
    return msgspec.structs.replace(journal, **changes)
