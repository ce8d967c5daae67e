"""Reads what was reported about one node lately; on demand, never followed.

An API server keeps events for an hour (its --event-ttl), so none is no proof of anything.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.node_event import NodeEvent, happened_at, node_event
from kuredtui.engine.node_events import EVENT_NAMESPACE
from kuredtui.kube.client import Client
from kuredtui.kube.resources import EVENTS
from kuredtui.kube.types import Event

# The newest that are kept. An API server knows no order of events, so more are read than that.
_MOST = 200
_PAGE = 500
_MOST_PAGES = 4
_TIMEOUT_SECONDS = 20.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class EventsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The newest events about a node.

    Attributes:
        events: the newest last.
        left_out: how many more were read.
        unread: whether there are more still, which may be newer.
    """

    events: tuple[NodeEvent, ...] = ()
    left_out: int = 0
    unread: bool = False


async def read_node_events(client: Client, node: str) -> EventsSeen:
    """The events about the node of a name, whatever machine bears or bore it.

    By name and not by UID: kubelets write the node's name in the UID's place, and other components its UID.

    Raises:
        ApiError, Unreachable: they cannot be read.
        TimeoutError: not in time.
    """
    found: list[Event] = []
    token = ""
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        for _ in range(_MOST_PAGES):
            page = await client.list(
                EVENTS,
                namespace=EVENT_NAMESPACE,
                field_selector=f"involvedObject.kind=Node,involvedObject.name={node}",
                limit=_PAGE,
                continue_token=token,
            )
            found += page.items
            token = page.continue_token
            if not token:
                break
    found.sort(key=_order)
    newest = tuple(map(node_event, found[-_MOST:]))
    return EventsSeen(events=newest, left_out=len(found) - len(newest), unread=bool(token))


def _order(event: Event) -> tuple[datetime, int]:
    """By time, which is told in whole seconds; within one by version, where it is a number (KEP 5504)."""
    version = event.metadata.resource_version
    return happened_at(event) or _LONG_AGO, int(version) if version.isdecimal() else 0
