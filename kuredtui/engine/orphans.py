"""Which operations have no living owner any more (DESIGN 5).

An owner renews its journal all the time. One that did not change for a while, by the observer's own
monotonic clock and as long as the observer heard the cluster, has none: clocks of different machines are
never compared, and what was not watched says nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.node import NodeRecord


class Orphans:
    """Watches the journals of all nodes.

    Args:
        after: seconds without a change.
        clock: the observer's; it must stand still when the observer sleeps.
        ended_here: given a node and its journal's text, whether that is of an operation of the observer's
            own that has ended and left it: of those nothing has to be waited for.

    Attributes:
        after: as given.
    """

    def __init__(
        self,
        *,
        after: float,
        clock: Callable[[], float] = time.monotonic,
        ended_here: Callable[[str, str], bool] = lambda _node, _text: False,
    ) -> None:
        self.after = after
        self._clock = clock
        self._ended_here = ended_here
        self._seen: dict[str, tuple[str, float]] = {}  # by node: the text, and since when it stands
        self._deaf = False

    def observe(self, node: NodeRecord | None, name: str) -> None:
        """Take a node's journal in; None when the node is gone."""
        text = node.annotations.get(OPERATION_ANNOTATION) if node is not None else None
        if text is None:
            self._seen.pop(name, None)
        elif name not in self._seen or self._seen[name][0] != text:
            self._seen[name] = text, self._clock()

    def begin(self, nodes: Iterable[NodeRecord]) -> None:
        """Count anew, from these nodes on: nothing was heard for a while."""
        self._deaf = False
        self._seen.clear()
        self.begin_with(nodes)

    def begin_with(self, nodes: Iterable[NodeRecord]) -> None:
        """Count anew for these nodes, some of all."""
        for node in nodes:
            self._seen.pop(node.name, None)
            self.observe(node, node.name)

    @property
    def deaf(self) -> bool:
        """Whether nothing is heard at the moment."""
        return self._deaf

    def deafen(self) -> None:
        """Nothing is heard until `begin`, so what stands says nothing of its owner."""
        self._deaf = True

    def orphaned(self, node: str) -> str:
        """The journal's text when the operation on the node has no living owner; "" otherwise."""
        text, since = self._seen.get(node, ("", 0.0))
        if not text or self._deaf:
            return ""
        left = self._clock() - since >= self.after or self._ended_here(node, text)
        return text if left else ""

    def standing(self, node: str) -> str:
        """The journal's text, whoever lives; "" for none."""
        return self._seen.get(node, ("", 0.0))[0]

    def next_in(self) -> float | None:
        """Seconds until one more may be an orphan; None: no journal stands, or nothing is heard."""
        if self._deaf:
            return None
        now = self._clock()
        waits = [self.after - (now - since) for _, since in self._seen.values()]
        return min((wait for wait in waits if wait > 0), default=None)

    def __iter__(self) -> Iterator[str]:
        """The nodes whose operations have no living owner."""
        return (node for node in self._seen if self.orphaned(node))
