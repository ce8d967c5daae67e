"""What the API server knows of one kind of object, kept at hand and up to date.

A ListWatch yields changes; kubelets and controllers need the present state and to be called when
it changes. They also need to see their own writes at once (`learn`): a controller that has just
created a pod and does not find it in its own memory would create it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import Generic, Protocol, TypeVar

from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import Resource
from kuredtui.kube.types import ObjectMeta

_LOG = logging.getLogger(__name__)


class Item(Protocol):
    """Any decoded object."""

    @property
    def metadata(self) -> ObjectMeta:
        """Who it is."""


T = TypeVar("T", bound=Item)
Listener = Callable[[T | None, T | None], None]


def key_of(item: Item) -> str:
    """`namespace/name`, or the name alone of an object without a namespace."""
    metadata = item.metadata
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name


class Informer(Generic[T]):
    """The objects of one resource that match the selectors.

    Attributes:
        items: by `namespace/name`.
        synced: set once the first list is complete.
        listeners: called in order with (before, after) for each change; None: absent.
    """

    def __init__(
        self,
        client: Client,
        resource: Resource[T],
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
    ) -> None:
        self.items: dict[str, T] = {}
        self.synced = asyncio.Event()
        self.listeners: list[Listener[T]] = []
        self._resource = resource
        self._list_watch = ListWatch(
            client,
            resource,
            namespace=namespace,
            label_selector=label_selector,
            field_selector=field_selector,
        )

    async def run(self) -> None:
        """Follow the API server until cancelled."""
        async with aclosing(self._list_watch.events()) as events:
            async for event in events:
                match event:
                    case Replaced(items, version):
                        self._replace(items, version)
                        self.synced.set()
                    case Changed(changes):
                        for change in changes:
                            if change.deleted:
                                self._remove(key_of(change.object), change.object)
                            else:
                                self.learn(change.object)
                    case Lost(error, retry_in):
                        _LOG.info("%s: %s; again in %.1f s", self._resource.plural, error, retry_in)

    def learn(self, item: T) -> None:
        """Take in an object as the server has answered it, unless a newer one is known."""
        key = key_of(item)
        before = self.items.get(key)
        if before is not None and not _newer(item, before):
            return
        self.items[key] = item
        self._tell(before, item)

    def _replace(self, items: Iterable[T], version: str) -> None:
        listed = {key_of(item) for item in items}
        for key, item in list(self.items.items()):
            # What we have learnt after the list was made is not in it and yet exists.
            if key not in listed and _number(item.metadata.resource_version) <= _number(version):
                self._remove(key, item)
        for item in items:
            self.learn(item)

    def _remove(self, key: str, last: T) -> None:
        before = self.items.get(key)
        if before is None or before.metadata.uid != last.metadata.uid:
            return  # never heard of, or already known as another one of the same name
        del self.items[key]
        self._tell(before, None)

    def _tell(self, before: T | None, after: T | None) -> None:
        for listener in self.listeners:
            listener(before, after)


def _newer(item: Item, known: Item) -> bool:
    return _number(item.metadata.resource_version) > _number(known.metadata.resource_version)


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0
