"""Knowing that a machine has rebooted: another bootID on the same node object, and Ready (DESIGN 4.5).

A fast machine may never be seen NotReady, and a pod's end proves nothing, so nothing else counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.errors import NodeGone
from kuredtui.engine.node_feed import NodeFeed


def why_not_judged(node: NodeRecord, store: NodeStore) -> str:
    """Why a reboot of this node could not be told from none, as a sentence; "" if it can."""
    if not node.boot_id:
        return f"{node.name} reports no bootID, so nobody could tell whether it rebooted."
    for other in store.records():
        if other.boot_id == node.boot_id and other.name != node.name:
            return (
                f"{node.name} and {other.name} report the same bootID: they share a kernel (as in "
                "kind or k3d), so rebooting one of them cannot be judged."
            )
    return ""


async def seen_back(
    nodes: NodeFeed, before: NodeRecord, *, limit: float, note: Callable[[str], None]
) -> NodeRecord:
    """The node as it is Ready in a boot that is not the old one.

    Args:
        nodes: brings the evidence.
        before: the node in its old boot.
        limit: seconds to wait; 0: for ever.
        note: told what is seen on the way, in two or three words.

    Raises:
        TimeoutError: it was not seen in time.
        NodeGone: another machine has the node's name.
    """

    def is_back(node: NodeRecord) -> bool:
        if node.uid != before.uid:
            raise NodeGone(f"{node.name} is another machine now: it was replaced, not rebooted.")
        if node.boot_id != before.boot_id:
            if node.status == "Ready":
                return True
            note("booted, not ready yet")
        elif node.status != "Ready":
            note("down")
        return False

    async with asyncio.timeout(limit or None):
        return await nodes.until(before.name, is_back)
