"""The hook that waits for others who are at work on the node: autoscalers, and AKS's upgrades."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from kuredtui.cluster.aks_upgrade import (
    EVENT_NAMESPACE,
    UPGRADER,
    is_aks,
    quarantined,
    unfinished,
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

# Between two looks at the upgrader's events for all nodes, and how long what was heard counts for them.
_LOOK_SECONDS = 60.0
_HEARD_SECONDS = 150.0


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
        self._heard: dict[str, Event] = {}
        self._heard_until = self._look_at = 0.0

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`; without the right to read events, AKS's upgrades go unseen, and do not block."""
        if hand := hand_on(node) or quarantined(node):
            return self._wait(hand)
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
        """See `Hook`; an upgrade of AKS's shows in its events, which are of all nodes."""
        hand = hand_on(node) or quarantined(node)
        if hand is None and self._heard and is_aks(node) and time.monotonic() < self._heard_until:
            hand = upgrade_under_way(node, self._heard, self._find)
        return self._wait(hand) if hand else None

    async def look(self, node: NodeRecord) -> None:
        """See `Hook`; an API server keeps no events at hand, so it is seldom asked for them."""
        if is_aks(node) and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _LOOK_SECONDS
            with suppress(ApiError, Unreachable):  # in an operation, `ask` says so
                await self._upgrader()

    async def _upgrader_events(self) -> dict[str, Event]:
        page = await self._client.list(
            EVENTS,
            namespace=EVENT_NAMESPACE,
            field_selector=f"involvedObject.kind=Node,source={UPGRADER}",
        )
        self._heard = unfinished(page.items)
        self._heard_until = time.monotonic() + _HEARD_SECONDS
        return self._heard

    def _wait(self, hand: Hand) -> Answer:
        return Answer(hook=self.name, reason=hand.reason, facts=hand.facts)
