"""How many pods a node has, for as long as somebody looks at them; of all others nobody knows (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class PodsLook:
    """One look at the pods of one node.

    Attributes:
        node: its name.
        count: how many there are; None while that is not known.
    """

    def __init__(self, node: str) -> None:
        self.node = node
        self.count: int | None = None


class PodsSeen:
    """Which node's pods are looked at, if any's."""

    def __init__(self) -> None:
        self._look: PodsLook | None = None

    @contextmanager
    def looking(self, node: str) -> Iterator[PodsLook]:
        """While it lasts what the look finds is known; another one takes its place."""
        look = self._look = PodsLook(node)
        try:
            yield look
        finally:
            if self._look is look:
                self._look = None

    def counts(self) -> dict[str, int]:
        """By node, what is known at this moment."""
        look = self._look
        return {look.node: look.count} if look is not None and look.count is not None else {}
