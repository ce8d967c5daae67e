"""Operators that work at random: they reboot, change their minds, die, and clear up after others."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from kuredtui.engine.operation import Operation
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Outcome
from kuredtui.engine.session import Session
from kuredtui.kube.connection import connect, resolve
from tests.support.eventually import eventually
from tests.support.unreliable import make_unreliable

_PATIENCE = 20.0
"""How long one waits for the lock, or for anything else, before cancelling."""


class Tally:
    """How operations ended.

    Attributes:
        outcomes: how many, by outcome.
        errors: why those that failed did.
    """

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.errors: list[str] = []

    def count(self, operation: Operation, outcome: Outcome) -> None:
        """Take an operation in that has ended."""
        self.outcomes[outcome] += 1
        if operation.error:
            self.errors.append(f"{operation.node}: {outcome}: {operation.error}")

    async def more(self, number: int = 20) -> None:
        """Return when so many more have ended."""
        enough = self.operations + number
        await eventually(lambda: self.operations >= enough, timeout=300)

    @property
    def operations(self) -> int:
        """All of them."""
        return self.outcomes.total()


class Engine:
    """One operator with a program of their own, on a connection that is none too good.

    Args:
        kubeconfig: the cluster.
        name: the operator's.
        nodes: those to reboot.
        options: how.
        fault_rate: of the connection.
        seed: decides all that is random.
        tally: where operations are counted.
    """

    def __init__(
        self,
        kubeconfig: Path,
        *,
        name: str,
        nodes: Sequence[str],
        options: EngineOptions,
        fault_rate: float,
        seed: int,
        tally: Tally,
    ) -> None:
        self._kubeconfig = kubeconfig
        self._name = name
        self._nodes = nodes
        self._options = options
        self._fault_rate = fault_rate
        self._chance = random.Random(seed)
        self._tally = tally

    async def run(self, stop: asyncio.Event) -> None:
        """Live one life after another until told to stop; what runs then is brought to its end."""
        while not stop.is_set():
            async with self.session() as session:
                await self._live(session, stop)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """The program; whatever it does when the context ends is left as it stands."""
        async with await connect(resolve(kubeconfig=str(self._kubeconfig))) as client:
            make_unreliable(client, rate=self._fault_rate, chance=self._chance)
            session = Session(client, options=self._options, owner=self._name)
            running = asyncio.create_task(session.run())
            try:
                while session.connection.kind != "live":
                    await session.changed.wait()
                    session.changed.clear()
                yield session
            finally:
                running.cancel()
                await asyncio.wait([running])
            if not running.cancelled():
                running.result()

    async def _live(self, session: Session, stop: asyncio.Event) -> None:
        """A number of operations; at the end of a life, one of them is not waited for."""
        for _ in range(self._chance.randint(4, 12)):
            if stop.is_set():
                return
            operation = self._begin(session)
            if operation is None:
                await asyncio.sleep(self._chance.uniform(0.02, 0.2))
                continue
            await self._see_through(session, operation)
        operation = self._begin(session)
        if operation is not None and not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0, 2.0)):
                    await operation.ended()
            self._tally.count(operation, operation.outcome or Outcome.LEFT)

    def _begin(self, session: Session) -> Operation | None:
        if orphans := session.orphans():
            return self._clear_up(session, self._chance.choice(orphans))
        node = self._chance.choice(self._nodes)
        return None if session.refusal(node) else session.start_reboot(node)

    def _clear_up(self, session: Session, node: str) -> Operation:
        if self._chance.random() < 0.5:
            return session.resume(node)
        return session.roll_back(node)

    async def _see_through(self, session: Session, operation: Operation) -> None:
        """Wait for its end; sometimes, or when nothing happens, cancel it."""
        hurry = self._chance.random() < 0.2
        patience = self._chance.uniform(0, 2.0) if hurry else _PATIENCE
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                self._tally.count(operation, await operation.ended())
                return
        session.cancel(operation.node)
        self._tally.count(operation, await operation.ended())
