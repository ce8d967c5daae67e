"""The policy for each kured: our own settings, with that kured's where the user set none.

Nodes of one kured share one policy, and with it what its hooks have seen a moment ago.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.kured_defaults import with_kureds
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.policy import Policy, build_policy
from kuredtui.kube.client import Client
from kuredtui.kube.types import DaemonSet

PolicyOf: TypeAlias = Callable[[DaemonSet | None], Policy]
"""The policy for the nodes of a kured; None: for those without one."""

# Policies that are kept: as many kureds with different settings.
_MOST_KEPT = 8


class Policies:
    """Makes policies, and keeps them.

    Args:
        options: what we are set to.
        client: the API.
        find: the node of a name, if there is one.
    """

    def __init__(
        self,
        options: PolicyOptions,
        *,
        client: Client,
        find: Callable[[str], NodeRecord | None],
    ) -> None:
        self._options = options
        self._client = client
        self._find = find
        self._made: dict[tuple[PolicyOptions, frozenset[tuple[str, str]]], Policy] = {}

    def __call__(self, kured: DaemonSet | None) -> Policy:
        """The policy for the nodes of this kured; see `PolicyOf`."""
        options, unusable = self._options, dict[str, str]()
        if kured is not None:
            merged = with_kureds(options, read_kured_settings(kured))
            options, unusable = merged.options, dict(merged.unusable)
        key = options, frozenset(unusable.items())
        if (policy := self._made.pop(key, None)) is None:
            policy = build_policy(
                options, client=self._client, find=self._find, unknown=_unknown(unusable)
            )
        self._made[key] = policy  # the youngest is last
        while len(self._made) > _MOST_KEPT:
            del self._made[next(iter(self._made))]
        return policy


_HOOKS = {
    "reboot_days": HookName.TIME_WINDOW,
    "start_time": HookName.TIME_WINDOW,
    "end_time": HookName.TIME_WINDOW,
    "time_zone": HookName.TIME_WINDOW,
    "blocking_pod_selector": HookName.BLOCKING_PODS,
    "prometheus_url": HookName.ALERTS,
    "alert_filter_regexp": HookName.ALERTS,
    "alert_filter_match_only": HookName.ALERTS,
    "alert_firing_only": HookName.ALERTS,
}


def _unknown(unusable: Mapping[str, str]) -> dict[HookName, str]:
    """Why hooks cannot be made, as sentences."""
    return {
        _HOOKS[name]: f"kured's --{name.replace('_', '-')} {why}; set it here, or override it."
        for name, why in unusable.items()
    }
