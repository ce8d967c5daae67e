"""Somebody who follows a list-watch, keeps what it says, and checks what must always hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from types import TracebackType
from typing import TypeVar

from kuredtui.cluster.node import record
from kuredtui.cluster.store import NodeStore
from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import (
    Changed,
    ListWatch,
    ListWatchEvent,
    Live,
    Loading,
    Lost,
    Replaced,
    WatchSettings,
)
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node
from tests.support.eventually import eventually

E = TypeVar("E")

QUICK = WatchSettings(
    stretch=(2.0, 3.0),
    silence=0.4,
    backoff=BackoffRange(first=0.01, most=0.05),
    refused=0.05,
    hasty=0.02,
)
"""The same behaviour as in real life, in less time."""


def node(name: str, **labels: str) -> dict[str, object]:
    """A node to create."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}


def seed(server: ApiServer, *names: str) -> None:
    """Nodes without HTTP."""
    server.seed(node(name) for name in names)


class Follower:
    """Follows the nodes.

    Attributes:
        events: everything that was said.
        nodes: what exists, going by that.
        store: the program's own store, fed as a session feeds it.
        watches: how many watches were asked for.
        lists: how many pages of lists were asked for.
    """

    def __init__(
        self,
        client: Client,
        *,
        page_size: int = 500,
        settings: WatchSettings = QUICK,
        **selectors: str,
    ) -> None:
        self.events: list[ListWatchEvent[Node]] = []
        self.nodes: dict[str, Node] = {}
        self.store = NodeStore()
        self.watches = self.lists = 0
        self._list_watch = ListWatch(
            self._counting(client), NODES, page_size=page_size, settings=settings, **selectors
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Follower:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if not self._task.cancelled() and (failure := self._task.exception()):
            raise failure

    def of(self, kind: type[E]) -> list[E]:
        """The events of one type."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def replaced(self) -> int:
        """How many complete lists there were."""
        return len(self.of(Replaced))

    @property
    def lost(self) -> list[Lost]:
        """What went wrong."""
        return self.of(Lost)

    @property
    def is_live(self) -> bool:
        """Whether the last word was not of a loss."""
        said = [event for event in self.events if not isinstance(event, Loading)]
        return bool(said) and isinstance(said[-1], Live | Changed)

    async def sees(self, names: Iterable[str]) -> None:
        """Wait until exactly these nodes exist."""
        expected = set(names)
        await eventually(
            lambda: set(self.nodes) == expected and self.is_live,
            what=lambda: (
                f"nodes {sorted(expected)}, last seen {sorted(self.nodes)}, {self.lost[-1:]}"
            ),
        )

    async def _follow(self) -> None:
        async with aclosing(self._list_watch.events()) as events:
            async for event in events:
                self.events.append(event)
                self._take(event)

    def _take(self, event: ListWatchEvent[Node]) -> None:
        match event:
            case Loading(items):
                assert not self.of(Replaced), "pages are only shown before the first complete list"
                self.nodes |= {item.metadata.name: item for item in items}
                self.store.load(items)
            case Replaced(items):
                self.nodes = {item.metadata.name: item for item in items}
                assert len(self.nodes) == len(items), "an object is in a list twice"
                self.store.replace(self.nodes, map(record, items))
            case Changed(changes):
                assert changes, "an empty batch"
                self.store.apply(changes)
                for change in changes:
                    self._apply(change.object, deleted=change.deleted)

    def _apply(self, item: Node, *, deleted: bool) -> None:
        known = self.nodes.get(item.metadata.name)
        if known is not None:
            assert int(item.metadata.resource_version) > int(known.metadata.resource_version), (
                "a change was told twice, or after a later one"
            )
        if deleted:
            assert known is not None, "deleted, but never there"
            del self.nodes[item.metadata.name]
        else:
            self.nodes[item.metadata.name] = item

    def _counting(self, client: Client) -> Client:
        follower = self

        class Counting:
            def watch(self, *args: object, **kwargs: object) -> object:
                follower.watches += 1
                return client.watch(*args, **kwargs)  # type: ignore[arg-type]  # passed through

            async def list(self, *args: object, **kwargs: object) -> object:
                follower.lists += 1
                return await client.list(*args, **kwargs)  # type: ignore[arg-type]  # passed through

        return Counting()  # type: ignore[return-value]  # as much of a client as a list-watch uses
