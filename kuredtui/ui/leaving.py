"""Leaving the program; with an operation at work, what shall become of it is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.asking import ask

if TYPE_CHECKING:
    from kuredtui.engine.rollout import Rollout
    from kuredtui.ui.app import KuredTuiApp
    from kuredtui.ui.operations import OperationText


class Leaving:
    """Ends the app: at once, or when all that is under way is done."""

    def __init__(self, app: KuredTuiApp) -> None:
        self._app = app
        self._when_done = False
        self._asking = False

    async def ask(self) -> None:
        """Leave, unless the answer is to stay. To be run as a worker of the app."""
        running, queued = self.running(), self._queued()
        if not running and not queued:
            self._app.exit()
            return
        if self._asking:
            return
        from kuredtui.ui.questions import leave

        question = leave.leave_question(running, queued=queued, keys=self._app.key_map)
        self._asking = True
        try:
            answer = await ask(self._app, question, over_others=True)
        finally:
            self._asking = False
        if answer == leave.LEAVE:
            self._app.exit()
        elif answer in (leave.WAIT, leave.CANCEL_AND_LEAVE):
            if answer == leave.CANCEL_AND_LEAVE:
                self._cancel_all()
            else:
                self._say_for_what()
            self._when_done = True
            self.go_on()

    def go_on(self) -> None:
        """Leave, if that was waited for and by now all is done."""
        if self._when_done and not self.running() and not self._queued():
            self._app.exit()

    def running(self) -> list[tuple[str, OperationText]]:
        """The operations at work, by node."""
        from kuredtui.ui.operations import operation_text

        session = self._app.session
        if session is None:
            return []
        return [
            (node, operation_text(operation, None))
            for node, operation in session.operations.items()
            if not operation.phase.finished
        ]

    def _cancel_all(self) -> None:
        if (rollout := self._rollout) is not None:
            rollout.cancel()
        if (session := self._app.session) is not None:
            for node, _ in self.running():
                session.cancel(node)

    def _say_for_what(self) -> None:
        rollout = self._rollout
        key = self._app.key_map.text("rollout.pause")
        paused = rollout is not None and rollout.paused
        how = f" The rollout is paused; {key} lets it go on." if paused else ""
        self._app.notify(f"The program ends when all of this is done.{how}", markup=False)

    def _queued(self) -> int:
        """How many nodes a rollout will still begin."""
        rollout = self._rollout
        if rollout is None or rollout.stopped:
            return 0
        return sum(entry.state == "queued" for entry in rollout.entries.values())

    @property
    def _rollout(self) -> Rollout | None:
        """The one under way."""
        session = self._app.session
        rollout = session.rollout if session is not None else None
        return rollout if rollout is not None and not rollout.finished else None
