"""A session without a cluster: the real store, log and phases, moved by the test's own hand.

For what only a screen test can set up in a moment: five thousand nodes, a connection that is lost, a phase
that stands still. Journeys through a real session are in `test_journey.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.kured_found import KuredPresence
from kuredtui.cluster.lock_value import LockEntry
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.store import NodeStore
from kuredtui.cluster.time_window import TimeWindow
from kuredtui.cluster.why import Why
from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.events_seen import EventsSeen
from kuredtui.engine.journal import JournalLock
from kuredtui.engine.locks import SeenLock
from kuredtui.engine.options import NO_CHANGES, EngineOptions, OptionChanges, changed
from kuredtui.engine.phases import Goal, Phase
from kuredtui.engine.plan import Plan
from kuredtui.engine.progress import Level, Progress, ProgressLog
from kuredtui.engine.rollout_entry import Entry, EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.slices import Slices
from kuredtui.kube.listwatch import Change
from kuredtui.kube.types import Node
from kuredtui.ui.actions.key_map import DEFAULT_KEYS, KeyMap
from kuredtui.ui.app import KuredTuiApp
from kuredtui.ui.column_choice import DEFAULT_COLUMNS, chosen_columns
from tests.support.eventually import eventually
from tests.ui.clusters import NOW
from tests.ui.screen_reader import Reader


@dataclass
class FakeOperation:
    """As the screen reads an operation."""

    node: str
    phase: Phase = Phase.QUEUED
    detail: str = ""
    error: str = ""
    drain: DrainState | None = None
    held_by: Sequence[Answer] = ()
    lock: JournalLock | None = None
    goal: Goal = Goal.REBOOT

    @property
    def id(self) -> str:
        return f"of-{self.node}"


@dataclass
class FakeRollout:
    """As the screen reads a rollout; `calls` records how it was steered."""

    entries: dict[str, Entry]
    options: RolloutOptions = field(default_factory=RolloutOptions)
    paused: bool = False
    stopped: str = ""
    holding: str = ""
    finished: bool = False
    held_up: bool = False
    calls: list[str] = field(default_factory=list)

    @property
    def begun(self) -> list[str]:
        return [entry.node for entry in self.entries.values() if entry.state is EntryState.AT_WORK]

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def skip(self, node: str) -> bool:
        self.calls.append(f"skip {node}")
        return self.entries[node].state is EntryState.QUEUED

    def stop(self) -> None:
        self.calls.append("stop")
        self.stopped = "Stopped by the operator."

    def cancel(self) -> None:
        self.calls.append("cancel")
        self.stopped, self.finished = "Stopped by the operator.", True


@dataclass
class FakeLocks:
    """As the header reads the locks of a cluster."""

    text: str
    ghosts: Sequence[str] = ()

    def seen(self) -> list[SeenLock]:
        return [SeenLock(text=self.text)]

    @property
    def holders(self) -> tuple[LockEntry, ...]:
        return tuple(entry for lock in self.seen() for entry in lock.entries)

    def is_ghost(self, entry: LockEntry) -> bool:
        return entry.node in self.ghosts


@dataclass
class FakeSession:
    """As the screen reads a session; `calls` records what it was asked to do."""

    nodes: Iterable[Node] = ()
    server_version: str = "v1.36.2"
    user: str = "jane@example.com"
    read_only: bool = False
    read_only_reason: str = ""
    refusals: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = NodeStore()
        self.store.load(self.nodes)
        self.connection = ConnectionState(kind="live", fresh_at=time.monotonic())
        self.progress = ProgressLog()
        self.kured = KuredPresence()
        self.reasons: dict[str, Why] = {}
        self.reasons_in_full: dict[str, Why] = {}
        self.why_version = 0
        self.operations: dict[str, FakeOperation] = {}
        self.changed = asyncio.Event()
        self.slices = Slices()
        self.calls: list[tuple[str, str]] = []
        self.runs: list[tuple[tuple[str, ...], dict[str, object]]] = []
        self.plans: dict[str, Plan] = {}
        self.planned: list[dict[str, object]] = []
        self.policy: list[Answer] = []
        self.events: dict[str, EventsSeen] = {}
        self.events_failure: Exception | None = None
        self.asked_for_events: list[str] = []
        self.rollout: FakeRollout | None = None
        self.abandoned: list[str] = []
        self.locks: FakeLocks | None = None
        self.window: TimeWindow | None = None
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        await self.end

    def refusal(self, node: str, goal: Goal = Goal.REBOOT) -> str:
        return self.refusals.get(node, "") or self.read_only_reason

    def why(self, node: str) -> Why | None:
        return self.reasons.get(node)

    async def why_in_full(self, node: str) -> Why | None:
        return self.reasons_in_full.get(node)

    def start_reboot(
        self, node: str, *, override: Iterable[str] = (), changes: OptionChanges = NO_CHANGES
    ) -> FakeOperation:
        return self._start("reboot", node, override, changes)

    def start_drain(self, node: str, *, changes: OptionChanges = NO_CHANGES) -> FakeOperation:
        return self._start("drain", node, (), changes)

    def start_rollout(
        self,
        nodes: Iterable[str],
        *,
        options: RolloutOptions,
        override: Iterable[str] = (),
        changes: OptionChanges = NO_CHANGES,
    ) -> FakeRollout:
        names = list(nodes)
        self.calls += [("rollout", name) for name in names]
        self.runs.append((tuple(override), dict(changes)))
        entries = {name: Entry(node=name, uid="", boot_id="") for name in names}
        self.rollout = FakeRollout(entries, options)
        self.changed.set()
        return self.rollout

    def resume_refusal(self, node: str) -> str:
        return self.refusals.get(node, "") or self.read_only_reason

    def orphans(self) -> list[str]:
        return self.abandoned

    async def probe(self, node: str) -> Pending:
        self.calls.append(("probe", node))
        return Pending(state="yes", detail="linux-image")

    def options_for(self, node: str, changes: OptionChanges = NO_CHANGES) -> EngineOptions:
        return changed(EngineOptions(), changes)

    async def plan(self, node: str, *, changes: OptionChanges = NO_CHANGES) -> Plan:
        self.planned.append(dict(changes))
        return self.plans.get(node) or Plan(node=node, pods=[])

    async def node_events(self, node: str) -> EventsSeen:
        self.asked_for_events.append(node)
        if self.events_failure is not None:
            raise self.events_failure
        return self.events.get(node) or EventsSeen()

    async def ask_policy(self, node: str) -> list[Answer]:
        return self.policy

    def _start(
        self, what: str, node: str, override: Iterable[str], changes: OptionChanges
    ) -> FakeOperation:
        self.runs.append((tuple(override), dict(changes)))
        if refusal := self.refusal(node):
            raise ValueError(refusal)
        self.calls.append((what, node))
        operation = self.operations[node] = FakeOperation(node)
        self.changed.set()
        return operation

    async def cordon(self, node: str) -> bool:
        self.calls.append(("cordon", node))
        return True

    async def uncordon(self, node: str) -> bool:
        self.calls.append(("uncordon", node))
        return True

    def cancel(self, node: str) -> None:
        self.calls.append(("cancel", node))
        self.move(node, Phase.CANCELLED)

    # The test's hand.

    def put(self, *nodes: Node) -> None:
        self.store.apply([Change(object=node, deleted=False) for node in nodes])
        self.changed.set()

    def drop(self, *nodes: Node) -> None:
        self.store.apply([Change(object=node, deleted=True) for node in nodes])
        self.changed.set()

    def move(self, node: str, phase: Phase, detail: str = "", *, error: str = "") -> None:
        operation = self.operations.setdefault(node, FakeOperation(node))
        operation.phase, operation.detail, operation.error = phase, detail, error
        self.changed.set()

    def say(
        self,
        message: str,
        *,
        level: Level = "info",
        node: str = "",
        phase: str = "",
        time: datetime = NOW,
    ) -> None:
        operation = f"of-{node}" if phase else ""
        self.progress.publish(
            Progress(
                message=message, level=level, node=node, operation=operation, phase=phase, time=time
            )
        )

    def wait_for(self, node: str, why: Why | None, *, in_full: Why | None = None) -> None:
        self.reasons = {node: why} if why is not None else {}
        self.reasons_in_full = {node: in_full} if in_full is not None else {}
        self.why_version += 1
        self.changed.set()

    def connect_as(self, state: ConnectionState) -> None:
        self.connection = state
        self.changed.set()


@dataclass
class Console(Reader):
    """A console on a fake session."""

    session: FakeSession


@asynccontextmanager
async def console(
    *nodes: Node,
    size: tuple[int, int] = (120, 40),
    demo: bool = False,
    production: bool = False,
    columns: Iterable[str] = DEFAULT_COLUMNS,
    keys: KeyMap = DEFAULT_KEYS,
    session: FakeSession | None = None,
    clock: Callable[[], float] = NOW.timestamp,
) -> AsyncIterator[Console]:
    """A console on a fake session with these nodes, with all of them on the screen."""
    playing = session or FakeSession(nodes)

    async def connect() -> FakeSession:
        return playing

    app = KuredTuiApp(
        connect,  # type: ignore[arg-type]  # a fake session
        target_label="aks-prod-weu",
        demo=demo,
        production=production,
        columns=chosen_columns(columns),
        keys=keys,
        clock=clock,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        await eventually(
            lambda: app.main.table.rows.total == len(playing.store) and app.main.facts.counts,
            what="all nodes are on the screen",
        )
        await pilot.pause()
        yield Console(app, pilot, playing)
