"""Watching the lock, the nodes and their pods, by watches of its own."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import Changed, ListWatch, Replaced
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS, Resource
from kuredtui.kube.types import DaemonSet, Node, Pod
from tests.support.eventually import eventually
from tests.support.referee.history import History, Moment, Watched

T = TypeVar("T", Node, Pod, DaemonSet)

_PATIENCE = 60.0


class Referee:
    """An async context manager: what happens inside it gets into its history.

    Args:
        client: the API; the referee's own, so that nothing done to those it watches touches it.
        namespace: of the DaemonSets that carry locks.
        name: of the only one that matters; "": all of them.

    Attributes:
        history: what was seen so far.
    """

    def __init__(
        self,
        client: Client,
        *,
        namespace: str,
        name: str = "",
    ) -> None:
        self.history = History()
        self._tasks: list[asyncio.Task[None]] = []
        holder = f"metadata.name={name}" if name else ""
        self._watched: tuple[_Watched[Node], _Watched[Pod], _Watched[DaemonSet]]
        self._watched = (
            _Watched(client, self.history, NODES),
            _Watched(client, self.history, PODS, selector="spec.nodeName!="),
            _Watched(client, self.history, DAEMONSETS, namespace=namespace, selector=holder),
        )

    async def __aenter__(self) -> Referee:
        self._tasks = [asyncio.create_task(watched.run()) for watched in self._watched]
        await eventually(
            lambda: all(watched.listed for watched in self._watched), timeout=_PATIENCE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    async def catch_up(self) -> History:
        """The history with all that has happened until now."""
        for watched in self._watched:
            await watched.catch_up()
        return self.history

    async def mark(self) -> Mark:
        """This moment, for `since`."""
        await self.catch_up()
        there = [item for watched in self._watched for item in watched.objects.values()]
        return Mark(there=there, moments=len(self.history.moments))

    async def since(self, mark: Mark) -> History:
        """The history from a moment on, with all that has happened until now."""
        await self.catch_up()
        moments = self.history.moments[mark.moments :]
        return History(start=mark.there, moments=moments, blind=self.history.blind)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What there was at a moment, and how much had been seen before it."""

    there: list[Watched]
    moments: int


@dataclass
class _Watched(Generic[T]):
    """One watch, and which version of which object it has seen last."""

    client: Client
    history: History
    resource: Resource[T]
    namespace: str = ""
    selector: str = ""
    listed: bool = False
    present: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    objects: dict[str, T] = field(default_factory=dict)

    async def run(self) -> None:
        """Watch until cancelled; a watch that breaks off goes on where it was."""
        events = ListWatch(
            self.client, self.resource, namespace=self.namespace, field_selector=self.selector
        ).events()
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Replaced):
                    self._begin(event.items)
                elif isinstance(event, Changed):
                    for change in event.changes:
                        self._add(change.object, deleted=change.deleted)

    async def catch_up(self) -> None:
        """Return when everything until now was seen."""
        page = await self.client.list(
            self.resource, namespace=self.namespace, field_selector=self.selector
        )
        now = {_name(item): _version(item) for item in page.items}

        def seen() -> bool:
            behind = [n for n, v in now.items() if max(self._last(n), self.gone.get(n, 0)) < v]
            over = [n for n, v in self.present.items() if n not in now and v <= int(page.version)]
            return not behind and not over

        await eventually(seen, timeout=_PATIENCE)

    def _last(self, name: str) -> int:
        return self.present.get(name, 0)

    def _begin(self, items: list[T]) -> None:
        if self.listed:
            self.history.blind.append(f"{self.resource.plural} had to be listed again")
        self.listed = True
        for item in items:
            self.history.start.append(item)
            self.present[_name(item)] = _version(item)
            self.objects[_name(item)] = item

    def _add(self, item: T, *, deleted: bool) -> None:
        name, version = _name(item), _version(item)
        if deleted:
            self.present.pop(name, None)
            self.objects.pop(name, None)
            self.gone[name] = version
        else:
            self.present[name] = version
            self.objects[name] = item
        self.history.moments.append(Moment(version=version, object=item, deleted=deleted))


def _name(item: Node | Pod | DaemonSet) -> str:
    return f"{item.metadata.namespace}/{item.metadata.name}"


def _version(item: Node | Pod | DaemonSet) -> int:
    return int(item.metadata.resource_version)
