"""From the session to the screen: the one way in which what happens becomes something to see.

However many events come in, the screen is told at most ten times a second, and rows are made in slices
small enough that a key pressed meanwhile is served at once. When nothing changes, nothing is told; once
a second the clock is looked at, since the header says how old the picture is while the connection is
down.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Set
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from kuredtui.ui.garbage import settled
from kuredtui.ui.header_facts import header_facts
from kuredtui.ui.held_locks import HeldLocks, held_locks
from kuredtui.ui.night_history import NightHistory
from kuredtui.ui.operations import OperationText, operation_text
from kuredtui.ui.pods_seen import PodsSeen
from kuredtui.ui.row import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuredtui.cluster.why import Why
    from kuredtui.engine.progress import Progress
    from kuredtui.engine.session import Session
    from kuredtui.ui.widgets.header import HeaderFacts

# Seconds between two looks at what changed (DESIGN 2: at most ~10 paints a second).
PAINT_INTERVAL = 0.1
# Seconds without any change after which the clock is looked at.
CLOCK_INTERVAL = 1.0
# So many rows in one look, and half of all there are, come from a list rather than from events.
MANY = 500
# Rows that the screen is given at once: it needs some 2 ms for them.
MOST_AT_ONCE = 125


class View(Protocol):
    """What the feed tells; the main screen."""

    def show_facts(self, facts: HeaderFacts) -> None:
        """The header."""

    def show_nodes(self, rows: Iterable[Row], removed: Iterable[str]) -> None:
        """New and changed rows; names of nodes that are gone."""

    def show_log(self, records: Sequence[Progress]) -> None:
        """New progress records, oldest first."""


class Feed:
    """Feeds one view from one session for as long as `run` runs.

    Attributes:
        history: what the view may tell of the time since the feed began.
    """

    def __init__(
        self,
        session: Session,
        view: View,
        *,
        target: str,
        demo: bool,
        looked: Callable[[], None],
        clock: Callable[[], float],
        pods: PodsSeen,
        orphans_key: str,
    ) -> None:
        """`looked` is called after each look at the session; `clock` tells seconds of the epoch; `pods`,
        which node's pods are looked at; `orphans_key` is the key for operations that nobody runs any more.
        """
        self.history = NightHistory()
        self._clock = clock
        self._session = session
        self._view = view
        self._target = target
        self._demo = demo
        self._looked = looked
        self._operations: dict[str, OperationText] = {}
        self._was_live = False
        self._why_version = 0
        self._whys: dict[str, Why | None] = {}  # as they were told
        self._orphans_key = orphans_key
        self._abandoned: frozenset[str] = frozenset()
        self._locks = HeldLocks()
        self._pods_seen = pods
        self._pods: dict[str, int] = {}

    async def run(self) -> None:
        """Nodes, operations and the header, until cancelled."""
        changed = self._session.changed
        while True:
            changed.clear()
            kind = self._session.connection.kind
            await self._look()
            self._looked()
            await self._pause(kind)
            try:
                async with asyncio.timeout(CLOCK_INTERVAL):
                    await changed.wait()
            except TimeoutError:
                continue

    async def _pause(self, kind: str) -> None:
        """Until the next paint is due; at once where the connection is of another kind by now.

        So the first rows, and the complete table, are there as soon as they can be.
        """
        if kind == "live":
            await asyncio.sleep(PAINT_INTERVAL)
            return
        changed = self._session.changed
        heard = changed.is_set()
        with suppress(TimeoutError):
            async with asyncio.timeout(PAINT_INTERVAL):
                while self._session.connection.kind == kind:
                    changed.clear()
                    await changed.wait()
                    heard = True
        if heard:
            changed.set()

    async def run_log(self) -> None:
        """The log, until cancelled."""
        async for records in self._session.progress.subscribe():
            self._view.show_log(records)
            await asyncio.sleep(PAINT_INTERVAL)

    async def _look(self) -> None:
        """Tell everything that changed since the last look."""
        changes = self._session.store.take_changes()
        self._remember()
        facts = header_facts(  # of the same moment as the rows
            self._session,
            target=self._target,
            demo=self._demo,
            now=time.monotonic(),
            clock=self._clock(),
        )
        names = (
            changes.changed
            | self._changed_operations()
            | self._changed_orphans()
            | self._changed_locks()
            | self._changed_pods()
        )
        await self._tell_rows(names | self._changed_reasons(), changes.removed, certain=names)
        if self._is_new(len(names)):
            settled()
        self._view.show_facts(facts)

    def _remember(self) -> None:
        """Note how many wait, and once which kernels run; what nobody sees is not how it was before."""
        store, kind = self._session.store, self._session.connection.kind
        if kind not in ("live", "lost"):
            return  # not all of them are known yet
        self.history.take(self._clock(), store.counts.pending if kind == "live" else None)
        if kind == "live" and self.history.kernels is None:
            self.history.kernels = store.drift.kernels()

    def _is_new(self, rows: int) -> bool:
        """Whether, for the first time or again, all there is to show is new and will stay."""
        if self._session.connection.kind != "live":
            return False
        first, self._was_live = not self._was_live, True
        return first or rows >= max(MANY, len(self._session.store) // 2)

    async def _tell_rows(self, names: Set[str], removed: Set[str], *, certain: Set[str]) -> None:
        """Rows for these nodes; for those that are not certain to be another only if their reason is."""
        rows: list[Row] = []
        for name in removed:
            self._whys.pop(name, None)
        async for name in self._session.slices.of(names - removed):
            node = self._session.store.get(name)
            if node is None:
                continue  # gone again since; the next look tells
            why = self._session.why(name)
            if name not in certain and why == self._whys.get(name):
                continue
            self._whys[name] = why
            operation = self._operations.get(name) or operation_text(
                None, node, abandoned=self._orphans_key if name in self._abandoned else ""
            )
            rows.append(Row(node, operation, why, self._locks.of(name), self._pods.get(name)))
            if len(rows) == MOST_AT_ONCE:
                self._view.show_nodes(rows, removed)
                rows, removed = [], frozenset()
        if rows or removed:
            self._view.show_nodes(rows, removed)

    def _changed_reasons(self) -> set[str]:
        """The nodes that may wait for another reason than before, though they themselves are the same."""
        before, self._why_version = self._why_version, self._session.why_version
        if before == self._why_version:
            return set()
        return {node.name for node in self._session.store.records() if node.pending.state != "no"}

    def _changed_orphans(self) -> set[str]:
        """The nodes whose operation has lost its owner since the last look, or found one."""
        before, self._abandoned = self._abandoned, frozenset(self._session.orphans())
        return set(before ^ self._abandoned)

    def _changed_locks(self) -> set[str]:
        """The nodes for which the lock was taken or given back; all, when it comes into sight."""
        before, self._locks = self._locks, held_locks(self._session)
        if before.of_others != self._locks.of_others:
            return {node.name for node in self._session.store.records()}
        names = before.by_node.keys() | self._locks.by_node.keys()
        return {name for name in names if before.of(name) != self._locks.of(name)}

    def _changed_pods(self) -> set[str]:
        """The node whose pods are looked at, or are no more, where they are of another number."""
        before, self._pods = self._pods, self._pods_seen.counts()
        return {name for name, _ in before.items() ^ self._pods.items()}

    def _changed_operations(self) -> set[str]:
        """The nodes whose operation now reads otherwise."""
        now = {
            name: operation_text(operation, None)
            for name, operation in self._session.operations.items()
        }
        before, self._operations = self._operations, now
        return {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}
