"""What is served: one record per resource, with the traits that make it differ from the others.

The traits are those of the strategies in kubernetes/pkg/registry: whether a spec change bumps the
generation, whether a delete answers with the object, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object and how the API treats it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    subresources: frozenset[str] = frozenset()
    """Served below an object, e.g. "status"."""
    has_generation: bool = False
    """metadata.generation counts changes of the spec."""
    status_on_create: bool = False
    """A create keeps the status it was given (nodes alone)."""
    delete_returns_object: bool = False
    """DELETE answers with the object instead of a Status."""
    graceful: bool = False
    """DELETE honours gracePeriodSeconds (pods alone)."""
    unconditional_update: bool = True
    """PUT without a resourceVersion overwrites."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Field selector label -> the value an object without the field has."""
    stored_as: str = ""
    """Plural of the core resource that holds the objects (events.k8s.io shares v1's)."""

    @property
    def api_version(self) -> str:
        """As an object's `apiVersion` says it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """As messages say it: plural, and the group unless it is the core one."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def prefix(self) -> bytes:
        """What stands before an object's stored bytes where its kind is said, too."""
        return f'{{"kind":"{self.kind}","apiVersion":"{self.api_version}",'.encode()


_NAMED = {"metadata.name": ""}
_IN_NAMESPACE = {"metadata.name": "", "metadata.namespace": ""}
_POD_FIELDS = {
    **_IN_NAMESPACE,
    "spec.nodeName": "",
    "spec.restartPolicy": "",
    "spec.schedulerName": "",
    "spec.serviceAccountName": "",
    "spec.hostNetwork": "false",
    "status.phase": "",
    "status.podIP": "",
    "status.nominatedNodeName": "",
}
_EVENT_FIELDS = {
    **_IN_NAMESPACE,
    "involvedObject.kind": "",
    "involvedObject.namespace": "",
    "involvedObject.name": "",
    "involvedObject.uid": "",
    "involvedObject.apiVersion": "",
    "involvedObject.resourceVersion": "",
    "involvedObject.fieldPath": "",
    "reason": "",
    "reportingComponent": "",
    "source": "",
    "type": "",
}

NODES = Resource(
    "",
    "v1",
    "nodes",
    "Node",
    namespaced=False,
    subresources=frozenset({"status"}),
    status_on_create=True,
    fields={**_NAMED, "spec.unschedulable": "false"},
)
PODS = Resource(
    "",
    "v1",
    "pods",
    "Pod",
    namespaced=True,
    subresources=frozenset({"status", "eviction", "binding", "proxy", "log", "exec"}),
    has_generation=True,
    delete_returns_object=True,
    graceful=True,
    fields=_POD_FIELDS,
)
NAMESPACES = Resource(
    "",
    "v1",
    "namespaces",
    "Namespace",
    namespaced=False,
    subresources=frozenset({"status", "finalize"}),
    delete_returns_object=True,
    fields={**_NAMED, "status.phase": ""},
)
EVENTS = Resource("", "v1", "events", "Event", namespaced=True, fields=_EVENT_FIELDS)
CLAIMS = Resource(
    "",
    "v1",
    "persistentvolumeclaims",
    "PersistentVolumeClaim",
    namespaced=True,
    subresources=frozenset({"status"}),
    delete_returns_object=True,
    fields=_IN_NAMESPACE,
)
CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap", namespaced=True, fields=_IN_NAMESPACE)
SECRETS = Resource(
    "", "v1", "secrets", "Secret", namespaced=True, fields={**_IN_NAMESPACE, "type": ""}
)
DAEMONSETS = Resource(
    "apps",
    "v1",
    "daemonsets",
    "DaemonSet",
    namespaced=True,
    subresources=frozenset({"status"}),
    has_generation=True,
    fields=_IN_NAMESPACE,
)
DEPLOYMENTS = Resource(
    "apps",
    "v1",
    "deployments",
    "Deployment",
    namespaced=True,
    subresources=frozenset({"status"}),
    has_generation=True,
    fields=_IN_NAMESPACE,
)
REPLICASETS = Resource(
    "apps",
    "v1",
    "replicasets",
    "ReplicaSet",
    namespaced=True,
    subresources=frozenset({"status"}),
    has_generation=True,
    fields=_IN_NAMESPACE,
)
BUDGETS = Resource(
    "policy",
    "v1",
    "poddisruptionbudgets",
    "PodDisruptionBudget",
    namespaced=True,
    subresources=frozenset({"status"}),
    has_generation=True,
    unconditional_update=False,
    fields=_IN_NAMESPACE,
)
LEASES = Resource(
    "coordination.k8s.io",
    "v1",
    "leases",
    "Lease",
    namespaced=True,
    unconditional_update=False,
    fields=_IN_NAMESPACE,
)
VOLUME_ATTACHMENTS = Resource(
    "storage.k8s.io",
    "v1",
    "volumeattachments",
    "VolumeAttachment",
    namespaced=False,
    subresources=frozenset({"status"}),
    fields=_NAMED,
)
NEW_EVENTS = Resource(
    "events.k8s.io",
    "v1",
    "events",
    "Event",
    namespaced=True,
    fields=_EVENT_FIELDS,
    stored_as="events",
)

SERVED: tuple[Resource, ...] = (
    NODES,
    PODS,
    NAMESPACES,
    EVENTS,
    CLAIMS,
    CONFIG_MAPS,
    SECRETS,
    DAEMONSETS,
    DEPLOYMENTS,
    REPLICASETS,
    BUDGETS,
    LEASES,
    VOLUME_ATTACHMENTS,
    NEW_EVENTS,
)
BY_PATH = {(r.group, r.version, r.plural): r for r in SERVED}
BY_KIND = {(r.api_version, r.kind): r for r in SERVED}
