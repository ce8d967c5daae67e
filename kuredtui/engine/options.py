"""What an operation may do and how: kured's settings by kured's names.

The defaults are kured's but for `drain_timeout` (kured: none), `evict_uncontrolled` (kured: always)
and the ones that kured does not have; see `kured_defaults` for what the running kured sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from kuredtui.engine.given_options import GivenOptions

RebootMethod = Literal["command", "signal", "kured-exec", "manual"]

OptionChanges: TypeAlias = Mapping[str, str | int | float | bool]
"""What is different in one run: settings by their field's name."""
NO_CHANGES: OptionChanges = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class EngineOptions(GivenOptions):
    """Settings of the engine. Times are seconds.

    Attributes:
        ds_namespace, ds_name: the DaemonSet that carries the lock; where both are "", it is the one of
            the kured that runs.
        lock_annotation: the annotation which is the lock; "": kured's.
        lock_ttl: when the lock expires by itself; 0: never.
        lock_release_delay: how long the lock is kept after a success.
        lease_namespace, lease_name: the Lease that carries the lock when there is no kured; "":
            `kuredtui` in `kube-system`. Naming it says that there is no kured, where we may not look.
        concurrency: how many nodes may be in the lock at once; 0: what the running kured allows, and 1
            without one. It can only be lower than kured's.
        drain_delay: between the lock and the drain.
        drain_timeout: the deadline of a drain; 0: none.
        drain_grace_period: what each pod gets to end; below 0: the pod's own.
        drain_pod_selector: drain only pods with these labels; "": all.
        skip_wait_for_delete_timeout: do not wait for pods whose deletion is older; 0: wait.
        delete_emptydir_data: evict pods although their emptyDir is lost.
        evict_uncontrolled: evict pods that no controller will bring back (kubectl's --force).
        disable_eviction: delete pods instead of evicting them, without asking their budgets.
        max_evictions: how many evictions are under way at a time.
        drain_requests_per_second: the most that the drains of a session together ask of the API server,
            watches aside; half a second's worth may leave together.
        volume_detach_timeout: how long, once the pods are gone, their volumes may take to be detached
            before the operation goes on without; 0: they are not waited for.
        reboot_method: `command` (through nsenter), `signal` (to PID 1), `kured-exec` (the command in
            kured's own pod on the node) or `manual` (somebody else does it).
        reboot_delay: between the drain and the reboot.
        reboot_command: what `command` and `kured-exec` run on the node, split at blanks.
        reboot_signal: what `signal` sends; 39 is SIGRTMIN+5, systemd's reboot.
        reboot_image: the reboot pod's image; "": kured's own, else `TOOL_IMAGE`.
        reboot_namespace: where the reboot pod is created; "": where kured runs, else `kube-system`.
        reboot_timeout: a node that is not back by then has failed; 0: it is waited for.
        reboot_start_timeout: a reboot pod that did not start by then ends by itself.
        pre_reboot_node_labels: `key=value`, put on a node before it is cordoned.
        post_reboot_node_labels: the same, when it is given back.
        prefer_no_schedule_taint: key of the taint on a node that waits for the lock; "": none.
        annotate_nodes: whether nodes get kured's two annotations.
        orphan_after: an operation whose journal did not change for so long has no living owner any
            more, and an owner that could not renew it for so long stops.
    """

    ds_namespace: str = ""
    ds_name: str = ""
    lock_annotation: str = ""
    lock_ttl: float = 0.0
    lock_release_delay: float = 0.0
    lease_namespace: str = ""
    lease_name: str = ""
    concurrency: int = 0
    drain_delay: float = 0.0
    drain_timeout: float = 1800.0
    drain_grace_period: int = -1
    drain_pod_selector: str = ""
    skip_wait_for_delete_timeout: int = 0
    delete_emptydir_data: bool = True
    evict_uncontrolled: bool = False
    disable_eviction: bool = False
    max_evictions: int = 20
    drain_requests_per_second: float = 50.0
    volume_detach_timeout: float = 120.0
    reboot_method: RebootMethod = "command"
    reboot_delay: float = 0.0
    reboot_command: str = "/bin/systemctl reboot"
    reboot_signal: int = 39
    reboot_image: str = ""
    reboot_namespace: str = ""
    reboot_timeout: float = 900.0
    reboot_start_timeout: float = 300.0
    pre_reboot_node_labels: tuple[str, ...] = ()
    post_reboot_node_labels: tuple[str, ...] = ()
    prefer_no_schedule_taint: str = ""
    annotate_nodes: bool = False
    orphan_after: float = 120.0


def changed(options: EngineOptions, changes: OptionChanges) -> EngineOptions:
    """The options of one run. What is changed for it is given, so that no kured's setting counts instead.

    Raises:
        TypeError: there is no setting of a name.
    """
    given = options.given | changes.keys()
    return replace(options, **changes, given=given)  # type: ignore[arg-type]  # each of its field's own type
