"""What we read of Kubernetes objects: typed structs that name only the fields somebody here uses.

Everything else in a body is skipped while decoding, unseen and unstored, which is what makes a list
of thousands of nodes cheap. The structs are for reading: a change is sent as a patch of its own and
never as a re-encoded struct, which would drop every field that is not named here.

Field meanings are those of the Kubernetes API reference. All times are UTC as the server wrote
them. The structs hold no cycles, so the garbage collector need not look at them (`gc=False`).
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import field


class Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False):
    """The base of every struct read from the API: immutable, camelCase on the wire."""


class OwnerReference(Wire, frozen=True):
    """Who owns an object; `controller` marks the one owner that manages it."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False


class ObjectMeta(Wire, frozen=True):
    """The metadata of every object."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    owner_references: list[OwnerReference] = field(default_factory=list)
    finalizers: list[str] = field(default_factory=list)


class Condition(Wire, frozen=True):
    """A condition of a node, a pod or a budget."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_heartbeat_time: datetime | None = None
    last_transition_time: datetime | None = None


class Taint(Wire, frozen=True):
    """What keeps pods away from a node."""

    key: str = ""
    value: str = ""
    effect: str = ""


class NodeSpec(Wire, frozen=True):
    """What was asked of a node; `unschedulable` is the cordon."""

    unschedulable: bool = False
    taints: list[Taint] = field(default_factory=list)
    provider_id: str = field(name="providerID", default="")


class NodeAddress(Wire, frozen=True):
    """One address of a node: `InternalIP`, `Hostname`, ..."""

    type: str = ""
    address: str = ""


class NodeInfo(Wire, frozen=True):
    """What runs on a node; `boot_id` changes with every boot of the machine."""

    boot_id: str = field(name="bootID", default="")
    machine_id: str = field(name="machineID", default="")
    system_uuid: str = field(name="systemUUID", default="")
    kernel_version: str = ""
    os_image: str = ""
    kubelet_version: str = ""
    container_runtime_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeStatus(Wire, frozen=True):
    """What a node reports. Its images, half of a node's bytes, are left out on purpose."""

    conditions: list[Condition] = field(default_factory=list)
    addresses: list[NodeAddress] = field(default_factory=list)
    node_info: NodeInfo = field(default_factory=NodeInfo)


class Node(Wire, frozen=True):
    """A machine of the cluster."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)


class EmptyDir(Wire, frozen=True):
    """A volume that dies with its pod; only its presence counts."""


class ClaimReference(Wire, frozen=True):
    """The PersistentVolumeClaim behind a volume of a pod."""

    claim_name: str = ""


class EphemeralVolume(Wire, frozen=True):
    """A volume whose claim lives as long as its pod; only its presence counts."""


class HostPath(Wire, frozen=True):
    """A directory of the node."""

    path: str = ""


class Volume(Wire, frozen=True):
    """A volume of a pod: whether it is lost with it, or a part of the node."""

    name: str = ""
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: ClaimReference | None = None
    ephemeral: EphemeralVolume | None = None
    host_path: HostPath | None = None


class VolumeMount(Wire, frozen=True):
    """Where a container sees a volume."""

    name: str = ""
    mount_path: str = ""
    sub_path: str = ""


class LocalReference(Wire, frozen=True):
    """The name of an object in the same namespace, such as a pull secret."""

    name: str = ""


class FieldReference(Wire, frozen=True):
    """A field of the pod itself, such as `spec.nodeName`."""

    field_path: str = ""


class KeyReference(Wire, frozen=True):
    """One key of a ConfigMap or Secret in the same namespace; optional: it need not be there."""

    name: str = ""
    key: str = ""
    optional: bool = False


class WholeReference(Wire, frozen=True):
    """A whole ConfigMap or Secret in the same namespace; optional: it need not be there."""

    name: str = ""
    optional: bool = False


class EnvVarSource(Wire, frozen=True):
    """Where an environment variable's value comes from; other kinds of sources leave all unset."""

    field_ref: FieldReference | None = None
    config_map_key_ref: KeyReference | None = None
    secret_key_ref: KeyReference | None = None


class EnvVar(Wire, frozen=True):
    """An environment variable: a literal value, or where it comes from."""

    name: str = ""
    value: str = ""
    value_from: EnvVarSource | None = None


class EnvFromSource(Wire, frozen=True):
    """A ConfigMap or Secret all of whose keys become variables."""

    prefix: str = ""
    config_map_ref: WholeReference | None = None
    secret_ref: WholeReference | None = None


class SecurityContext(Wire, frozen=True):
    """What a container may do on its node; None: not said."""

    privileged: bool | None = None


class Container(Wire, frozen=True):
    """What a container runs."""

    name: str = ""
    image: str = ""
    command: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)
    env: list[EnvVar] = field(default_factory=list)
    env_from: list[EnvFromSource] = field(default_factory=list)
    volume_mounts: list[VolumeMount] = field(default_factory=list)
    security_context: SecurityContext | None = None

    @property
    def privileged(self) -> bool:
        """Whether it may do everything that root on the node may."""
        return bool(self.security_context and self.security_context.privileged)


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


class ContainerStateWaiting(Wire, frozen=True):
    """Why a container does not run yet, or again."""

    reason: str = ""
    message: str = ""


class ContainerStateRunning(Wire, frozen=True):
    """Since when a container runs."""

    started_at: datetime | None = None


