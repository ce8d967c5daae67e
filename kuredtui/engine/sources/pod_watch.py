"""The pods of one DaemonSet, by the node they are on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing

from kuredtui.engine.slices import Slices
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Forbidden
from kuredtui.kube.listwatch import Changed, ListWatch, Loading, Lost, Replaced
from kuredtui.kube.resources import PLACED_PODS
from kuredtui.kube.types import PlacedPod


async def watch_pods(
    client: Client,
    *,
    namespace: str,
    label_selector: str,
    put: Callable[[PlacedPod], None],
    drop: Callable[[str], None],
    listed: Callable[[], None],
    refused: Callable[[str], None],
    slices: Slices,
) -> None:
    """Follow them until cancelled.

    A pod that is being deleted still has its node, and its successor may be there before it is gone; the
    one that was created last counts.

    Args:
        client: the API server.
        namespace: theirs alone; pods are never watched in the whole cluster.
        label_selector: which of them.
        put: told of a node's pod, new or changed.
        drop: told of a node that has none any more.
        listed: told when all of them are known.
        refused: told the server's words if we may not.
        slices: between which others have their turn.
    """
    pods = _PodsByNode(put, drop)
    watch = ListWatch(client, PLACED_PODS, namespace=namespace, label_selector=label_selector)
    async with aclosing(watch.events()) as events:
        async for event in events:
            match event:
                case Loading(items):
                    async for pod in slices.of(items):
                        pods.take(pod)
                case Replaced(items):
                    await pods.replace(items, slices)
                    listed()
                case Changed(changes):
                    for change in changes:
                        pods.take(change.object, deleted=change.deleted)
                case Lost(error=Forbidden() as error):
                    refused(_words(error))
                case _:
                    pass  # what is known is as old as the nodes are, and said to be


class _PodsByNode:
    """Which pods there are on which node, and which of them counts."""

    def __init__(self, put: Callable[[PlacedPod], None], drop: Callable[[str], None]) -> None:
        self._put = put
        self._drop = drop
        self._pods: dict[str, dict[str, PlacedPod]] = {}  # by node, by UID

    def take(self, pod: PlacedPod, *, deleted: bool = False) -> None:
        """A pod is so now, or is gone."""
        node = pod.spec.node_name
        if not node:
            return
        there = self._pods.setdefault(node, {})
        if deleted:
            there.pop(pod.metadata.uid, None)
        else:
            there[pod.metadata.uid] = pod
        if there:
            self._put(max(there.values(), key=_age_rank))
        else:
            del self._pods[node]
            self._drop(node)

    async def replace(self, pods: Sequence[PlacedPod], slices: Slices) -> None:
        """These there are, and no others; those that came in pages are known already."""
        here = {pod.metadata.uid for pod in pods}
        known = {uid: pod for of_node in self._pods.values() for uid, pod in of_node.items()}
        for uid, pod in known.items():
            if uid not in here:
                self.take(pod, deleted=True)
        async for pod in slices.of(pods):
            if known.get(pod.metadata.uid) is not pod:
                self.take(pod)


def _age_rank(pod: PlacedPod) -> tuple[bool, float]:
    created = pod.metadata.creation_timestamp
    return (
        pod.metadata.deletion_timestamp is None,
        created.timestamp() if created is not None else 0.0,
    )


def _words(error: ApiError) -> str:
    return error.message
