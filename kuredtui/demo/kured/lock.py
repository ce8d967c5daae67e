"""kured's lock: one annotation of its DaemonSet (pkg/daemonsetlock).

The DaemonSet is read whole, changed, and put back whole; a Conflict is tried again after a second.
Errors are what Go would return: BadLock, NotHeld, ApiError or Unreachable.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod

from kuredtui.demo.kured.client import FAILED, RAW_DAEMONSETS, ClientGo
from kuredtui.demo.kured.flags import Flags
from kuredtui.demo.kured.lock_value import (
    BadLock,
    Entry,
    Owners,
    new_entry,
    read_multiple,
    read_single,
    write_multiple,
    write_single,
)
from kuredtui.kube.errors import Conflict
from kuredtui.kube.json import JsonObject

_POLL_SECONDS = 5.0
_PATIENCE_SECONDS = 300.0
_CONFLICT_SECONDS = 1.0


class NotHeld(Exception):
    """There is nothing of ours to release."""


LOCK_FAILED = (BadLock, NotHeld, *FAILED)
"""Whatever may come out of the lock's methods as an error."""


class Lock(ABC):
    """The lock, for one node."""

    def __init__(self, api: ClientGo, flags: Flags) -> None:
        self._api = api
        self._flags = flags

    @property
    def node_id(self) -> str:
        """Who we are in it."""
        return self._flags.node_id

    @abstractmethod
    def find(self, text: str) -> Entry | None:
        """Our entry, if it has not expired."""

    @abstractmethod
    def taken(self, text: str | None, entry: Entry) -> tuple[str | None, str]:
        """The annotation with our entry in it, None if there is no room; and who is in it."""

    @abstractmethod
    def released(self, text: str | None) -> str | None:
        """The annotation without us, None to remove it; NotHeld if we are not in it."""

    async def holding(self) -> Entry | None:
        """Our entry, if we hold the lock."""
        text = self._annotation(await self._daemonset())
        return None if text is None else self.find(text)

    async def acquire(self, *, unschedulable: bool) -> tuple[bool, str]:
        """Try to take the lock: whether we have it, and who has it.

        Args:
            unschedulable: to be remembered with it.
        """
        while True:
            daemonset = await self._daemonset()
            now = time.time()
            entry = new_entry(
                self.node_id,
                unschedulable=unschedulable,
                ttl_seconds=self._flags.lock_ttl,
                now=now,
            )
            before = self._annotation(daemonset)
            text, holders = self.taken(before, entry)
            if text is None or text == before:
                return text is not None, holders
            if await self._put(daemonset, text):
                return True, holders

    async def release(self) -> None:
        """Give the lock back, after the release delay."""
        await self._api.sleep(self._flags.lock_release_delay)
        while True:
            daemonset = await self._daemonset()
            text = self.released(self._annotation(daemonset))
            if await self._put(daemonset, text):
                return

    def _annotation(self, daemonset: JsonObject) -> str | None:
        annotations = daemonset["metadata"].get("annotations") or {}
        text: str | None = annotations.get(self._flags.lock_annotation)
        return text

    async def _daemonset(self) -> JsonObject:
        """The DaemonSet, asked for again and again for five minutes."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._api.pace.real(_PATIENCE_SECONDS)
        flags = self._flags
        while True:
            try:
                return await self._api.call(
                    lambda: self._api.client.get(
                        RAW_DAEMONSETS, flags.ds_name, namespace=flags.ds_namespace
                    )
                )
            except FAILED:
                if clock() >= deadline:
                    raise
            await self._api.sleep(_POLL_SECONDS)

    async def _put(self, daemonset: JsonObject, text: str | None) -> bool:
        """Put the DaemonSet back with this annotation; False if it has changed meanwhile."""
        annotations = {**(daemonset["metadata"].get("annotations") or {})}
        annotations.pop(self._flags.lock_annotation, None)
        if text is not None:
            annotations[self._flags.lock_annotation] = text
        body = {**daemonset, "metadata": {**daemonset["metadata"], "annotations": annotations}}
        flags = self._flags
        try:
            await self._api.call(
                lambda: self._api.client.replace(
                    RAW_DAEMONSETS, flags.ds_name, body, namespace=flags.ds_namespace
                )
            )
        except Conflict:
            await self._api.sleep(_CONFLICT_SECONDS)
            return False
        return True


class SingleLock(Lock):
    """One owner."""

    def find(self, text: str) -> Entry | None:
        """Our entry, if it has not expired."""
        entry = read_single(text)
        return None if entry.node_id != self.node_id or entry.is_expired(time.time()) else entry

    def taken(self, text: str | None, entry: Entry) -> tuple[str | None, str]:
        """Ours if nobody has it or their time is over; unchanged if we have it."""
        if text is not None:
            holder = read_single(text)
            if not holder.is_expired(time.time()):
                return (text if holder.node_id == self.node_id else None), holder.node_id
        return write_single(entry), self.node_id

    def released(self, text: str | None) -> str | None:
        """No annotation."""
        if text is None or read_single(text).node_id != self.node_id:
            raise NotHeld("not lock holder")
        return None


class MultipleLock(Lock):
    """So many owners."""

    def find(self, text: str) -> Entry | None:
        """Our first entry that has not expired."""
        now = time.time()
        mine = [entry for entry in read_multiple(text).entries if entry.node_id == self.node_id]
        return next((entry for entry in mine if not entry.is_expired(now)), None)

    def taken(self, text: str | None, entry: Entry) -> tuple[str | None, str]:
        """With us in it while there is room; only a full list is searched for expired entries."""
        most = self._flags.concurrency
        entries = () if text is None else read_multiple(text).entries
        if len(entries) >= most:
            now = time.time()
            left = tuple(other for other in entries if not other.is_expired(now))
            if len(left) == len(entries):
                return None, ""  # kured names the owners of an empty list here, so nobody
            entries = left
        entries = (*entries, entry)
        holders = ",".join(owner.node_id for owner in entries)
        return write_multiple(Owners(max_owners=most, entries=entries)), holders

    def released(self, text: str | None) -> str | None:
        """Without our first entry; the list stays, even an empty one."""
        owners = Owners() if text is None else read_multiple(text)
        for index, entry in enumerate(owners.entries):
            if entry.node_id == self.node_id:
                return write_multiple(owners.without(index))
        raise NotHeld("Lock not held")


def make_lock(api: ClientGo, flags: Flags) -> Lock:
    """The lock for this concurrency."""
    return MultipleLock(api, flags) if flags.concurrency > 1 else SingleLock(api, flags)
