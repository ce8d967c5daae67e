"""kured's prefer-no-schedule-taint: keeps pods from a node that will be drained next, where there is room."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.engine.hooks import NodeHook
from kuredtui.kube.client import Client, JsonPatch
from kuredtui.kube.errors import Conflict, Invalid
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node

_EFFECT = "PreferNoSchedule"
_TRIES = 10


class PreferNoScheduleTaint(NodeHook):
    """The taint, on a node that waits for the lock until it is given back.

    Taints are a list without keys to merge by, so it is changed by its places, and read again when somebody
    else was quicker. The taint is kured's to the letter: a kured with the same setting takes it for its own.

    Args:
        key: of the taint.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    marks_waiting = True

    async def waiting(self, client: Client, node: str) -> None:
        """See `NodeHook`."""
        await self._change(client, node, self._addition)

    async def ended(self, client: Client, node: str) -> None:
        """See `NodeHook`."""
        await self._change(client, node, self._removal)

    async def _change(self, client: Client, node: str, make: Callable[[Node], JsonPatch]) -> None:
        """Patch the node, read anew until nobody came in between."""
        for tries_left in reversed(range(_TRIES)):
            patch = make(await client.get(NODES, node))
            if not patch:
                return
            try:
                await client.patch(NODES, node, patch, kind="json")
            except (Conflict, Invalid):
                if not tries_left:
                    raise
            else:
                return

    def _addition(self, node: Node) -> JsonPatch:
        """Nothing where the key is there already, with whatever effect, as in kured."""
        if any(taint.key == self._key for taint in node.spec.taints):
            return []
        taint = {"key": self._key, "effect": _EFFECT}
        if node.spec.taints:
            return [{"op": "add", "path": "/spec/taints/-", "value": taint}]
        version = node.metadata.resource_version
        return [
            {"op": "test", "path": "/metadata/resourceVersion", "value": version},
            {"op": "add", "path": "/spec/taints", "value": [taint]},
        ]

    def _removal(self, node: Node) -> JsonPatch:
        for at, taint in enumerate(node.spec.taints):
            if (taint.key, taint.effect) == (self._key, _EFFECT):
                path = f"/spec/taints/{at}"
                return [
                    {"op": "test", "path": f"{path}/key", "value": self._key},
                    {"op": "test", "path": f"{path}/effect", "value": _EFFECT},
                    {"op": "remove", "path": path},
                ]
        return []
