"""Labels that tell others of a reboot: some before the node is cordoned, others when it is given back."""

from __future__ import annotations

from collections.abc import Mapping

from kuredtui.engine.hooks import NodeHook
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES


class NodeLabels(NodeHook):
    """kured's pre- and post-reboot-node-labels.

    kured sets the second ones whenever it uncordons, also after a drain that failed, and never on a node
    that had been cordoned before. Here such a node gets them, too: it went through the same reboot, and a
    label that says so must not stay.

    Args:
        before: set on a node before it is cordoned.
        after: set on a node that is given back, if it has the others.
    """

    def __init__(self, *, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        self._before = before
        self._after = after

    async def before_cordon(self, client: Client, node: str) -> None:
        """See `NodeHook`."""
        await _set(client, node, self._before)

    async def after_uncordon(self, client: Client, node: str) -> None:
        """See `NodeHook`."""
        await _set(client, node, self._after)

    async def ended(self, client: Client, node: str) -> None:
        """See `NodeHook`; what was undone after it was labelled is labelled as given back."""
        if not self._before:
            return
        labels = (await client.get(NODES, node)).metadata.labels
        if self._before.items() <= labels.items():
            await _set(client, node, self._after)


async def _set(client: Client, node: str, labels: Mapping[str, str]) -> None:
    if labels:
        await client.patch(NODES, node, {"metadata": {"labels": dict(labels)}})
