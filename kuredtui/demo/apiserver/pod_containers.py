"""Which container of a pod a log or an exec is for, and the errors on the way to its kubelet."""

from __future__ import annotations

from kuredtui.demo.apiserver.failures import Failure, not_found
from kuredtui.demo.apiserver.requests import Target
from kuredtui.demo.apiserver.resources import NODES, PODS
from kuredtui.demo.apiserver.store import Store
from kuredtui.kube.json import JsonObject

_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def pod_of(store: Store, target: Target) -> JsonObject:
    """The pod that a request names; 404 without one."""
    entry = store.collection(PODS).entries.get(target.key)
    if entry is None:
        raise not_found(PODS, target.name)
    return entry.decode()


def container_of(pod: JsonObject, wanted: str) -> str:
    """The container's name; 400 where it is not clear, or not there (podutils.ValidateContainer)."""
    metadata, spec = pod["metadata"], pod["spec"]
    names = [container["name"] for container in spec["containers"]]
    usual = (metadata.get("annotations") or {}).get(_DEFAULT_CONTAINER, "")
    name = wanted or (usual if usual in names else "") or (names[0] if len(names) == 1 else "")
    if not name:
        listed = " ".join(names)
        raise Failure(
            400,
            f"a container name must be specified for pod {metadata['name']}, choose one of: [{listed}]",
        )
    if name not in names:
        raise Failure(400, f"container {name} is not valid for pod {metadata['name']}")
    return str(name)


def no_kubelet(store: Store, node: str) -> Failure:
    """Nobody answers at any of the node's addresses."""
    entry = store.collection(NODES).entries.get(node)
    if entry is None:
        return not_found(NODES, node)
    addresses = entry.decode().get("status", {}).get("addresses") or []
    known = " ".join(f"{{{item['type']} {item['address']}}}" for item in addresses)
    why = f"no preferred addresses found; known addresses: [{known}]"
    return Failure(500, why, reason="")
