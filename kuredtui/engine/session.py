"""One session on one cluster: what a front end holds, be it a screen, a command or a test.

It follows the nodes into the store, knows what the user may do, and owns every operation it starts. It
has never heard of a terminal.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Literal

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.boot_evidence import why_not_judged
from kuredtui.engine.log_file import log_file
from kuredtui.engine.node_events import NodeEvents
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.node_news import NodeNews
from kuredtui.engine.operation import Operation
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.progress import Progress, ProgressLog
from kuredtui.engine.readers import Reader, reading
from kuredtui.kube.access import Right, missing_rights, read_only_reason
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ConfigError, Unreachable, explain
from kuredtui.kube.listwatch import (
    Changed,
    ListWatch,
    ListWatchEvent,
    Live,
    Loading,
    Lost,
    Replaced,
)
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Node

# Finished operations that are still shown; the oldest are forgotten first.
_MOST_FINISHED = 500
# Before the question what we may do is asked again, if the API server did not answer.
_ASK_AGAIN_SECONDS = 5.0


class Session:
    """The session.

    Args:
        client: connected; the session uses it and leaves closing it to whoever made it.
        options: what the engine may do.
        owner: who acts, `user@host`.
        log_file: where every record goes as a JSON line; None for nowhere.

    Attributes:
        server_version: the API server's; "" until it has answered.
        user: what the API server calls us; "" until it has answered, or if it does not say.
        store: the nodes.
        connection: how the connection does.
        progress: everything that happens.
        changed: set whenever any of these or an operation has changed; whoever waits clears it.
    """

    def __init__(
        self,
        client: Client,
        *,
        options: EngineOptions,
        owner: str,
        log_file: Path | None = None,
    ) -> None:
        self.server_version = ""
        self.user = ""
        self.store = NodeStore()
        self.connection = ConnectionState()
        self.progress = ProgressLog()
        self.changed = asyncio.Event()
        self._client = client
        self._options = options
        self._owner = owner
        self._log_file = log_file
        self._read_only_reason = "asked for" if client.read_only else ""
        self._nodes = NodeFeed(self.store)
        self._news = NodeNews(self._publish)
        self._operations: dict[str, Operation] = {}
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed."""
        return self._client.read_only

    @property
    def read_only_reason(self) -> str:
        """Why nothing may be changed; "" if it may."""
        return self._read_only_reason

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operation of each node that had one, running or the last to finish."""
        return self._operations

    async def run(self) -> None:
        """Follow the cluster until cancelled; operations that run then are left to be resumed.

        Raises:
            ExceptionGroup: of what made it impossible, such as a log file that cannot be written.
        """
        async with AsyncExitStack() as stack:
            readers: list[Reader] = [
                NodeEvents(
                    self._client, owner=self._owner, find=self.store.get, publish=self._publish
                )
            ]
            if self._log_file is not None:
                readers.append(await stack.enter_async_context(log_file(self._log_file)))
            await stack.enter_async_context(reading(self.progress, readers))
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._tasks = tasks
            tasks.create_task(self._follow_nodes(), name="nodes")
            tasks.create_task(self._ask_about_ourselves(), name="access")

    # Operations.

    def refusal(self, node: str) -> str:
        """Why a reboot of the node cannot be started now, as a sentence; "" if it can.

        A lock that somebody else holds is no refusal: the operation waits for it.
        """
        if self.read_only:
            return f"This session is read-only: {self._read_only_reason}."
        found = self.store.get(node)
        if found is None:
            return f"There is no node {node}."
        if not found.rebootable:
            return f"{node} cannot be rebooted from here: {found.not_rebootable_reason}."
        running = self._operations.get(node)
        if running is not None and not running.phase.finished:
            return f"An operation is at work on {node}: {running.phase}."
        if found.journal_unreadable:
            return f"{node} carries a journal that cannot be read; look at its annotations."
        if found.operation is not None:
            journal = found.operation
            since = f" since {journal.started_at:%H:%M:%S} UTC" if journal.started_at else ""
            return f"{journal.owner} has an operation on {node}{since}: {journal.phase}."
        return why_not_judged(found, self.store)

    def start_reboot(self, node: str) -> Operation:
        """Begin the reboot of a node.

        Raises:
            ValueError: it is refused; the message says why.
        """
        refusal = self.refusal(node)
        found = self.store.get(node)
        if refusal or found is None or self._tasks is None:
            raise ValueError(refusal or "The session does not run.")
        operation = Operation(
            self._client,
            node=found,
            nodes=self._nodes,
            options=self._options,
            owner=self._owner,
            publish=self._publish,
        )
        self._forget_oldest()
        self._operations.pop(node, None)
        self._operations[node] = operation
        self._tasks.create_task(operation.run(), name=f"operation {operation.id}")
        return operation

    def cancel(self, node: str) -> None:
        """Cancel the node's operation, as far as it still can be; see `Operation.cancel`."""
        operation = self._operations.get(node)
        if operation is not None:
            operation.cancel()

    def _forget_oldest(self) -> None:
        finished = [name for name, item in self._operations.items() if item.phase.finished]
        for name in finished[: max(0, len(finished) - _MOST_FINISHED)]:
            del self._operations[name]

    # The cluster.

    async def _follow_nodes(self) -> None:
        async with aclosing(ListWatch(self._client, NODES).events()) as events:
            async for event in events:
                self._take(event)
                self._nodes.changed.send()
                self.changed.set()

    def _take(self, event: ListWatchEvent[Node]) -> None:
        match event:
            case Loading(items):
                self.store.load(items)
                self._connected("loading")
            case Replaced(items):
                self._take_all(items)
                self._connected("live")
            case Changed(changes):
                for change in changes:
                    name = change.object.metadata.name
                    before = self.store.get(name)
                    self.store.apply((change,))
                    self._news.tell(before, self.store.get(name))
                self._connected("live")
            case Live():
                self._connected("live")
            case Lost(error, retry_in):
                self._lost(error, retry_in)

    def _take_all(self, items: list[Node]) -> None:
        """A whole list. After the first one, what is different in it is news."""
        first = self.connection.kind in ("connecting", "loading")
        before = {} if first else {node.name: node for node in self.store.records()}
        different = self.store.replace(items)
        if first:
            self._publish(Progress(message=f"{len(self.store)} nodes on {self._client.server}."))
            return
        for name in sorted(different):
            self._news.tell(before.get(name), self.store.get(name))

    def _connected(self, kind: Literal["loading", "live"]) -> None:
        if self.connection.kind == "lost":
            self._publish(Progress(message="The API server is heard again."))
        self.connection = ConnectionState(kind=kind, fresh_at=time.monotonic())

    def _lost(self, error: Exception, retry_in: float) -> None:
        message = explain(error, server=self._client.server)
        if self.connection.message != message:
            self._publish(Progress(message=message, level="error"))
        self.connection = ConnectionState(
            kind="lost",
            message=message,
            fresh_at=self.connection.fresh_at,
            retry_at=time.monotonic() + retry_in,
        )

    async def _ask_about_ourselves(self) -> None:
        """Who we are and what we may do; without the rights to do our work we only watch."""
        while True:
            try:
                self.server_version = await self._client.version()
                self.user = await self._client.who_am_i()
                missing = await missing_rights(self._client, _needed(self._options))
            except (ApiError, Unreachable, ConfigError):
                await asyncio.sleep(_ASK_AGAIN_SECONDS)  # the list of the nodes says what is wrong
                continue
            if missing and not self.read_only:
                self._client.read_only = True
                self._read_only_reason = read_only_reason(missing, user=self.user)
                self._publish(Progress(message=self._read_only_reason, level="warning"))
            self.changed.set()
            return

    def _publish(self, record: Progress) -> None:
        self.progress.publish(record)
        self.changed.set()


def _needed(options: EngineOptions) -> list[Right]:
    """The rights that a reboot takes."""
    return [
        Right(verb="patch", resource=NODES, purpose="cordon and to keep the journal"),
        Right(verb="create", resource=PODS, subresource="eviction", purpose="drain"),
        Right(
            verb="create",
            resource=PODS,
            namespace=options.ds_namespace,
            purpose="reboot by a pod",
        ),
        Right(
            verb="patch",
            resource=DAEMONSETS,
            namespace=options.ds_namespace,
            name=options.ds_name,
            purpose="hold the lock",
        ),
    ]
