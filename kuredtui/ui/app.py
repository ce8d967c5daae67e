"""The console: a Textual app around one session.

It is on the screen before anything is connected: this module imports neither the API client nor the
engine, and `connect`, which does, runs after the first paint. From then on the session's changes are fed to
the main screen, and the keys that act on the cluster become calls of the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.actions.key_map import DEFAULT_KEYS, KeyMap
from kuredtui.ui.commands.typed import TypedCommands
from kuredtui.ui.contexts import Contexts, ContextSwitch
from kuredtui.ui.leaving import Leaving
from kuredtui.ui.plain_terminal import terminal_filters
from kuredtui.ui.pods_seen import PodsSeen
from kuredtui.ui.screens.acting import ActingScreen
from kuredtui.ui.screens.main import MainScreen
from kuredtui.ui.text import clean
from kuredtui.ui.theme import THEME
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.ways import Ways
from kuredtui.ui.widgets.header import HeaderFacts
from kuredtui.ui.working import begin

if TYPE_CHECKING:
    from textual.driver import Driver

    from kuredtui.engine.session import Session
    from kuredtui.ui.columns import Column
    from kuredtui.ui.feed import Feed
    from kuredtui.ui.link import Close, Connect, Link
    from kuredtui.ui.widgets.detail_pane import DetailPane
    from kuredtui.ui.write_path import WritePath

_EMPTY: Line = (("", Tone.PLAIN),)


async def _nothing_to_close() -> None:
    """For a `connect` that opens nothing."""


class KuredTuiApp(App[None], inherit_bindings=False):
    """The console.

    Args:
        connect: connects to the cluster and returns the session, not yet running. What it raises is
            shown as one sentence (`kuredtui.kube.errors.explain`), and it may be called again.
        target_label: what is connected to, for the first paint: a context's name.
        close: closes what `connect` opened; called, on the same loop, when a session has ended.
        demo: the target is the embedded cluster; said in the header.
        production: the target is one where mistakes are dear; said in the header and in questions.
        columns: of the node table; None for the usual ones.
        keys: which keys run which action.
        wide: begin with all columns, and all of their texts.
        contexts: others to go to; None where there are none.
        clock: seconds since the epoch, for ages.
    """

    CSS_PATH = "app.tcss"
    TITLE = "kuredtui"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.EVERYWHERE)
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(
        self,
        connect: Connect,
        *,
        target_label: str,
        close: Close = _nothing_to_close,
        demo: bool = False,
        production: bool = False,
        columns: tuple[Column, ...] | None = None,
        keys: KeyMap = DEFAULT_KEYS,
        wide: bool = False,
        contexts: Contexts | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # Textual turns colours into greys for NO_COLOR; with native colours on, it leaves them out.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._connect = connect
        self._close = close
        self._target = target_label
        self._demo = demo
        self._clock = clock
        self.key_map = keys
        self.set_keymap(keys.for_textual())
        self._terminal_filters = terminal_filters()
        self.leaving = Leaving(self)
        self.switch = ContextSwitch(self, contexts)
        self.link: Link | None = None
        self._pods_seen = PodsSeen()
        self._link_task: asyncio.Task[None] | None = None
        self.register_theme(THEME)
        self.theme = THEME.name
        self.production = production
        self.commands, self.ways = TypedCommands(self), Ways(self)
        self.main = MainScreen(
            self._first_facts("◌ connecting"),
            self.commands,
            production=production,
            columns=columns,
            wide=wide,
            clock=clock,
        )

    def get_default_screen(self) -> MainScreen:
        """The main screen is the first there is, so nothing blank is painted before it."""
        return self.main

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is done to every line before it is sent, last what the terminal's encoding asks for."""
        return [*super().get_line_filters(), *self._terminal_filters]

    def get_driver_class(self) -> type[Driver]:
        """Textual's own for a terminal does not bear that it goes away."""
        from textual.drivers.linux_driver import LinuxDriver

        from kuredtui.ui.terminal_driver import TerminalDriver

        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def on_mount(self) -> None:
        """Connect once something is on the screen."""
        if not self.is_headless:
            # A terminal that goes away, or a polite kill: leave as `q` would with nothing running, so
            # that operations stop at a safe point. Their journals and locks stay in the cluster.
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self.exit)
        self._show_connecting()
        self.call_after_refresh(self._start)

    async def on_unmount(self) -> None:
        """End the session's tasks before the program goes on."""
        if self._link_task is not None:
            self._link_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._link_task

    def _start(self) -> None:
        from kuredtui.ui.link import Link

        self.link = Link(
            self._connect,
            self._feed_of,
            close=self._close,
            target=self._target,
            connecting=self._show_connecting,
            failed=self._show_failure,
        )
        self._link_task = asyncio.create_task(self.link.run(), name="link")

    def _feed_of(self, session: Session, target: str) -> Feed:
        from kuredtui.ui.feed import Feed

        return Feed(
            session,
            self.main,
            target=target,
            demo=self._demo,
            looked=self._after_look,
            clock=self._clock,
            pods=self._pods_seen,
            orphans_key=self.key_map.text("cluster.orphans"),
        )

    # What the link tells.

    def _problem(self, sentence: str) -> list[Line]:
        """What is wrong, where the eye is, and what can be done now."""
        again, leave = self.key_map.text("console.retry"), self.key_map.text("console.quit")
        return [
            ((clean(sentence), Tone.BAD),),
            _EMPTY,
            ((f"{again} connects anew{self._way_back()} · {leave} quits", Tone.DIM),),
        ]

    def _first_facts(self, link: str, tone: Tone = Tone.BUSY) -> HeaderFacts:
        return HeaderFacts(target=self._target, link=(link, tone), demo=self._demo)

    def _way_back(self) -> str:
        """The context that one came from, for whom this one is of no use."""
        came_from = self.switch.came_from
        line = self.key_map.command_line(f"ctx {clean(came_from)}")
        return f" · {line} goes back" if came_from else ""

    def _show_connecting(self) -> None:
        target = clean(self._target)
        self.main.start_over()
        self.main.show_facts(self._first_facts("◌ connecting"))
        self.main.show_notice([((f"connecting to {target} ...", Tone.PLAIN),)])

    def _show_failure(self, sentence: str) -> None:
        """One sentence for why there is no connection."""
        self.main.show_facts(self._first_facts("○ not connected", Tone.BAD))
        self.main.show_problem(self._problem(sentence))

    def _after_look(self) -> None:
        """The screen is up to date: what is said without rows, and whether leaving can go on."""
        session = self.link.session if self.link else None
        if session is None:
            return
        match session.connection.kind:
            case "live":
                self.main.show_notice([(("This cluster has no nodes.", Tone.DIM),)])
            case "loading":
                self.main.show_notice([(("loading nodes ...", Tone.PLAIN),)])
            case "lost":
                self.main.show_notice(self._problem(session.connection.message))
        self.leaving.go_on()

    def show_context(self, name: str, *, production: bool) -> None:
        """Leave the present cluster for another, to which `connect` connects from now on."""
        self.ways.to_table()  # nothing that was asked about the old one is answered yes
        self._target, self.production = name, production
        self.main.forget(production=production)
        if self.link is not None:
            self.link.switch(name)

    @property
    def acting(self) -> ActingScreen[Any]:
        """The screen from which actions begin: that of the moment, or the one below what is asked there."""
        stack = reversed(self.screen_stack)
        return next((screen for screen in stack if isinstance(screen, ActingScreen)), self.main)

    @property
    def session(self) -> Session | None:
        """The session of the moment."""
        return self.link.session if self.link else None

    def hurry(self) -> None:
        """A key was pressed: what the session does besides gives way to it."""
        if (session := self.session) is not None:
            session.slices.hurry()

    def painted(self) -> None:
        """There is a new picture, which may well be what somebody waited for."""
        if (session := self.session) is not None:
            session.slices.relax()

    # What the keys ask for.

    def on_detail_pane_wanted(self, event: DetailPane.Wanted) -> None:
        """Find out what the detail shows, and nothing else any more."""
        if not event.node:
            self.workers.cancel_group(self, "detail")
            return
        from kuredtui.ui.detail.filling import fill

        filling = partial(
            fill,
            self.main.detail,
            lambda: self.link.session if self.link else None,
            node=event.node,
            tab=event.tab,
            clock=self._clock,
            pods=self._pods_seen,
        )
        begin(self, filling, group="detail", exclusive=True)

    def on_acting_screen_wanted(self, event: ActingScreen.Wanted) -> None:
        """An action that needs the session, or ends the program."""
        if event.action_id == "console.quit":
            self.action_leave()
        elif event.action_id == "console.retry":
            self._retry()
        elif event.action_id == "console.context":
            begin(self, partial(self.switch.go, event.argument, self._target))
        elif event.action_id == "console.contexts":
            begin(self, self.switch.look, group="contexts", exclusive=True)
        elif event.action_id == "console.picture":
            from kuredtui.ui.views import show_picture

            show_picture(self)
        elif event.nodes or not event.action_id.startswith("node."):
            self.carry_out(event.action_id, event.nodes, argument=event.argument)

    def carry_out(self, action_id: str, nodes: Sequence[str], *, argument: str = "") -> None:
        """Begin an action that acts on the cluster, for these nodes."""
        carry_out = self._write_path().carry_out
        begin(self, partial(carry_out, action_id, nodes, argument=argument))

    def action_leave(self) -> None:
        """Leave from wherever one is; a question is asked on top of what is there."""
        begin(self, self.leaving.ask)

    def action_help(self) -> None:
        """The keys of where one is; again: close them."""
        from kuredtui.ui.screens.help import HelpScreen
        from kuredtui.ui.screens.placed import Placed

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        elif isinstance(self.screen, Placed):
            self.push_screen(HelpScreen(self.screen, read_only=self.main.read_only))

    def _retry(self) -> None:
        if self.link is not None and (refusal := self.link.retry()):
            self.notify(refusal, severity="warning", markup=False)

    def now(self) -> float:
        """Seconds since the epoch, by the clock this app was given."""
        return self._clock()

    def _write_path(self) -> WritePath:
        from kuredtui.ui.write_path import NoSession, WritePath

        then = self.link.switches if self.link else 0

        def session() -> Session | None:
            if self.link is not None and self.link.switches != then:
                raise NoSession("This was asked about another cluster: nothing is done.")
            return self.session

        return WritePath(self, session)
