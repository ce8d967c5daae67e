"""The pods of one node, live: a watch of that node's pods alone (DESIGN 10)."""

from __future__ import annotations

from contextlib import aclosing

from kuredtui.engine.signal import Signal
from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import Changed, ListWatch, Loading, Lost, Replaced
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod


class NodePods:
    """The pods by UID; a pod whose UID is missing is gone from the node.

    Attributes:
        complete: whether there was a whole list already.
        lost: why nothing is heard at the moment, or None.
        changed: sent after every change.
    """

    def __init__(self, client: Client, *, node: str, label_selector: str = "") -> None:
        self.complete = False
        self.lost: Exception | None = None
        self.changed = Signal()
        self._pods: dict[str, Pod] = {}
        self._node = node
        self._listwatch = ListWatch(
            client,
            PODS,
            field_selector=f"spec.nodeName={node}",
            label_selector=label_selector,
        )

    @property
    def pods(self) -> dict[str, Pod]:
        """By UID, as last heard."""
        return self._pods

    async def run(self) -> None:
        """Follow until cancelled."""
        async with aclosing(self._listwatch.events()) as events:
            async for event in events:
                self.lost = event.error if isinstance(event, Lost) else None
                match event:
                    case Replaced(items):
                        self._pods = {pod.metadata.uid: pod for pod in items}
                        self.complete = True
                    case Loading(items):
                        self._pods.update((pod.metadata.uid, pod) for pod in items)
                    case Changed(changes):
                        for change in changes:
                            if change.deleted:
                                self._pods.pop(change.object.metadata.uid, None)
                            else:
                                self._pods[change.object.metadata.uid] = change.object
                    case _:
                        pass
                self.changed.send()
