"""All settings of kured 1.23, by kured's names, and what a DaemonSet of kured's has them set to.

The flags, their kinds and their defaults are those of kured 1.23 (cmd/kured/main.go); how command
line and environment make up a value stands in `kube.goflags`.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.cluster.kured import kured_container
from kuredtui.kube.goflags.kinds import Array, Duration, Hidden, Regexp, Slice
from kuredtui.kube.goflags.reading import Reading, read_flags
from kuredtui.kube.types import Container, DaemonSet

_PREFIX = "KURED"
_NO_SECRET = Hidden()


@dataclass(frozen=True, kw_only=True)
class KuredSettings:
    """kured's settings. Durations are seconds.

    Attributes:
        node_id: the node a kured runs on; from the downward API as a rule, and so not known of a
            DaemonSet.
        reboot_sentinel: the file that asks for a reboot, as kured's container sees it.
        reboot_sentinel_command: instead of the file; "": the file.
        period: how often kured looks.
        reboot_method: `command` or `signal`.
        reboot_command: what `command` runs on the node.
        reboot_signal: what `signal` sends to PID 1.
        reboot_delay: between drain and reboot.
        force_reboot: reboot even if the drain failed. Never ours by inheritance (DESIGN 4).
        drain_grace_period: what each pod gets to end; below 0: the pod's own.
        drain_pod_selector: drain only pods with these labels; "": all.
        drain_timeout: 0: no end.
        drain_delay: between lock and drain.
        skip_wait_for_delete_timeout: do not wait for pods whose deletion is older; 0: wait.
        ds_namespace, ds_name: the DaemonSet that carries the lock.
        lock_annotation: the annotation that is the lock.
        lock_ttl: when the lock expires by itself; 0: never.
        lock_release_delay: how long kured waits before it releases, also after a failed drain.
        concurrency: how many nodes at a time; above 1 the lock has its second shape.
        prometheus_url: whose active alerts block; "": nobody's.
        alert_filter_regexp: alerts to ignore.
        alert_filter_match_only: the filter the other way round: only matching alerts block.
        alert_firing_only: pending alerts do not block.
        blocking_pod_selector: label selectors; a running or pending pod of the node blocks.
        reboot_days: as given, such as `mo`, `Mon` or `1`.
        start_time, end_time: as given, such as `22:00` or `3pm`.
        time_zone: IANA name.
        prefer_no_schedule_taint: key of the taint on a node that waits for the lock; "": none.
        annotate_nodes: whether nodes get kured's two annotations.
        pre_reboot_node_labels, post_reboot_node_labels: `key=value`.
        notify_url, slack_hook_url: secrets.
        slack_username, slack_channel: with the second of them.
        message_template_drain, message_template_reboot, message_template_uncordon: `%s` is the node.
        metrics_host, metrics_port: where kured serves its metric.
        log_format: `text` or `json`.
    """

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
    alert_filter_regexp: Regexp = ""
    alert_filter_match_only: bool = False
    alert_firing_only: bool = False
    blocking_pod_selector: Array = ()
    reboot_days: Slice = ("su", "mo", "tu", "we", "th", "fr", "sa")
    start_time: str = "0:00"
    end_time: str = "23:59:59"
    time_zone: str = "UTC"
    prefer_no_schedule_taint: str = ""
    annotate_nodes: bool = False
    pre_reboot_node_labels: Slice = ()
    post_reboot_node_labels: Slice = ()
    notify_url: Hidden = _NO_SECRET
    slack_hook_url: Hidden = _NO_SECRET
    slack_username: str = "kured"
    slack_channel: str = ""
    message_template_drain: str = "Draining node %s"
    message_template_reboot: str = "Rebooting node %s"
    message_template_uncordon: str = "Node %s rebooted & uncordoned successfully!"
    metrics_host: str = ""
    metrics_port: int = 8080
    log_format: str = "text"

    @property
    def max_owners(self) -> int:
        """How many owners the lock has room for: kured takes anything below 1 for 1."""
        return max(1, self.concurrency)


def read_kured_settings(daemonset: DaemonSet) -> Reading[KuredSettings]:
    """What this kured is set to; the defaults where it has no container.

    What is in ConfigMaps is known where its environment was filled in (`engine.sources.kured_environment`).
    """
    return read_flags(KuredSettings, kured_container(daemonset) or Container(), prefix=_PREFIX)