class ContainerStateTerminated(Wire, frozen=True):
    """How a container ended; `message` is its termination log."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerState(Wire, frozen=True):
    """At most one of the three is set."""

    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ContainerStatus(Wire, frozen=True):
    """How a container does."""

    name: str = ""
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = field(default_factory=ContainerState)
    last_state: ContainerState = field(default_factory=ContainerState)


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


class LabelSelectorRequirement(Wire, frozen=True):
    """One expression of a label selector: `In`, `NotIn`, `Exists` or `DoesNotExist`."""

    key: str = ""
    operator: str = ""
    values: list[str] = field(default_factory=list)


class LabelSelector(Wire, frozen=True):
    """Which objects are meant; an empty one means all."""

    match_labels: dict[str, str] = field(default_factory=dict)
    match_expressions: list[LabelSelectorRequirement] = field(default_factory=list)


class PodTemplate(Wire, frozen=True):
    """The pod a controller makes."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec = field(default_factory=PodSpec)


class DaemonSetSpec(Wire, frozen=True):
    """What was asked of a DaemonSet."""

    selector: LabelSelector | None = None
    template: PodTemplate = field(default_factory=PodTemplate)


class DaemonSetStatus(Wire, frozen=True):
    """How a DaemonSet does."""

    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    observed_generation: int = 0


class DaemonSet(Wire, frozen=True):
    """One pod on each node; kured is one."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus = field(default_factory=DaemonSetStatus)


class ReplicaSpec(Wire, frozen=True):
    """What was asked of a Deployment or ReplicaSet."""

    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplate = field(default_factory=PodTemplate)


class ReplicaStatus(Wire, frozen=True):
    """How a Deployment or ReplicaSet does."""

    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    updated_replicas: int = 0
    observed_generation: int = 0


class Deployment(Wire, frozen=True):
    """Replicas of a pod, rolled out by ReplicaSets."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ReplicaSpec = field(default_factory=ReplicaSpec)
    status: ReplicaStatus = field(default_factory=ReplicaStatus)


class ReplicaSet(Wire, frozen=True):
    """Replicas of a pod."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ReplicaSpec = field(default_factory=ReplicaSpec)
    status: ReplicaStatus = field(default_factory=ReplicaStatus)


class LeaseSpec(Wire, frozen=True):
    """Who holds a lease and since when."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: datetime | None = None
    renew_time: datetime | None = None


class Lease(Wire, frozen=True):
    """A small object to agree on: a heartbeat, a leader, or our lock where there is no kured."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: LeaseSpec = field(default_factory=LeaseSpec)


class PodDisruptionBudgetSpec(Wire, frozen=True):
    """How many pods of a selection may be away; numbers or percentages such as `"50%"`."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str = ""


class PodDisruptionBudgetStatus(Wire, frozen=True):
    """What the disruption controller counted."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    conditions: list[Condition] = field(default_factory=list)


class PodDisruptionBudget(Wire, frozen=True):
    """What may hold an eviction back."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodDisruptionBudgetSpec = field(default_factory=PodDisruptionBudgetSpec)
    status: PodDisruptionBudgetStatus = field(default_factory=PodDisruptionBudgetStatus)


class ConfigMap(Wire, frozen=True):
    """Settings, as texts by key."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    data: dict[str, str] = field(default_factory=dict)


class NamespaceStatus(Wire, frozen=True):
    """`Active` or `Terminating`."""

    phase: str = ""


class Namespace(Wire, frozen=True):
    """A namespace."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    status: NamespaceStatus = field(default_factory=NamespaceStatus)


class ObjectReference(Wire, frozen=True):
    """Which object an event is about."""

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class EventSource(Wire, frozen=True):
    """Which component reports an event; `reportingComponent` in newer ones."""

    component: str = ""
    host: str = ""


class EventSeries(Wire, frozen=True):
    """How often an event was repeated; newer components count here."""

    count: int = 0
    last_observed_time: datetime | None = None


class Event(Wire, frozen=True):
    """Something a component reports about an object (core/v1)."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    involved_object: ObjectReference = field(default_factory=ObjectReference)
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 0
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None
    source: EventSource = field(default_factory=EventSource)
    reporting_component: str = ""
    reporting_instance: str = ""


class ClaimSpec(Wire, frozen=True):
    """What a claim is bound to; "" until it is."""

    volume_name: str = ""


class PersistentVolumeClaim(Wire, frozen=True):
    """A pod's claim to a volume."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ClaimSpec = field(default_factory=ClaimSpec)


class VolumeAttachmentSource(Wire, frozen=True):
    """What is attached."""

    persistent_volume_name: str = ""


class VolumeAttachmentSpec(Wire, frozen=True):
    """What is attached to which node."""

    attacher: str = ""
    node_name: str = ""
    source: VolumeAttachmentSource = field(default_factory=VolumeAttachmentSource)


class VolumeAttachmentStatus(Wire, frozen=True):
    """Whether it is attached yet, or still."""

    attached: bool = False


class VolumeAttachment(Wire, frozen=True):
    """A volume on a node."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: VolumeAttachmentSpec = field(default_factory=VolumeAttachmentSpec)
    status: VolumeAttachmentStatus = field(default_factory=VolumeAttachmentStatus)


class Cause(Wire, frozen=True):
    """One of the reasons of a Status, such as `DisruptionBudget`."""

    reason: str = ""
    message: str = ""
    field: str = ""


class StatusDetails(Wire, frozen=True):
    """What a Status is about."""

    name: str = ""
    group: str = ""
    kind: str = ""
    uid: str = ""
    causes: list[Cause] = field(default_factory=list)
    retry_after_seconds: int = 0


class Status(Wire, frozen=True):
    """What the API server answers instead of an object, mostly to say no."""

    status: str = ""
    code: int = 0
    reason: str = ""
    message: str = ""
    details: StatusDetails = field(default_factory=StatusDetails)


class ListMeta(Wire, frozen=True):
    """Where a list stands: its version, and how to go on where it was cut in pages."""

    resource_version: str = ""
    continue_: str = field(name="continue", default="")
    remaining_item_count: int | None = None
