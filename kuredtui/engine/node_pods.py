"""The pods of one node, live: a watch of that node's pods alone (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing

from kuredtui.engine.signal import Signal
from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import Change, Changed, ListWatch, Loading, Lost, Replaced
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod


class NodePods:
    """The pods by UID, and which are gone.

    It watches without a label selector, since a pod that is relabelled out of one looks as if it were
    gone.

    Attributes:
        pods: as last heard.
        lists: how many whole lists there were.
        lost: why nothing is heard at the moment, or None.
        changed: sent after every change.
    """

    def __init__(self, client: Client, *, node: str) -> None:
        self.pods: dict[str, Pod] = {}
        self.lists = 0
        self.lost: Exception | None = None
        self.changed = Signal()
        self._gone: set[str] = set()
        self._listwatch = ListWatch(client, PODS, field_selector=f"spec.nodeName={node}")

    def is_gone(self, uid: str, *, since_list: int) -> bool:
        """Whether the pod has left the node for good.

        Args:
            uid: which pod; one that was there when `lists` was `since_list`.
            since_list: see there. A pod may be known to somebody before this watch has heard of it, so
                that it is missing here proves nothing until it is missing in a later list.
        """
        if uid in self.pods:
            return False
        return uid in self._gone or self.lists > since_list

    async def run(self) -> None:
        """Follow until cancelled."""
        async with aclosing(self._listwatch.events()) as events:
            async for event in events:
                self.lost = event.error if isinstance(event, Lost) else None
                match event:
                    case Replaced(items):
                        now = {pod.metadata.uid: pod for pod in items}
                        self._gone |= self.pods.keys() - now.keys()
                        self.pods = now
                        self.lists += 1
                    case Loading(items):
                        self.pods.update((pod.metadata.uid, pod) for pod in items)
                    case Changed(changes):
                        self._apply(changes)
                    case _:
                        pass
                self.changed.send()

    def _apply(self, changes: Iterable[Change[Pod]]) -> None:
        for change in changes:
            uid = change.object.metadata.uid
            if change.deleted:
                self.pods.pop(uid, None)
                self._gone.add(uid)
            else:
                self.pods[uid] = change.object
