"""kured's two annotations: that a node is being rebooted, and when that was last needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from kuredtui.cluster.pending import KURED_IN_PROGRESS, KURED_MOST_RECENT
from kuredtui.engine.hooks import NodeHook
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES


class KuredAnnotations(NodeHook):
    """Sets both where asked to, and takes the first one off a node that has rebooted, whoever put it there.

    A kured takes its own one off only while it holds the lock for its node, which after a reboot of ours may
    be over before it looks; the node would be taken for one that waits for a reboot ever after.

    Args:
        annotate: whether to set them, as kured does with --annotate-nodes.
        since: what they say; the operation's beginning, by which any engine knows them again.
    """

    def __init__(self, *, annotate: bool, since: datetime) -> None:
        self._annotate = annotate
        self._value = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def before_cordon(self, client: Client, node: str) -> None:
        """See `NodeHook`; as in kured, what is there already stays."""
        if self._annotate and await _in_progress(client, node) is None:
            both = {KURED_IN_PROGRESS: self._value, KURED_MOST_RECENT: self._value}
            await _annotate(client, node, both)

    async def after_uncordon(self, client: Client, node: str) -> None:
        """See `NodeHook`."""
        if await _in_progress(client, node) is not None:
            await _annotate(client, node, {KURED_IN_PROGRESS: None})

    async def ended(self, client: Client, node: str) -> None:
        """See `NodeHook`; what we said of a reboot that did not happen is taken back."""
        if self._annotate and await _in_progress(client, node) == self._value:
            await _annotate(client, node, {KURED_IN_PROGRESS: None})


async def _in_progress(client: Client, node: str) -> str | None:
    return (await client.get(NODES, node)).metadata.annotations.get(KURED_IN_PROGRESS)


async def _annotate(client: Client, node: str, annotations: Mapping[str, str | None]) -> None:
    await client.patch(NODES, node, {"metadata": {"annotations": annotations}})
