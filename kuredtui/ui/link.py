"""Connecting, running the session, and saying in one sentence why it ended.

The one task of the console that talks to the outside. It owns the session's tasks and the feed in a task
group; cancelling it ends them all, cleanly, before it returns.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kuredtui.ui.feed import Feed
from kuredtui.ui.night_history import NightHistory

if TYPE_CHECKING:
    from kuredtui.engine.session import Session

_LOG = logging.getLogger(__name__)

Connect = Callable[[], Awaitable["Session"]]
Close = Callable[[], Awaitable[None]]


class Link:
    """The console's connection to a cluster, with as many attempts as the person asks for.

    Attributes:
        session: the running session, or None while there is none.
        history: what was seen of it, or of the last one.
        switches: how often it was another cluster's from then on.
    """

    def __init__(
        self,
        connect: Connect,
        feed_of: Callable[[Session, str], Feed],
        *,
        close: Close,
        target: str,
        connecting: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        """`connecting` is called before each attempt, `failed` with the sentence why one ended.

        `feed_of` makes what shows a session of a target. `close` closes what `connect` opened; it is called
        after each attempt, even one that failed.
        """
        self.session: Session | None = None
        self.switches = 0
        self.history = NightHistory()
        self._connect = connect
        self._close = close
        self._feed_of = feed_of
        self._target = target
        self._connecting = connecting
        self._failed = failed
        self._again = asyncio.Event()
        self._attempting = False
        self._left = ""

    def switch(self, target: str) -> None:
        """End what there is, and connect anew: by now `connect` is about another cluster, the target."""
        self._left, self._target = self._target, target
        self.switches += 1
        self._again.set()

    def retry(self) -> str:
        """Connect anew, if the last attempt has ended or its connection is lost.

        Returns why not, as a sentence; "" if it does. An operation at work is never cut off: it goes on by
        itself as soon as the API server is heard again.
        """
        refusal = self.retry_refusal
        if not refusal:
            self._again.set()
        return refusal

    @property
    def retry_refusal(self) -> str:
        """Why `retry` would not connect anew now, as a sentence; "" if it would."""
        session = self.session
        if not self._attempting:
            return ""
        if session is None or session.connection.kind == "loading":
            return "It is connecting."
        if session.connection.kind != "lost":
            return "It is connected."
        if _works(session):
            return (
                "An operation is at work: it goes on by itself as soon as the API server is heard."
            )
        return ""

    async def run(self) -> None:
        """Connect and stay connected until cancelled; after a failure, wait to be asked again."""
        while True:
            self._again.clear()
            self._connecting()
            self._attempting = True
            reason = await self._attempt()
            self._attempting = False
            if not self._again.is_set():
                self._failed(reason)
                await self._again.wait()

    async def _attempt(self) -> str:
        """One connection from its beginning to its end. Returns why it ended."""
        try:
            session = await self._unless_asked(self._connect())
            if session is not None:
                self._tell_switch(session)
                await self._follow(session)
        except Exception as error:  # noqa: BLE001 - the top of a task: logged, and shown to the person
            return _explain(error)
        finally:
            self.session = None
            await self._close()
        return "The session ended."

    async def _unless_asked(self, connecting: Awaitable[Session]) -> Session | None:
        """The session, or None if somebody asks to connect anew before there is one."""
        async with asyncio.TaskGroup() as group:
            attempt = group.create_task(_awaited(connecting), name="connecting")
            asked = group.create_task(self._again.wait(), name="asked to connect anew")
            await asyncio.wait((attempt, asked), return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            if self._again.is_set():
                attempt.cancel()
        return None if attempt.cancelled() else attempt.result()

    def _tell_switch(self, session: Session) -> None:
        """The log of the new cluster begins with where one came from."""
        if self._left:
            from kuredtui.engine.progress import Progress

            said = f"From here on this is the context {self._target}; before it was {self._left}."
            session.progress.publish(Progress(message=said))
            self._left = ""

    async def _follow(self, session: Session) -> None:
        """Run the session with the feed beside it, until somebody asks to connect anew; the failure of one
        ends both."""
        feed = self._feed_of(session, self._target)
        async with asyncio.TaskGroup() as group:
            self.session, self.history = session, feed.history
            running = group.create_task(session.run(), name="session")
            asked = group.create_task(self._again.wait(), name="asked to connect anew")
            feeding = (
                group.create_task(feed.run(), name="feed"),
                group.create_task(feed.run_log(), name="feed the log"),
            )
            await asyncio.wait((running, asked), return_when=asyncio.FIRST_COMPLETED)
            for task in (running, asked, *feeding):
                task.cancel()


async def _awaited(connecting: Awaitable[Session]) -> Session:
    return await connecting


def _works(session: Session) -> bool:
    """Whether an operation is at work."""
    return any(not operation.phase.finished for operation in session.operations.values())


def _explain(error: BaseException) -> str:
    """One clear sentence with what to do; what is unexpected goes to the log with its traceback."""
    from kuredtui.kube.errors import ApiError, ConfigError, Unreachable, explain

    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, ApiError | ConfigError | Unreachable):
        _LOG.error("The session broke.", exc_info=error)
    return explain(error)
