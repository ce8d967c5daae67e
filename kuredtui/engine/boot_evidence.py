"""Knowing that a machine has rebooted: another bootID on the same node object, and Ready (DESIGN 4.5).

A fast machine may never be seen NotReady, and a pod's end proves nothing, so nothing else counts. What else
is seen on the way tells the ways of failing apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.store import NodeStore
from kuredtui.engine.errors import NodeGone
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.kube.listwatch import is_newer


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


@dataclass(kw_only=True)
class BootWatch:
    """Looks out for one node's next boot, and remembers what it saw.

    Attributes:
        nodes: brings the evidence.
        name, uid: of the node object.
        boot_id: of the boot that is to end.
        cordoned_at: the resourceVersion in which the node is known to have been cordoned; "" for none.
        note: told what is seen, in two or three words.
        went_down: it was not Ready, still in the old boot.
        booted: it reported another boot, not Ready yet.
        missing: there is no node object at the moment.
        uncordoned: it is schedulable again, still in the old boot, after it was seen cordoned.
    """

    nodes: NodeFeed
    name: str
    uid: str
    boot_id: str
    note: Callable[[str], None]
    went_down: bool = False
    booted: bool = False
    missing: bool = False
    uncordoned: bool = False
    cordoned_at: str = ""
    _was_cordoned: bool = False

    async def until_back(self, *, limit: float) -> NodeRecord:
        """The node as it is Ready in a boot that is not the old one.

        Args:
            limit: seconds to wait; 0: for ever.

        Raises:
            TimeoutError: it was not seen in time.
            NodeGone: another machine has the node's name.
        """
        async with asyncio.timeout(limit or None):
            return await self.nodes.changed.until(self._look)

    def _look(self) -> NodeRecord | None:
        node = self.nodes.store.get(self.name)
        self.missing = node is None
        if node is None:
            self.note("gone from the list of nodes")
            return None
        if node.uid != self.uid:
            raise NodeGone(f"{self.name} is another machine now: it was replaced, not rebooted.")
        if node.boot_id not in ("", self.boot_id):  # "": its kubelet cannot tell
            if node.status == "Ready":
                return node
            self.booted = True
            self.note("booted, not ready yet")
        elif node.status != "Ready":
            self.went_down = True
            self.note("down")
        elif self.went_down:
            self.note("ready again in its old boot")
        # A cordon that is undone at once is never in the store: the watch tells both in one breath.
        since = self.cordoned_at
        self._was_cordoned |= node.cordoned or (
            since != "" and is_newer(node.resource_version, since)
        )
        self.uncordoned = self._was_cordoned and not node.cordoned and not self.booted
        return None

    def why_not(self) -> str:
        """What is wrong with a node that did not come back, as a sentence."""
        if self.booted:
            return "It has booted, but does not get Ready."
        node = self.nodes.store.get(self.name)
        if self.went_down and node is not None and node.status == "Ready":
            return "It was not Ready for a while and came back in its old boot: it did not reboot."
        if self.went_down:
            return "It went down and has not come back."
        return "It never went down."
