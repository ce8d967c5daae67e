"""Which changes of a node's cordon this session made itself: they are told by who made them, and are no news.

Whatever cannot be shown to be ours is somebody else's, and is told as seen: a kured on the node uncordons
it after a reboot, and people do as they please.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kuredtui.cluster.journal_view import JournalView
from kuredtui.cluster.node import NodeRecord

Tell = Callable[[], None]


@dataclass
class _ByHand:
    """Writes of ours to one node's cordon that are under way.

    Attributes:
        count: how many they are.
        versions: those of the node that they have made, oldest first.
        held: changes that were seen meanwhile, by version, of which nobody can say yet whose they are.
    """

    count: int = 0
    versions: list[str] = field(default_factory=list)
    held: list[tuple[str, Tell]] = field(default_factory=list)


class OwnCordons:
    """Keeps what is ours from being told as seen.

    Args:
        wrote: whether an operation of this session has written the journal that is seen on a node.
    """

    def __init__(self, wrote: Callable[[str, JournalView], bool]) -> None:
        self._wrote = wrote
        self._under_way: dict[str, _ByHand] = {}
        self._to_come: dict[str, list[str]] = {}  # versions that were made and not seen yet

    def tell_others(self, before: NodeRecord, after: NodeRecord, tell: Tell) -> None:
        """Have a change of the cordon told if it is not ours; later, where that is not known yet."""
        name, version = after.name, after.resource_version
        if self._by_operation(before, after):
            return
        if (by_hand := self._under_way.get(name)) is not None:
            by_hand.held.append((version, tell))
        elif not self._is_awaited(name, version):
            tell()

    @contextmanager
    def by_hand(self, node: str) -> Iterator[Callable[[str], None]]:
        """While a node is cordoned or uncordoned by hand; to be told the version that came of it.

        The node may be seen changed before the answer to the write is there.
        """
        by_hand = self._under_way.setdefault(node, _ByHand())
        by_hand.count += 1
        try:
            yield by_hand.versions.append
        finally:
            by_hand.count -= 1
            if not by_hand.count:
                del self._under_way[node]
                self._settle(node, by_hand)

    def _settle(self, node: str, by_hand: _ByHand) -> None:
        for version, tell in by_hand.held:
            if version not in by_hand.versions:
                tell()
        seen = {version for version, _ in by_hand.held}
        to_come = [version for version in by_hand.versions if version not in seen]
        if to_come:
            self._to_come.setdefault(node, []).extend(to_come)

    def _is_awaited(self, node: str, version: str) -> bool:
        """Whether this version is ours; those before it will not be seen any more."""
        awaited = self._to_come.get(node, [])
        if version not in awaited:
            return False
        del awaited[: awaited.index(version) + 1]
        if not awaited:
            del self._to_come[node]
        return True

    def _by_operation(self, before: NodeRecord, after: NodeRecord) -> bool:
        """Whether an operation of ours did it: the cordon changes in the write that records it (DESIGN 5).

        Somebody else's write leaves the journal as it is.
        """
        was, now = before.operation, after.operation
        if now is None or not self._wrote(after.name, now):
            return False
        had = was is not None and was.id == now.id and was.has_cordoned
        return had is not now.has_cordoned and now.has_cordoned is after.cordoned
