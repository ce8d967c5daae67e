"""How a rollout goes about its nodes."""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.engine.rollout_order import PoolOrder


@dataclass(frozen=True, kw_only=True)
class RolloutOptions:
    """Settings of one rollout. Times are seconds.

    Attributes:
        concurrency: operations at a time; the lock may allow fewer.
        pools: how the pools follow one another.
        separate_domains: never two nodes of one zone at once.
        soak: how long nothing is begun after a node has come back.
        stop_after: failed nodes after which nothing more is begun; 0: however many. A node that was
            told to reboot and did not come back always stops the rollout.
        max_not_ready: nodes beside those at work that may be NotReady before the rollout waits.
        give_way_after: how long a node may hold the lock while nothing but a budget keeps it from
            going on, if others wait for the lock.
        give_way_times: how often a node gives way before it stays until its drain's deadline.
    """

    concurrency: int = 1
    pools: PoolOrder = PoolOrder.SEQUENCE
    separate_domains: bool = False
    soak: float = 0.0
    stop_after: int = 1
    max_not_ready: int = 0
    give_way_after: float = 120.0
    give_way_times: int = 3
