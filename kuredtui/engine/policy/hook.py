"""What every hook looks like."""

from __future__ import annotations

from typing import Protocol

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer


class Hook(Protocol):
    """One thing that may keep a node from being rebooted.

    Attributes:
        name: under which it answers and is overridden.
    """

    name: HookName

    async def ask(self, node: NodeRecord) -> Answer:
        """Whether the node, as it is now, may be rebooted.

        What a hook cannot find out is an answer, too; it raises nothing but for its own faults.
        """
        ...

    async def look(self, node: NodeRecord) -> None:
        """See what concerns all nodes of this one's kind, for `glance`; it raises nothing either."""
        ...

    def glance(self, node: NodeRecord) -> Answer | None:
        """The same without asking anybody, for thousands of nodes: by the node itself and by what `ask`
        has seen for all of them; None: nothing is known.
        """
        ...
