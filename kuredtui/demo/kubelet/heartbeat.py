"""How often nodes report: the rates of real kubelets, held within a budget of writes.

A kubelet renews its Lease every 10 s (a quarter of the lease's 40 s) and reports an unchanged
status every 5 minutes. Thousands of nodes in one process, living fast, would spend the machine on
that; so the whole group together writes no more than so many of them a second.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.demo.kubelet.node_object import LEASE_SECONDS
from kuredtui.demo.pace import Pace

_RENEW_SECONDS = LEASE_SECONDS / 4
_REPORT_SECONDS = 300.0
_RENEWALS_PER_SECOND = 200.0
_REPORTS_PER_SECOND = 10.0


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """The intervals of a group of nodes, in real seconds.

    Attributes:
        renew: between two renewals of a node's Lease.
        report: between two reports of its unchanged status.
    """

    renew: float
    report: float


def heartbeat(nodes: int, pace: Pace) -> Heartbeat:
    """The intervals for so many nodes."""
    return Heartbeat(
        renew=max(pace.real(_RENEW_SECONDS), nodes / _RENEWALS_PER_SECOND),
        report=max(pace.real(_REPORT_SECONDS), nodes / _REPORTS_PER_SECOND),
    )
