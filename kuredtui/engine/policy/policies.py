"""The policy for each kured: our own settings, with that kured's where the user set none.

Nodes of one kured share one policy, and with it what its hooks have seen a moment ago.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.kured_defaults import with_kureds
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.policy import Policy, build_policy
from kuredtui.kube.client import Client
from kuredtui.kube.types import DaemonSet

K = TypeVar("K")
V = TypeVar("V")

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

        self._of: dict[str, tuple[DaemonSet | None, Policy]] = {}  # by kured's UID, or ""

    def __call__(self, kured: DaemonSet | None) -> Policy:
        """The policy for the nodes of this kured; see `PolicyOf`."""
        # Asked for every row that is drawn: a kured's settings are read once, until it changes.
        uid = kured.metadata.uid if kured is not None else ""
        of_kured, policy = self._of.get(uid, (None, None))
        if policy is None or of_kured is not kured:
            policy = self._for(kured)
            _keep(self._of, uid, (kured, policy))
        return policy

    def _for(self, kured: DaemonSet | None) -> Policy:
        options, unusable = self._options, dict[str, str]()
        if kured is not None:
            merged = with_kureds(options, read_kured_settings(kured))
            options, unusable = merged.options, dict(merged.unusable)
        key = options, frozenset(unusable.items())
        if (policy := self._made.get(key)) is None:
            policy = build_policy(
                options, client=self._client, find=self._find, unknown=_unknown(unusable)
            )
        _keep(self._made, key, policy)
        return policy


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """Keep it as the youngest, and no more than there may be."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]


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
