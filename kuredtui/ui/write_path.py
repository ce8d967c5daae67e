"""The write path: a key becomes a question, and a yes becomes a call of the session (DESIGN 2).

Nothing here touches the cluster by itself, and nothing that changes it happens without an answer to a
dialog whose first choice is to leave things alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.engine.phases import Goal
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.asking import ask
from kuredtui.ui.carriers.cancel import cancel
from kuredtui.ui.carriers.cordon import cordon
from kuredtui.ui.carriers.drain import drain
from kuredtui.ui.carriers.locks import pause_kured, unlock
from kuredtui.ui.carriers.log_export import export_log, export_log_to
from kuredtui.ui.carriers.orphans import orphans
from kuredtui.ui.carriers.plan import plan
from kuredtui.ui.carriers.probe import probe
from kuredtui.ui.carriers.reboot import reboot
from kuredtui.ui.carriers.rollout import cancel_rollout, pause, rollout, skip, stop
from kuredtui.ui.foreseeing import foresee
from kuredtui.ui.plan_text import summary_lines
from kuredtui.ui.questions.parts import Preview
from kuredtui.ui.run_choice import AS_SET, RunChoice
from kuredtui.ui.run_fields import run_fields
from kuredtui.ui.screens.plan import PlanAnswer, PlanScreen
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.views import show_rollout

if TYPE_CHECKING:
    from textual.screen import Screen

    from kuredtui.cluster.node import NodeRecord
    from kuredtui.engine.progress import Progress
    from kuredtui.engine.session import Session
    from kuredtui.ui.app import KuredTuiApp
    from kuredtui.ui.plan_text import Foreseen

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

Carrier = Callable[["WritePath", Sequence[str], RunChoice], Awaitable[None]]
# Nodes whose plans a question sums up; beyond that the plan is asked for.
_MOST_SUMMED_UP = 30

_CARRIERS: dict[str, Carrier] = {
    "node.reboot": reboot,
    "node.drain": drain,
    "node.cordon": cordon,
    "node.cordon.only": partial(cordon, back=False),
    "node.uncordon.only": partial(cordon, back=True),
    "node.cancel": cancel,
    "node.plan": plan,
    "node.probe": probe,
    "cluster.orphans": orphans,
    "cluster.unlock": unlock,
    "cluster.pause": pause_kured,
    "log.export": export_log,
    "rollout.open": rollout,
    "rollout.pause": pause,
    "rollout.skip": skip,
    "rollout.stop": stop,
    "rollout.cancel_all": cancel_rollout,
}
_CARRIERS_WITH: dict[str, Callable[[WritePath, str], Awaitable[None]]] = {
    "log.export": export_log_to,
}


class NoSession(Exception):
    """There is no connection to a cluster; the message says so."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which of the nodes that were asked for it will be done to.

    Attributes:
        records: at least one, as they are now.
        left_out: why it cannot be done to the others, by name.
    """

    records: tuple[NodeRecord, ...]
    left_out: dict[str, str]

    @property
    def names(self) -> list[str]:
        """The names of those it will be done to."""
        return [record.name for record in self.records]


class WritePath:
    """Carries out the actions of the registry that act on the cluster."""

    def __init__(self, app: KuredTuiApp, session: Callable[[], Session | None]) -> None:
        """`session` tells the session of the moment."""
        self._app = app
        self._session = session

    async def carry_out(
        self, action_id: str, nodes: Sequence[str], run: RunChoice = AS_SET, *, argument: str = ""
    ) -> None:
        """Do what the action of this id does, to these nodes. To be run as a worker of the app.

        `argument` is what was typed for it, where it takes something else than nodes.
        """
        try:
            if argument:
                await _CARRIERS_WITH[action_id](self, argument)
            else:
                await _CARRIERS[action_id](self, nodes, run)
        except NoSession as error:
            self.refuse(str(error))
        except (*FAILURES, ConfigError) as error:
            self.refuse(sentence(error))
        except Exception as error:  # noqa: BLE001 - the top of a task: logged, and shown to the person
            _LOG.exception("The action %s broke.", action_id)
            self.refuse(f"A fault in this program: {error!r}.")

    # What the carriers know.

    @property
    def session(self) -> Session:
        """The session of the moment.

        Raises:
            NoSession: there is none, or none any more.
        """
        session = self._session()
        if session is None:
            raise NoSession("There is no connection to a cluster.")
        return session

    @property
    def cluster(self) -> str:
        """What a person calls the cluster, and whether mistakes are dear there."""
        target = self._app.main.facts.target
        return f"{target} (PRODUCTION)" if self._app.production else target

    @property
    def now(self) -> float:
        """Seconds of the epoch."""
        return self._app.now()

    @property
    def silent_for(self) -> float | None:
        """Seconds since the API server was last heard; None while it is."""
        return self.session.connection.silent_for(time.monotonic())

    def log_records(self) -> list[Progress]:
        """What the log shows, as far back as the session knows; without one, as the pane does."""
        session, pane = self._session(), self._app.main.log_pane
        kept = session.progress.records() if session is not None else pane.records
        return [record for record in kept if pane.view.shows(record)]

    def hidden(self, nodes: Iterable[str]) -> int:
        """How many of these the filter hides."""
        rows = self._app.main.table.rows
        return sum(rows.position(node) is None for node in nodes)

    def choose(self, nodes: Sequence[str], *, refusal: Callable[[str], str]) -> Choice | None:
        """Those of the nodes that are not refused; None, with the reason told, if all are.

        Args:
            nodes: by name.
            refusal: why it cannot be done to a node, as a sentence; "" if it can.
        """
        left_out: dict[str, str] = {}
        records: list[NodeRecord] = []
        for node in nodes:
            record = self.session.store.get(node)
            reason = refusal(node)
            if record is None or reason:
                left_out[node] = reason or "The node is gone."
            else:
                records.append(record)
        if records:
            return Choice(records=tuple(records), left_out=left_out)
        reasons = list(dict.fromkeys(left_out.values()))
        more = f" And {len(reasons) - 1} other reasons." if len(reasons) > 1 else ""
        self.refuse(f"{reasons[0]}{more}" if reasons else "No node is selected.")
        return None

    # Plans.

    def preview(self, nodes: Sequence[str], goal: Goal, run: RunChoice) -> Preview:
        """What a question says of the drains of these nodes."""
        session = self.session

        async def later() -> AsyncIterator[Sequence[Line]]:
            if len(nodes) > _MOST_SUMMED_UP:
                yield [(("  · of so many nodes, see the plan", Tone.DIM),)]
                return
            found: list[Foreseen] = []
            async for one in foresee(session, nodes, goal=goal, run=run):
                found.append(one)
                more = len(nodes) - len(found)
                lines = summary_lines(found, override=run.override)
                yield [*lines, ((f"  · {more} more nodes ...", Tone.BUSY),)] if more else lines

        return Preview(run=run, later=later)

    async def show_plan(
        self, nodes: Sequence[str], goal: Goal, run: RunChoice, *, in_question: bool
    ) -> PlanAnswer:
        """Show the plans of these nodes until the screen is left; see `PlanScreen`."""
        session = self.session
        answer = await self.ask(
            PlanScreen(
                nodes,
                run=run,
                look=lambda chosen: foresee(session, nodes, goal=goal, run=chosen),
                fields=lambda chosen: run_fields(
                    session.options_for(nodes[0]), chosen, reboots=goal is Goal.REBOOT
                ),
                in_question=in_question,
                commands=self._app.commands,
                now=lambda: self.now,
            )
        )
        return answer or PlanAnswer(run)

    def show_rollout(self) -> None:
        """Show the rollout; it goes on by itself when its screen is left."""
        show_rollout(self._app)

    # What the carriers do.

    async def ask(self, question: Screen[T]) -> T | None:
        """The answer to a question; None where there is none, see `asking.ask`."""
        return await ask(self._app, question)

    def start(self, call: Callable[[str], object], nodes: Iterable[str]) -> None:
        """Begin an operation on each node; one that is refused by now is told, with the reason."""
        refused: list[str] = []
        for node in nodes:
            try:
                call(node)
            except ValueError as error:
                refused.append(str(error))
        if refused:
            more = f" And {len(refused) - 1} more were refused." if len(refused) > 1 else ""
            self.refuse(f"{refused[0]}{more}")

    def tell(self, what: str) -> None:
        """Say that something was done."""
        self._app.notify(clean(what), markup=False)

    def refuse(self, why: str) -> None:
        """Say why something was not done."""
        self._app.notify(clean(why), severity="warning", markup=False)
