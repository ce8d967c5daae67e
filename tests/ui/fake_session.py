"""A session without a cluster: the real store, log and phases, moved by the test's own hand.

For what only a screen test can set up in a moment: five thousand nodes, a connection that is lost, a phase
that stands still. Journeys through a real session are in `test_journey.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from textual.pilot import Pilot

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Level, Progress, ProgressLog
from kuredtui.kube.listwatch import Change
from kuredtui.kube.types import Node
from kuredtui.ui.app import KuredTuiApp
from tests.support.eventually import eventually
from tests.ui.clusters import NOW


@dataclass
class FakeOperation:
    """As the screen reads an operation."""

    node: str
    phase: Phase = Phase.QUEUED
    detail: str = ""
    error: str = ""


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
        self.operations: dict[str, FakeOperation] = {}
        self.changed = asyncio.Event()
        self.calls: list[tuple[str, str]] = []
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        await self.end

    def refusal(self, node: str) -> str:
        return self.refusals.get(node, "")

    def start_reboot(self, node: str) -> FakeOperation:
        self.calls.append(("reboot", node))
        operation = self.operations[node] = FakeOperation(node)
        self.changed.set()
        return operation

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

    def say(self, message: str, *, level: Level = "info", node: str = "") -> None:
        self.progress.publish(Progress(message=message, level=level, node=node, time=NOW))

    def connect_as(self, state: ConnectionState) -> None:
        self.connection = state
        self.changed.set()


@dataclass
class Console:
    """A running console and the hand that presses its keys."""

    app: KuredTuiApp
    pilot: Pilot[None]
    session: FakeSession

    @property
    def screen(self) -> list[str]:
        """What is on the screen, line by line."""
        return screen_lines(self.app)

    @property
    def text(self) -> str:
        return "\n".join(self.screen)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def see(self, *texts: str) -> None:
        """Wait until all these are on the screen."""
        await self._until(lambda: all(text in self.text for text in texts), f"{texts} to appear")

    async def see_no(self, *texts: str) -> None:
        """Wait until none of these is on the screen."""
        await self._until(lambda: not any(text in self.text for text in texts), f"{texts} to go")

    async def _until(self, state: object, what: str) -> None:
        try:
            await eventually(state, what=what, timeout=5)  # type: ignore[arg-type]  # a closure
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def line_of(self, text: str) -> str:
        """The one line with this text."""
        lines = [line for line in self.screen if text in line]
        assert len(lines) == 1, f"{text!r} is on {len(lines)} lines:\n{self.text}"
        return lines[0]

    @property
    def node_names(self) -> list[str]:
        """The nodes shown, in their order."""
        rows = self.app.main.table.rows
        return [row.name for row in rows.slice(0, len(rows))]

    @property
    def selected(self) -> str | None:
        return self.app.main.table.selected


def screen_lines(app: KuredTuiApp) -> list[str]:
    """The text of the screen as the compositor would send it to a terminal."""
    screen = app.screen
    width, height = app.size
    update = screen._compositor.render_strips(app.size)
    return ["".join(segment.text for segment in strip) for strip in update][:height] or [
        " " * width
    ]


@asynccontextmanager
async def console(
    *nodes: Node,
    size: tuple[int, int] = (120, 40),
    demo: bool = False,
    session: FakeSession | None = None,
) -> AsyncIterator[Console]:
    """A console on a fake session with these nodes, with all of them on the screen."""
    playing = session or FakeSession(nodes)

    async def connect() -> FakeSession:
        return playing

    app = KuredTuiApp(
        connect,  # type: ignore[arg-type]  # a fake session
        target_label="aks-prod-weu",
        demo=demo,
        clock=NOW.timestamp,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        await eventually(
            lambda: app.main.table.rows.total == len(playing.store) and app.main.facts.counts,
            what="all nodes are on the screen",
        )
        await pilot.pause()
        yield Console(app, pilot, playing)
