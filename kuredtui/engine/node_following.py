"""Following the nodes: from the list-watch into the store, with what is news on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal

from kuredtui.cluster.connection import ConnectionState
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.node_news import NodeNews
from kuredtui.engine.orphans import Orphans
from kuredtui.engine.progress import Progress
from kuredtui.engine.slices import Slices
from kuredtui.kube.client import Client
from kuredtui.kube.errors import explain
from kuredtui.kube.listwatch import (
    Changed,
    ListWatch,
    ListWatchEvent,
    Live,
    Loading,
    Lost,
    Replaced,
)
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node


class NodeFollowing:
    """The one writer of the store.

    Args:
        client: the API server.
        nodes: the store, and who waits for its changes.
        news: told what changed about a node.
        orphans: shown every journal.
        publish: told what a person should know of the connection.
        changed: called after each event.
        slices: between which others have their turn.

    Attributes:
        connection: how the connection does.
    """

    def __init__(
        self,
        client: Client,
        *,
        nodes: NodeFeed,
        news: NodeNews,
        orphans: Orphans,
        publish: Callable[[Progress], None],
        changed: Callable[[], None],
        slices: Slices,
    ) -> None:
        self.connection = ConnectionState()
        self._client = client
        self._nodes = nodes
        self._store = nodes.store
        self._news = news
        self._orphans = orphans
        self._publish = publish
        self._changed = changed
        self._slices = slices

    async def first_list(self) -> None:
        """Return when it is there, or has failed: nobody should wait for anything else before it."""
        await self._nodes.changed.until(lambda: self.connection.kind in ("live", "lost") or None)

    async def run(self) -> None:
        """Follow them until cancelled."""
        pacer = self._slices.pacer()
        async with aclosing(ListWatch(self._client, NODES).events()) as events:
            async for event in events:
                await pacer.step()
                if isinstance(event, Replaced):
                    await self._take_all(event.items)
                else:
                    self._take(event)
                self._observe(event)
                self._nodes.changed.send()
                self._changed()

    def _take(self, event: Loading[Node] | Changed[Node] | Live | Lost) -> None:
        match event:
            case Loading(items):
                self._store.load(items)
                self._connected("loading")
            case Changed(changes):
                for change in changes:
                    name = change.object.metadata.name
                    before = self._store.get(name)
                    self._store.apply((change,))
                    self._news.tell(before, self._store.get(name))
                self._connected("live")
            case Live():
                self._connected("live")
            case Lost(error, retry_in):
                self._lost(error, retry_in)

    def _observe(self, event: ListWatchEvent[Node]) -> None:
        """Keep an eye on the journals; what was not heard of for a while is looked at anew."""
        orphans = self._orphans
        match event:
            case Replaced():
                orphans.begin(self._store.records())
            case Loading(items):
                orphans.begin_with(filter(None, (self._store.get(n.metadata.name) for n in items)))
            case Changed(changes):
                for change in changes:
                    name = change.object.metadata.name
                    orphans.observe(self._store.get(name), name)
            case Live():
                if orphans.deaf:
                    orphans.begin(self._store.records())
            case Lost():
                orphans.deafen()

    async def _take_all(self, items: list[Node]) -> None:
        """A whole list. After the first one, what is different in it is news."""
        before = {node.name: node for node in self._store.records()}
        first = not before or self.connection.kind == "loading"
        # Thousands of records take a while to make; the store gets them all at once.
        fresh = [
            self._store.record(node)
            async for node in self._slices.of(items)
            if not self._store.knows(node)
        ]
        different = self._store.replace([node.metadata.name for node in items], fresh)
        self._connected("live")
        if first:
            self._publish(Progress(message=f"{len(self._store)} nodes on {self._client.server}."))
            return
        async for name in self._slices.of(sorted(different)):
            self._news.tell(before.get(name), self._store.get(name))

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
