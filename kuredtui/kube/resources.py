"""Which resources exist, where they live on the API server, and which struct reads them.

`dataclasses.replace(PODS, type=dict)` is the same resource read as plain JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

from kuredtui.kube import types

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[T_co]):
    """One kind of object of the API.

    Attributes:
        group: the API group, "" for the core one.
        version: the group's version, such as `v1`.
        plural: the name in the path, such as `nodes`.
        kind: the name in a body, such as `Node`.
        namespaced: whether its objects live in namespaces.
        type: what a body is decoded to: a struct of `kube.types`, or `dict` for plain JSON.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    type: type[T_co]

    @property
    def api_version(self) -> str:
        """As bodies spell it: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, *, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The path of the collection, or of one object, or of something below that object.

        Args:
            namespace: "" for all namespaces, or for a resource that has none.
            name: "" for the collection.
            subresource: such as `status` or `eviction`; needs a name.

        Raises:
            ValueError: the parts do not make a path (a name that is no path segment, an object of a
                namespaced resource without its namespace, ...).
        """
        if namespace and not self.namespaced:
            raise ValueError(f"{self.plural} have no namespace, but {namespace!r} was given")
        if name and self.namespaced and not namespace:
            raise ValueError(f"{self.plural} live in namespaces, but none was given for {name!r}")
        if subresource and not name:
            raise ValueError(f"{subresource!r} needs the name of one of the {self.plural}")
        parts = [f"/apis/{self.group}" if self.group else "/api", self.version]
        if namespace:
            parts += ["namespaces", _segment(namespace)]
        parts.append(self.plural)
        if name:
            parts.append(_segment(name))
        if subresource:
            parts.append(_segment(subresource))
        return "/".join(parts)


def _segment(text: str) -> str:
    """One segment of a path, encoded, under Kubernetes' rule for names in paths.

    The rule is `IsValidPathSegmentName` of k8s.io/apimachinery: neither `.` nor `..`, no `/`, no
    `%`.
    """
    if text in {".", ".."} or "/" in text or "%" in text:
        raise ValueError(f"{text!r} cannot be part of a path")
    return quote(text, safe=":")


def _core(plural: str, kind: str, type_: type[T], *, namespaced: bool = True) -> Resource[T]:
    return Resource(
        group="", version="v1", plural=plural, kind=kind, namespaced=namespaced, type=type_
    )


def _grouped(
    group: str, plural: str, kind: str, type_: type[T], *, namespaced: bool = True
) -> Resource[T]:
    return Resource(
        group=group, version="v1", plural=plural, kind=kind, namespaced=namespaced, type=type_
    )


NODES = _core("nodes", "Node", types.Node, namespaced=False)
PODS = _core("pods", "Pod", types.Pod)
PLACED_PODS = _core("pods", "Pod", types.PlacedPod)
NAMESPACES = _core("namespaces", "Namespace", types.Namespace, namespaced=False)
CONFIG_MAPS = _core("configmaps", "ConfigMap", types.ConfigMap)
EVENTS = _core("events", "Event", types.Event)
DAEMONSETS = _grouped("apps", "daemonsets", "DaemonSet", types.DaemonSet)
DEPLOYMENTS = _grouped("apps", "deployments", "Deployment", types.Deployment)
REPLICASETS = _grouped("apps", "replicasets", "ReplicaSet", types.ReplicaSet)
LEASES = _grouped("coordination.k8s.io", "leases", "Lease", types.Lease)
POD_DISRUPTION_BUDGETS = _grouped(
    "policy", "poddisruptionbudgets", "PodDisruptionBudget", types.PodDisruptionBudget
)
PERSISTENT_VOLUME_CLAIMS = _core(
    "persistentvolumeclaims", "PersistentVolumeClaim", types.PersistentVolumeClaim
)
VOLUME_ATTACHMENTS = _grouped(
    "storage.k8s.io",
    "volumeattachments",
    "VolumeAttachment",
    types.VolumeAttachment,
    namespaced=False,
)
