"""Pods."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from kuredtui.kube.types.containers import Container, ContainerStatus, LocalReference
from kuredtui.kube.types.meta import Condition, ObjectMeta, Wire
from kuredtui.kube.types.volumes import Volume


class Toleration(Wire, frozen=True):
    """Which taints a pod puts up with."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class PodSpec(Wire, frozen=True):
    """What was asked of a pod."""

    node_name: str = ""
    volumes: list[Volume] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    host_pid: bool = field(name="hostPID", default=False)
    host_network: bool = False
    restart_policy: str = ""
    priority: int | None = None
    priority_class_name: str = ""
    service_account_name: str = ""
    termination_grace_period_seconds: int | None = None
    node_selector: dict[str, str] = field(default_factory=dict)
    tolerations: list[Toleration] = field(default_factory=list)
    image_pull_secrets: list[LocalReference] = field(default_factory=list)


class PodStatus(Wire, frozen=True):
    """How a pod does; phases `Succeeded` and `Failed` are finished."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: list[Condition] = field(default_factory=list)
    init_container_statuses: list[ContainerStatus] = field(default_factory=list)
    container_statuses: list[ContainerStatus] = field(default_factory=list)
    start_time: datetime | None = None
    pod_ip: str = field(name="podIP", default="")
    host_ip: str = field(name="hostIP", default="")


class Pod(Wire, frozen=True):
    """A pod."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec = field(default_factory=PodSpec)
    status: PodStatus = field(default_factory=PodStatus)


class Whereabouts(Wire, frozen=True):
    """Of a pod's spec only the node it is on."""

    node_name: str = ""


class PlacedPod(Wire, frozen=True):
    """A pod without what it runs, for those who hold one of each of thousands of nodes."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: Whereabouts = field(default_factory=Whereabouts)
    status: PodStatus = field(default_factory=PodStatus)


class PodTemplate(Wire, frozen=True):
    """The pod a controller makes."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec = field(default_factory=PodSpec)
