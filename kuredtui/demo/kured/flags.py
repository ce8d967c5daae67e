"""The flags that the simulated kured obeys.

kured's whole list stands in `cluster.kured_settings`, where the console reads it; this side of the
API server may not import it, and does not want to: what was misunderstood there would be
misunderstood here in the same way, and no test would find it. How a command line and an environment
become values is shared (`kube.goflags`).
"""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.kube.goflags.kinds import Array, Duration, Slice

PREFIX = "KURED"


@dataclass(frozen=True, kw_only=True)
class Flags:
    """By kured's names, with kured's defaults; durations are seconds."""

    node_id: str = ""
    reboot_sentinel: str = "/var/run/reboot-required"
    reboot_sentinel_command: str = ""
    period: Duration = 3600.0
    reboot_method: str = "command"
    reboot_command: str = "/bin/systemctl reboot"
    reboot_signal: int = 39
    reboot_delay: Duration = 0.0
    force_reboot: bool = False
    drain_grace_period: int = -1
    drain_pod_selector: str = ""
    drain_timeout: Duration = 0.0
    drain_delay: Duration = 0.0
    skip_wait_for_delete_timeout: int = 0
    ds_namespace: str = "kube-system"
    ds_name: str = "kured"
    lock_annotation: str = "weave.works/kured-node-lock"
    lock_ttl: Duration = 0.0
    lock_release_delay: Duration = 0.0
    concurrency: int = 1
    prometheus_url: str = ""
    blocking_pod_selector: Array = ()
    reboot_days: Slice = ("su", "mo", "tu", "we", "th", "fr", "sa")
    start_time: str = "0:00"
    end_time: str = "23:59:59"
    time_zone: str = "UTC"
    prefer_no_schedule_taint: str = ""
    annotate_nodes: bool = False
    pre_reboot_node_labels: Slice = ()
    post_reboot_node_labels: Slice = ()
    metrics_port: int = 8080
