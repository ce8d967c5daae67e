"""A lock of the cluster as it stands: that of a kured, or the Lease where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.cluster.lock_value import PAUSE_NODE_ID, LockEntry, UnreadableLock, read
from kuredtui.engine.lock_place import LockPlace


@dataclass(frozen=True, kw_only=True)
class SeenLock:
    """A lock as it was last seen.

    Attributes:
        place: where it lives; None where that is not known.
        text: the annotation; None without one.
        unseen: why it cannot be seen, as a sentence; "" if it can.
    """

    place: LockPlace | None = None
    text: str | None = None
    unseen: str = ""

    @property
    def entries(self) -> tuple[LockEntry, ...]:
        """Who holds it; nobody where it cannot be read."""
        try:
            return read(self.text).entries
        except UnreadableLock:
            return ()

    @property
    def unreadable(self) -> str:
        """Why what stands there is no lock, as a sentence; "" if it is one."""
        try:
            read(self.text)
        except UnreadableLock as error:
            return str(error)
        return ""

    @property
    def paused(self) -> bool:
        """Whether an operator holds it to pause kured."""
        return any(entry.node_id == PAUSE_NODE_ID for entry in self.entries)
