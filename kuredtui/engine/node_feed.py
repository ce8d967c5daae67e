"""The nodes as the session follows them, for whoever has to wait for one of them."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.signal import Signal


class NodeFeed:
    """The store, and a signal after each of its changes."""

    def __init__(self, store: NodeStore) -> None:
        self.store = store
        self.changed = Signal()

    async def until(self, name: str, condition: Callable[[NodeRecord], bool]) -> NodeRecord:
        """The node's record, as soon as it fulfils the condition; a missing node is waited for."""

        def look() -> NodeRecord | None:
            node = self.store.get(name)
            return node if node is not None and condition(node) else None

        return await self.changed.until(look)
