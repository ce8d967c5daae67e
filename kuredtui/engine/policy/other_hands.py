"""The hook that waits for others who are at work on the node: autoscalers, and AKS's upgrades."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.cluster.aks_upgrade import (
    EVENT_NAMESPACE,
    UPGRADER,
    is_aks,
    quarantined,
    upgrade_under_way,
)
from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.other_hands import Hand, hand_on
from kuredtui.cluster.policy import Answer
from kuredtui.engine.policy.shared_look import SharedLook
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Forbidden, Unreachable, explain
from kuredtui.kube.resources import EVENTS
from kuredtui.kube.types import Event


class OtherHandsHook:
    """Go while nobody else is seen at work on the node.

    Args:
        client: the API.
        find: the node of a name, if there is one.
    """

    name = HookName.OTHER_HANDS

    def __init__(self, client: Client, *, find: Callable[[str], NodeRecord | None]) -> None:
        self._client = client
        self._find = find
        self._upgrader = SharedLook(self._upgrader_events)

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`; without the right to read events, AKS's upgrades go unseen, and do not block."""
        if answer := self.glance(node):
            return answer
        if not is_aks(node):
            return Answer(hook=self.name)
        try:
            events = await self._upgrader()
        except Forbidden:
            return Answer(hook=self.name, facts={"unseen": "AKS upgrades: events may not be read"})
        except (ApiError, Unreachable) as error:
            return Answer(
                hook=self.name,
                reason=f"Whether AKS is upgrading the node cannot be seen: {explain(error)}",
            )
        hand = upgrade_under_way(node, events, self._find)
        return self._wait(hand) if hand else Answer(hook=self.name)

    def glance(self, node: NodeRecord) -> Answer | None:
        """See `Hook`; an upgrade of AKS's does not show on the node."""
        hand = hand_on(node) or quarantined(node)
        return self._wait(hand) if hand else None

    async def _upgrader_events(self) -> list[Event]:
        page = await self._client.list(
            EVENTS,
            namespace=EVENT_NAMESPACE,
            field_selector=f"involvedObject.kind=Node,source={UPGRADER}",
        )
        return page.items

    def _wait(self, hand: Hand) -> Answer:
        return Answer(hook=self.name, reason=hand.reason, facts=hand.facts)
