"""What tests of the simulation look at: conditions, and every version an object went through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from kuredtui.demo.informer import Informer, Item
from kuredtui.kube.client import Client
from kuredtui.kube.resources import Resource
from kuredtui.kube.types import Condition, Node, Pod

T = TypeVar("T", bound=Item)


def condition(item: Node | Pod, type_: str = "Ready") -> Condition:
    """A condition of an object; an empty one where it has none."""
    return next((c for c in item.status.conditions if c.type == type_), Condition())


def is_ready(item: Node | Pod) -> bool:
    return condition(item).status == "True"


@asynccontextmanager
async def running(informer: Informer[T]) -> AsyncIterator[Informer[T]]:
    """An informer that has its first list, and is kept up to date meanwhile."""
    task = asyncio.create_task(informer.run())
    try:
        await informer.synced.wait()
        yield informer
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def followed(
    client: Client, resource: Resource[T], name: str, *, namespace: str = ""
) -> AsyncIterator[list[T | None]]:
    """Every version of an object from now on, the present one first; None when it is gone."""
    informer = Informer(
        client, resource, namespace=namespace, field_selector=f"metadata.name={name}"
    )
    seen: list[T | None] = []
    informer.listeners.append(lambda _before, after: seen.append(after))
    async with running(informer):
        yield seen
