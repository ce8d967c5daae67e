"""The write path: a key becomes a question, and a yes becomes a call of the session (DESIGN 2).

Nothing here touches the cluster by itself, and nothing that changes it happens without an answer to a
dialog whose first choice is to leave things alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kuredtui.ui import questions
from kuredtui.ui.operations import operation_text
from kuredtui.ui.text import clean

if TYPE_CHECKING:
    from kuredtui.engine.session import Session
    from kuredtui.ui.app import KuredTuiApp


class WritePath:
    """Carries out the actions of the registry that act on the cluster, or on the program's life."""

    def __init__(self, app: KuredTuiApp, session: Callable[[], Session | None]) -> None:
        """`session` tells the session of the moment."""
        self._app = app
        self._session = session
        self._carriers = {
            "node.reboot": self._reboot,
            "node.cancel": self._cancel,
        }

    def carry_out(self, action_id: str, node: str) -> None:
        """Do what the action of this id does, to this node."""
        session = self._session()
        if session is None:
            self._refuse("There is no connection to a cluster.")
        else:
            self._carriers[action_id](session, node)

    def _reboot(self, session: Session, node: str) -> None:
        record = session.store.get(node)
        refusal = session.refusal(node)
        if refusal or record is None:
            self._refuse(refusal or "The node is gone.")
            return

        def answered(answer: str | None) -> None:
            if answer == questions.REBOOT:
                self._start_reboot(node)

        question = questions.reboot_question(
            record,
            cluster=self._app.main.facts.target,
            now=self._app.now(),
            silent_for=session.connection.silent_for(time.monotonic()),
        )
        self._app.push_screen(question, answered)

    def _start_reboot(self, node: str) -> None:
        """Start, unless things changed while the question stood there."""
        session = self._session()
        refusal = session.refusal(node) if session else "The connection was lost meanwhile."
        if session is None or refusal:
            self._refuse(refusal)
        else:
            session.start_reboot(node)

    def _cancel(self, session: Session, node: str) -> None:
        operation = session.operations.get(node)
        if operation is None or operation.phase.finished:
            self._refuse(f"There is no operation of this program at work on {clean(node)}.")
            return

        def answered(answer: str | None) -> None:
            present = self._session()
            if answer == questions.CANCEL_OPERATION and present is not None:
                present.cancel(node)

        self._app.push_screen(
            questions.cancel_question(node, operation_text(operation, None)), answered
        )

    def _refuse(self, why: str) -> None:
        self._app.notify(clean(why), severity="warning", markup=False)
