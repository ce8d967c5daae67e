"""The arithmetic of a PodDisruptionBudget, without any I/O.

Follows kubernetes/pkg/controller/disruption/disruption.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kuredtui.demo.controllers.pods import is_ready
from kuredtui.demo.controllers.scaling import scaled_value
from kuredtui.demo.controllers.wire import ManagedPod
from kuredtui.kube.types import PodDisruptionBudgetSpec

EVICTION_SECONDS = 120.0
"""How long an allowed eviction counts although its pod shows no sign of it (DeletionTimeout)."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """What a budget's status says."""

    expected: int
    healthy: int
    desired: int

    @property
    def allowed(self) -> int:
        """How many pods may be disrupted now."""
        return max(0, self.healthy - self.desired) if self.expected > 0 else 0


def count(
    spec: PodDisruptionBudgetSpec,
    pods: Iterable[ManagedPod],
    *,
    scale: Callable[[], int],
    disrupted: Mapping[str, float],
    now: float,
) -> Count:
    """Count the pods of a budget.

    Args:
        spec: the budget's.
        pods: the ones it selects.
        scale: how many pods their controllers want, asked only where that matters.
        disrupted: Unix times of the evictions under way, by the pods' names.
        now: Unix time.

    Raises:
        ValueError: the spec's number makes no sense, or `scale` cannot tell.
    """
    pods = list(pods)
    expected, desired = len(pods), 0
    if spec.max_unavailable is not None:
        expected = scale()
        desired = max(0, expected - scaled_value(spec.max_unavailable, expected, up=True))
    elif isinstance(spec.min_available, str):
        expected = scale()
        desired = scaled_value(spec.min_available, expected, up=True)
    elif spec.min_available is not None:
        desired = spec.min_available
    healthy = sum(
        is_ready(pod)
        for pod in pods
        if pod.metadata.deletion_timestamp is None and not _is_going(pod, disrupted, now)
    )
    return Count(expected=expected, healthy=healthy, desired=desired)


def still_disrupted(
    pods: Iterable[ManagedPod], disrupted: Mapping[str, float], now: float
) -> list[str]:
    """The evictions that still count: of pods that are there and do not show it yet."""
    return [
        pod.metadata.name
        for pod in pods
        if pod.metadata.deletion_timestamp is None and _is_going(pod, disrupted, now)
    ]


def _is_going(pod: ManagedPod, disrupted: Mapping[str, float], now: float) -> bool:
    since = disrupted.get(pod.metadata.name)
    return since is not None and now < since + EVICTION_SECONDS
