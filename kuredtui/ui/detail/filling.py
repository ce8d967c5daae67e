"""Finding out what a tab of the detail shows, for as long as somebody looks at it.

What costs a request is asked when a tab is opened and again every few seconds; what this session knows
by itself, and the ages, every second. Nothing is asked of a tab that nobody sees.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.engine.past_operations import past_operations
from kuredtui.kube.errors import ConfigError, explain
from kuredtui.ui.detail.booted import booted_words
from kuredtui.ui.detail.events import event_lines
from kuredtui.ui.detail.operations import operations_lines
from kuredtui.ui.detail.parts import failure_lines
from kuredtui.ui.detail.pods import pods_lines
from kuredtui.ui.detail.tabs import Tab
from kuredtui.ui.tones import Line

if TYPE_CHECKING:
    from kuredtui.cluster.why import Why
    from kuredtui.engine.events_seen import EventsSeen
    from kuredtui.engine.plan import Plan
    from kuredtui.engine.session import Session
    from kuredtui.ui.pods_seen import PodsSeen
    from kuredtui.ui.widgets.detail_pane import DetailPane

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

# Between two looks at what costs nothing.
_TICK_SECONDS = 1.0
# Between two questions to the API server: pods, budgets and events change without a word.
ASK_AGAIN_SECONDS = 10.0
# The same where it is only for the time of the boot.
_ASK_FOR_BOOT_SECONDS = 60.0
# A plan takes a list of pods and some reads.
_TIMEOUT_SECONDS = 30.0


class _Asked(Generic[T]):
    """The answer to a question, which is asked again once the answer is old."""

    def __init__(self, ask: Callable[[], Awaitable[T]], *, every: float) -> None:
        self._ask = ask
        self._every = every
        self._until = 0.0
        self._answer: T | str = ""

    async def now(self) -> T | str:
        """The answer; why there is none, as a sentence."""
        if time.monotonic() >= self._until:
            self._answer = await self._asked()
            self._until = time.monotonic() + self._every
        return self._answer

    async def _asked(self) -> T | str:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await self._ask()
        except (*FAILURES, ConfigError) as error:
            return sentence(error)
        except TimeoutError as error:
            return explain(error)


async def fill(
    detail: DetailPane,
    session: Callable[[], Session | None],
    *,
    node: str,
    tab: Tab,
    clock: Callable[[], float],
    pods: PodsSeen,
) -> None:
    """Keep one tab of one node up to date until cancelled.

    Args:
        detail: what shows it.
        session: tells the session of the moment.
        node: its name.
        tab: which tab.
        clock: tells seconds of the epoch.
        pods: told how many pods there are, while they are what is looked at.
    """
    filling: _Filling | None = None
    with pods.looking(node) as look:
        while True:
            current = session()
            if current is None:
                filling = None
            elif filling is None or filling.session is not current:
                filling = _Filling(detail, current, node=node, tab=tab, clock=clock)
            if filling is not None and detail.is_seen:
                await filling.look()
                look.count = filling.pods
            else:
                look.count = None
            await asyncio.sleep(_TICK_SECONDS)


class _Filling:
    """What was found out for one tab of one node in one session.

    Attributes:
        session: that session.
        pods: how many pods the node has; None where that was not asked, or not answered.
    """

    def __init__(
        self,
        detail: DetailPane,
        session: Session,
        *,
        node: str,
        tab: Tab,
        clock: Callable[[], float],
    ) -> None:
        self.session = session
        self.pods: int | None = None
        self._detail = detail
        self._node = node
        self._tab = tab
        self._clock = clock
        self._why: _Asked[Why | None] = _Asked(
            lambda: session.why_in_full(node), every=ASK_AGAIN_SECONDS
        )
        self._plan: _Asked[Plan] = _Asked(lambda: session.plan(node), every=ASK_AGAIN_SECONDS)
        self._events: _Asked[EventsSeen] = _Asked(
            lambda: session.node_events(node),
            every=_ASK_FOR_BOOT_SECONDS if tab is Tab.NODE else ASK_AGAIN_SECONDS,
        )

    async def look(self) -> None:
        """Look once, and show what was found."""
        try:
            match self._tab:
                case Tab.NODE:
                    await self._look_at_node()
                case Tab.PODS:
                    self._show(await self._pods())
                case Tab.EVENTS:
                    self._show(await self._events_told())
                case Tab.OPERATIONS:
                    self._show(await self._operations())
                case Tab.LABELS:
                    pass  # the row has them
        except Exception as error:  # noqa: BLE001 - the top of a task: logged, and shown to the person
            _LOG.exception("The tab %s broke.", self._tab)
            self._show(failure_lines(f"A fault in this program: {error!r}."))

    async def _look_at_node(self) -> None:
        locks = self.session.locks
        self._detail.show_lock(locks.holders if locks is not None else None)
        why = await self._why.now()
        if not isinstance(why, str):  # else what the row says stays
            self._detail.show_why(self._node, why)
        record = self.session.store.get(self._node)
        if record is not None:
            events = await self._events.now()
            booted = booted_words(
                record.boot_id,
                events=() if isinstance(events, str) else events.events,
                records=self.session.progress.records(),
                now=self._clock(),
            )
            self._detail.show_booted(self._node, booted)

    async def _pods(self) -> list[Line]:
        plan = await self._plan.now()
        if isinstance(plan, str):
            self.pods = None
            return failure_lines(plan)
        self.pods = len(plan.pods) if not plan.pod_selector else None  # else there may be others
        return pods_lines(plan)

    async def _events_told(self) -> list[Line]:
        seen = await self._events.now()
        if isinstance(seen, str):
            return failure_lines(seen)
        return event_lines(seen, node=self.session.store.get(self._node), now=self._clock())

    async def _operations(self) -> list[Line]:
        seen = await self._events.now()
        unseen = f"What others did cannot be read: {seen}" if isinstance(seen, str) else ""
        events = () if isinstance(seen, str) else seen.events
        record = self.session.store.get(self._node)
        return operations_lines(
            past_operations(self._node, records=self.session.progress.records(), events=events),
            journal=record.operation if record is not None else None,
            events=events,
            unseen=unseen,
            now=self._clock(),
        )

    def _show(self, lines: list[Line]) -> None:
        self._detail.show_tab(self._node, self._tab, lines)
