"""One lock as it stands, for everybody who wants to know, and who took it and gave it back, for the log.

It is watched; where that is not allowed, it is read now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, TypeAlias

from kuredtui.cluster.lock_value import OUR_PREFIX, PAUSE_NODE_ID, LockEntry, UnreadableLock, read
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.progress import Progress
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ConfigError, NotFound, Unreachable, explain
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import LEASES

# Any: a DaemonSet or a Lease, of which only the metadata are looked at.
_Holder: TypeAlias = Any

READ_SECONDS = 5.0
"""Between two looks where nothing is heard by itself."""


class LockWatch:
    """Follows one place.

    Args:
        client: the API server.
        place: where the lock is.
        publish: told who took the lock and who gave it back.
        changed: called when it reads otherwise.
        is_ours: whether an operation of this program has taken the lock so; it speaks for itself.

    Attributes:
        place: where the lock is.
        text: the annotation; None: there is none.
        unseen: why it cannot be seen, as a sentence; "" if it can.
        looked: whether either of them says anything yet.
    """

    def __init__(
        self,
        client: Client,
        place: LockPlace,
        *,
        publish: Callable[[Progress], None],
        changed: Callable[[], None],
        is_ours: Callable[[LockEntry], bool],
    ) -> None:
        self.place = place
        self.text: str | None = None
        self.unseen = ""
        self.looked = False
        self._client = client
        self._publish = publish
        self._changed = changed
        self._is_ours = is_ours
        self._held: list[LockEntry] = []  # as they were first seen

    async def run(self) -> None:
        """Follow it until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            reading: asyncio.Task[None] | None = None
            events = ListWatch(
                self._client,
                self.place.resource,
                namespace=self.place.namespace,
                field_selector=f"metadata.name={self.place.name}",
            ).events()
            async with aclosing(events):
                async for event in events:
                    match event:
                        case Replaced(items):
                            self._take(items[0] if items else None)
                        case Changed(changes):
                            for change in changes:
                                self._take(None if change.deleted else change.object)
                        case Lost():
                            if reading is None:
                                reading = tasks.create_task(self._read_again_and_again())
                            continue
                    if reading is not None and isinstance(event, Changed | Replaced):
                        reading.cancel()
                        reading = None

    async def _read_again_and_again(self) -> None:
        """The lock, where no watch tells of it."""
        while True:
            try:
                place = self.place
                self._take(
                    await self._client.get(place.resource, place.name, namespace=place.namespace)
                )
            except NotFound:
                self._take(None)
            except (ApiError, Unreachable, ConfigError) as error:
                self._lose(f"The lock cannot be seen: {explain(error)}")
            await asyncio.sleep(READ_SECONDS)

    def _lose(self, why: str) -> None:
        """What was known of it is old as the nodes are, and is kept."""
        if not self.looked or self.unseen:
            self._set(None, why)

    def _take(self, holder: _Holder | None) -> None:
        if holder is None and self.place.resource is not LEASES:
            self._set(None, f"{self.place}, which carries the lock, is not there.")
            return
        found = holder.metadata.annotations if holder is not None else {}
        self._set(found.get(self.place.annotation), "")

    def _set(self, text: str | None, unseen: str) -> None:
        if self.looked and (text, unseen) == (self.text, self.unseen):
            return
        first, self.looked = not self.looked, True
        self.text, self.unseen = text, unseen
        try:
            entries = read(text).entries
        except UnreadableLock:
            entries = ()
        self._compare(entries, first=first)
        self._changed()

    def _compare(self, entries: tuple[LockEntry, ...], *, first: bool) -> None:
        """Say who came and who went; what stands there at first is no news."""
        before, self._held = self._held, []
        for entry in entries:
            known = next((item for item in before if item.is_same(entry)), None)
            if known is None and not first:
                self._say(entry, taken=True)
            self._held.append(known or entry)
        for entry in before:
            if entry not in self._held:
                self._say(entry, taken=False)

    def _say(self, entry: LockEntry, *, taken: bool) -> None:
        # Asked each time: what another left becomes ours when we resume it.
        if self._is_ours(entry):
            return
        # Not "released": who took the entry out is not seen, it may have been unlocked by hand.
        what = "has taken the lock" if taken else "holds the lock no more"
        if entry.node_id == PAUSE_NODE_ID:
            said = (
                "kured is paused: its lock is held by hand."
                if taken
                else "kured is not paused any more."
            )
            self._publish(Progress(message=said, level="warning" if taken else "info"))
            return
        who = "A kuredtui" if entry.node_id.startswith(OUR_PREFIX) else "The node's kured"
        self._publish(Progress(message=f"{who} {what}.", node=entry.node))
