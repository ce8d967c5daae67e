"""The hook that waits while alerts are active in Prometheus, by kured's rules."""

from __future__ import annotations

from re import Pattern

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer
from kuredtui.engine.policy.shared_look import SharedLook
from kuredtui.web.prometheus import Alert, Prometheus, PrometheusError

# As in kured (pkg/blockers/prometheus.go).
_MOST_NAMED = 10


class AlertsHook:
    """Go while no alert is active that counts.

    Args:
        prometheus: who knows.
        ignore: alerts it is found in do not count; None ignores none.
        match_only: the other way round: only alerts it is found in count.
        firing_only: pending alerts do not count.
    """

    name = HookName.ALERTS

    def __init__(
        self,
        prometheus: Prometheus,
        *,
        ignore: Pattern[str] | None,
        match_only: bool,
        firing_only: bool,
    ) -> None:
        self._alerts = SharedLook(prometheus.active_alerts)
        self._filter = ignore
        self._match_only = match_only
        self._firing_only = firing_only
        self._last: Answer | None = None

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`; a Prometheus that does not tell is a reason to wait, as in kured."""
        self._last = await self._answer()
        return self._last

    async def look(self, node: NodeRecord) -> None:
        """See `Hook`."""
        await self.ask(node)

    def glance(self, node: NodeRecord) -> Answer | None:
        """See `Hook`; alerts concern all nodes alike."""
        return self._last

    async def _answer(self) -> Answer:
        try:
            alerts = await self._alerts()
        except PrometheusError as error:
            return Answer(
                hook=self.name,
                reason=f"Whether alerts are active cannot be seen: {error}",
                facts={"error": str(error)},
            )
        names = sorted({alert.name for alert in alerts if self._counts(alert)})
        if not names:
            return Answer(hook=self.name)
        more = len(names) - _MOST_NAMED
        shown = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return Answer(
            hook=self.name,
            reason=f"Active alerts block reboots: {shown}.",
            facts={"alerts": len(names), "first": names[0]},
        )

    def _counts(self, alert: Alert) -> bool:
        if self._firing_only and not alert.firing:
            return False
        return self._filter is None or bool(self._filter.search(alert.name)) is self._match_only
