"""Going to another cluster without a restart, with the same care as at the start.

The kubeconfig is read anew, its login plugin has the terminal, and only then is the present session ended:
a context that cannot be used leaves everything as it is. Whatever was known of the old cluster is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from textual.app import SuspendNotSupported

from kuredtui.ui.asking import ask
from kuredtui.ui.text import clean

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.kube.connection import Target
    from kuredtui.kube.contexts import ContextEntry
    from kuredtui.ui.app import KuredTuiApp


class Contexts(Protocol):
    """The contexts there are; what they name is connected to by the app's `connect`."""

    async def entries(self) -> Sequence[ContextEntry]:
        """All of them; raises ConfigError."""

    async def resolve(self, name: str) -> Target:
        """What a context names; raises ConfigError."""

    def use(self, target: Target) -> None:
        """Connect to this one from now on."""

    def is_production(self, name: str) -> bool:
        """Whether mistakes are dear there."""


class Refused(Exception):
    """There is no going to another cluster; the message says why, and nothing has happened."""


class ContextSwitch:
    """Takes the console to another context.

    Attributes:
        names: of the contexts that were there when they were last looked at.
        came_from: the context before the present one; "" for none.
    """

    def __init__(self, app: KuredTuiApp, contexts: Contexts | None) -> None:
        """`contexts` is None where there is but one cluster, as in the demo."""
        self.names: tuple[str, ...] = ()
        self.came_from = ""
        self._app = app
        self._contexts = contexts
        self._under_way = False

    async def look(self) -> None:
        """Find out which contexts there are now; a kubeconfig that cannot be read has none."""
        from kuredtui.kube.errors import ConfigError

        try:
            self.names = tuple(entry.name for entry in await self._there.entries())
        except (Refused, ConfigError):
            self.names = ()

    def refusal(self) -> str:
        """Why there is no going to another context now, as a sentence; "" if there is."""
        try:
            _refuse_to_leave(self._app.session)
            _ = self._there
        except Refused as refused:
            return str(refused)
        return ""

    async def go(self, name: str, present: str) -> None:
        """Go to this context, or ask for one if the name is "". To be run as a worker of the app.

        Args:
            name: the context's name.
            present: that of the present one.
        """
        from kuredtui.kube.errors import ConfigError

        if self._under_way:
            return
        self._under_way = True
        try:
            if chosen := name or await self._pick(present):
                await self._go(chosen, present)
        except (Refused, ConfigError) as error:
            self._app.notify(clean(str(error)), severity="warning", markup=False)
        finally:
            self._under_way = False

    async def _go(self, name: str, present: str) -> None:
        if name == present and self._app.session is not None:
            raise Refused(f"{name} is the present context.")
        _refuse_to_leave(self._app.session)
        there = self._there
        target = await there.resolve(name)
        target = await self._log_in(target)
        _refuse_to_leave(self._app.session)  # meanwhile something may have been begun
        there.use(target)
        self.came_from = "" if name == present else present
        self._app.show_context(name, production=there.is_production(name))

    @property
    def _there(self) -> Contexts:
        if self._contexts is None:
            raise Refused(
                "The demo's cluster is the only one here; start without --demo for others."
            )
        return self._contexts

    async def _pick(self, present: str) -> str:
        _refuse_to_leave(self._app.session)
        there = self._there
        entries = await there.entries()
        if not entries:
            raise Refused("No kubeconfig has a context; this is the cluster of the pod itself.")
        from kuredtui.ui.questions.context import context_question

        question = context_question(entries, present=present, is_production=there.is_production)
        picked = await ask(self._app, question)
        return picked.item if picked is not None else ""

    async def _log_in(self, target: Target) -> Target:
        """The target with its credential; a plugin has the terminal, as it has at the start."""
        if target.plugin is None:
            return target
        from kuredtui.kube.connection import log_in
        from kuredtui.ui.terminal_lending import with_terminal

        try:
            return await with_terminal(self._app, lambda: log_in(target))
        except SuspendNotSupported:
            return await log_in(target, terminal=False)


def _refuse_to_leave(session: Session | None) -> None:
    """What is under way would be left alone without a word."""
    if session is None:
        return
    rollout = session.rollout
    if rollout is not None and not rollout.finished:
        raise Refused("A rollout is under way: wait for its end, or stop it, before you leave.")
    nodes = [name for name, work in session.operations.items() if not work.phase.finished]
    if nodes:
        more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        raise Refused(
            f"An operation is at work on {nodes[0]}{more}: wait for its end, or cancel it, "
            "before you leave."
        )
