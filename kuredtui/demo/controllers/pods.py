"""What all controllers ask about pods, and an index to find them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kuredtui.demo.controllers.wire import ManagedPod, Workload
from kuredtui.demo.informer import Informer, key_of
from kuredtui.kube.json import JsonObject
from kuredtui.kube.types import LabelSelector, ObjectMeta, OwnerReference

_FINISHED = ("Succeeded", "Failed")


def controller_of(metadata: ObjectMeta) -> OwnerReference | None:
    """The owner that manages an object, if one does."""
    return next((owner for owner in metadata.owner_references if owner.controller), None)


def is_finished(pod: ManagedPod) -> bool:
    """Whether its containers have ended for good."""
    return pod.status.phase in _FINISHED


def is_active(pod: ManagedPod) -> bool:
    """Whether a ReplicaSet counts it: neither finished nor on its way out."""
    return not is_finished(pod) and pod.metadata.deletion_timestamp is None


def is_ready(pod: ManagedPod) -> bool:
    """Whether it serves."""
    return any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions)


def selects(selector: LabelSelector | None, labels: dict[str, str]) -> bool:
    """Whether a LabelSelector matches: none matches nothing, an empty one everything."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in selector.match_labels.items()):
        return False
    for expression in selector.match_expressions:
        value = labels.get(expression.key)
        match expression.operator:
            case "In":
                holds = value in expression.values
            case "NotIn":
                holds = value not in expression.values
            case "Exists":
                holds = value is not None
            case _:
                holds = value is None
        if not holds:
            return False
    return True


def owned_pod(owner: Workload, *, kind: str, labels: dict[str, str] | None = None) -> JsonObject:
    """A pod made from the template of a workload, owned by it."""
    template = owner.spec.template
    metadata = template.get("metadata") or {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **metadata,
            "namespace": owner.metadata.namespace,
            "generateName": f"{owner.metadata.name}-",
            "labels": {**(metadata.get("labels") or {}), **(labels or {})},
            "ownerReferences": [owner_reference(owner.metadata, kind=kind)],
        },
        "spec": dict(template.get("spec") or {}),
    }


def owner_reference(metadata: ObjectMeta, *, kind: str) -> JsonObject:
    """How an object of apps/v1 is named as the controller of another one."""
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": metadata.name,
        "uid": metadata.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


class PodIndex:
    """Finds pods by node, by controller and by namespace.

    Args:
        pods: all of them; the index keeps itself up to date.
    """

    def __init__(self, pods: Informer[ManagedPod]) -> None:
        self._pods = pods
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        pods.listeners.append(self._changed)

    def on_node(self, name: str) -> list[ManagedPod]:
        """The pods bound to a node."""
        return self._found("node", name)

    def of_controller(self, uid: str) -> list[ManagedPod]:
        """The pods that an object with this UID manages."""
        return self._found("controller", uid)

    def in_namespace(self, namespace: str) -> list[ManagedPod]:
        """The pods of a namespace."""
        return self._found("namespace", namespace)

    def count_on_node(self, name: str) -> int:
        """How many pods are bound to a node."""
        return len(self._by.get(("node", name), ()))

    def _found(self, what: str, name: str) -> list[ManagedPod]:
        return [self._pods.items[key] for key in sorted(self._by.get((what, name), ()))]

    def _changed(self, before: ManagedPod | None, after: ManagedPod | None) -> None:
        if before is not None:
            key = key_of(before)
            for place in _places(before):
                self._by[place].discard(key)
                if not self._by[place]:
                    del self._by[place]
        if after is not None:
            for place in _places(after):
                self._by[place].add(key_of(after))


def _places(pod: ManagedPod) -> Iterator[tuple[str, str]]:
    yield "namespace", pod.metadata.namespace
    if pod.spec.node_name:
        yield "node", pod.spec.node_name
    owner = controller_of(pod.metadata)
    if owner is not None:
        yield "controller", owner.uid
