"""The hook in the place of one that cannot be made: what is not known is no reason to go."""

from __future__ import annotations

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer


class UnknownHook:
    """Always waits.

    Args:
        name: of the hook in whose place it stands.
        reason: why that one cannot be made, as a sentence.
    """

    def __init__(self, name: HookName, reason: str) -> None:
        self.name = name
        self._reason = reason

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`."""
        return self.glance(node)

    async def look(self, node: NodeRecord) -> None:
        """See `Hook`; nothing can be seen."""

    def glance(self, node: NodeRecord) -> Answer:
        """See `Hook`."""
        return Answer(hook=self.name, reason=self._reason)
