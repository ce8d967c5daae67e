"""Node objects as AKS makes them: the labels, images, conditions and addresses of a real one.

About 13 KB each, like real ones, so that what is fast here is fast there. Everything but the times
follows from the blueprint: the same one gives the same node. Addresses are loopback addresses
alone, since API servers and curious people connect to what a node says.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from typing import Literal

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.conditions import kubelet_conditions, problem_conditions
from kuredtui.demo.kubelet.images import images
from kuredtui.demo.pace import stamp
from kuredtui.kube.json import JsonObject

LEASE_SECONDS = 40
_REGION = "westeurope"
_CLUSTER = "aks-shop-prod"
_RESOURCE_GROUP = "rg-shop-prod"
_NAMESPACE = uuid.UUID("6b1f5b0e-6f0c-4d56-9c5a-6f1d7f0b7a11")  # of name-based UUIDs, arbitrary
_EVERYWHERE = (
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    controls.INSTANCE,
)
"""Labels that a kubelet sets without a cloud."""
_MACHINE_OFFSET = 256  # the first address of a node is 127.64.1.0


@dataclass(frozen=True, kw_only=True)
class NodeBlueprint:
    """What makes one node differ from another.

    Attributes:
        name: of the node.
        index: its number among all nodes of the cluster, from which its addresses follow.
        instance: which kubelets look after it (label `demo.kuredtui.io/kubelets`).
        platform: who made it: AKS, or somebody with kubeadm.
        pool: its agent pool.
        mode: the pool's mode, `system` or `user`.
        kernel: what it runs.
        node_image: the node image's version without the `AKSUbuntu-2204gen2containerd-` in front.
        kubelet: the kubelet's version.
        vm_size: the machine's type.
        cpus: of the machine.
        zone: number of its availability zone.
        taints: as in `spec.taints`.
        labels: more labels.
        annotations: more annotations.
    """

    name: str
    index: int
    instance: str
    platform: Literal["aks", "kubeadm"] = "aks"
    pool: str = "nodepool1"
    mode: str = "user"
    kernel: str = "5.15.0-1096-azure"
    node_image: str = "202510.19.1"
    kubelet: str = "v1.33.5"
    vm_size: str = "Standard_D4s_v5"
    cpus: int = 4
    zone: int = 1
    taints: tuple[tuple[str, str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()


def node_object(blueprint: NodeBlueprint, *, created_at: float, now: float) -> JsonObject:
    """The whole Node, ready to be created or seeded.

    Args:
        blueprint: which one.
        created_at: Unix time since when it is ready (and, when it is seeded, exists).
        now: Unix time of its last report.
    """
    metadata = {
        "name": blueprint.name,
        "creationTimestamp": stamp(created_at),
        "labels": _labels(blueprint),
        "annotations": {
            "csi.volume.kubernetes.io/nodeid": (
                f'{{"disk.csi.azure.com":"{blueprint.name}","file.csi.azure.com":"{blueprint.name}"}}'
            ),
            "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            **dict(blueprint.annotations),
        },
    }
    spec: JsonObject = {"providerID": _provider_id(blueprint)}
    if blueprint.taints:
        spec["taints"] = [
            {"key": key, "value": value, "effect": effect}
            if value
            else {"key": key, "effect": effect}
            for key, value, effect in blueprint.taints
        ]
    node: JsonObject = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata,
        "spec": spec,
        "status": _status(blueprint, created_at=created_at, now=now),
    }
    return _as_kubeadm(node, blueprint) if blueprint.platform == "kubeadm" else node


def _as_kubeadm(node: JsonObject, blueprint: NodeBlueprint) -> JsonObject:
    """The node without what a cloud adds to it: a Debian machine that joined by kubeadm."""
    metadata, given = node["metadata"], dict(blueprint.labels)
    metadata["labels"] = {
        key: value
        for key, value in metadata["labels"].items()
        if key in _EVERYWHERE or key in given
    }
    metadata["annotations"] = {
        "kubeadm.alpha.kubernetes.io/cri-socket": "unix:///run/containerd/containerd.sock",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        **dict(blueprint.annotations),
    }
    del node["spec"]["providerID"]
    node["status"]["nodeInfo"]["osImage"] = "Debian GNU/Linux 12 (bookworm)"
    return node


def machine_address(index: int) -> str:
    """A machine's own loopback address: 127.64.0.0/10 holds four million."""
    return _loopback(64, _MACHINE_OFFSET + index)


def pod_address(index: int) -> str:
    """A pod's loopback address, by a number of its own; they repeat after four million."""
    return _loopback(128, 1 + index)


def derived_id(*parts: object) -> str:
    """A UUID that follows from the parts."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def _loopback(second: int, number: int) -> str:
    high, low = divmod(number % (1 << 22), 256)
    third = high % 256
    return f"127.{second + high // 256}.{third}.{low}"


def _labels(blueprint: NodeBlueprint) -> dict[str, str]:
    group = f"MC_{_RESOURCE_GROUP}_{_CLUSTER}_{_REGION}"
    zone = f"{_REGION}-{blueprint.zone}"
    labels = {
        "agentpool": blueprint.pool,
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/instance-type": blueprint.vm_size,
        "beta.kubernetes.io/os": "linux",
        "failure-domain.beta.kubernetes.io/region": _REGION,
        "failure-domain.beta.kubernetes.io/zone": zone,
        "kubernetes.azure.com/agentpool": blueprint.pool,
        "kubernetes.azure.com/cluster": group,
        "kubernetes.azure.com/kubelet-identity-client-id": derived_id(_CLUSTER, "kubelet"),
        "kubernetes.azure.com/mode": blueprint.mode,
        "kubernetes.azure.com/network-policy": "cilium",
        "kubernetes.azure.com/node-image-version": (
            f"AKSUbuntu-2204gen2containerd-{blueprint.node_image}"
        ),
        "kubernetes.azure.com/nodepool-type": "VirtualMachineScaleSets",
        "kubernetes.azure.com/os-sku": "Ubuntu",
        "kubernetes.azure.com/podnetwork-type": "overlay",
        "kubernetes.azure.com/role": "agent",
        "kubernetes.azure.com/storageprofile": "managed",
        "kubernetes.azure.com/storagetier": "Premium_LRS",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": blueprint.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/role": "agent",
        "node-role.kubernetes.io/agent": "",
        "node.kubernetes.io/instance-type": blueprint.vm_size,
        "storageprofile": "managed",
        "storagetier": "Premium_LRS",
        "topology.disk.csi.azure.com/zone": zone,
        "topology.kubernetes.io/region": _REGION,
        "topology.kubernetes.io/zone": zone,
        controls.INSTANCE: blueprint.instance,
    }
    return labels | dict(blueprint.labels)


def _status(blueprint: NodeBlueprint, *, created_at: float, now: float) -> JsonObject:
    memory = blueprint.cpus * 4 * 1024 * 1024
    return {
        "addresses": [
            {"type": "InternalIP", "address": machine_address(blueprint.index)},
            {"type": "Hostname", "address": blueprint.name},
        ],
        "capacity": _resources(blueprint.cpus * 1000, memory),
        "allocatable": _resources(blueprint.cpus * 1000 - 140, memory - 2_200_000),
        "conditions": [
            *problem_conditions(heartbeat=now, since=created_at),
            *kubelet_conditions("ready", heartbeat=now, since=created_at),
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": derived_id(blueprint.name, "machine").replace("-", ""),
            "systemUUID": derived_id(blueprint.name, "system"),
            "bootID": derived_id(blueprint.name, "boot", created_at),
            "kernelVersion": blueprint.kernel,
            "osImage": "Ubuntu 22.04.5 LTS",
            "containerRuntimeVersion": "containerd://1.7.28-1",
            "kubeletVersion": blueprint.kubelet,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
        "images": _images(),
    }


@functools.cache
def _images() -> list[JsonObject]:
    """Shared by all nodes: nobody changes it, and 5,000 copies would be 40 MB."""
    return images()


def _resources(milli_cpus: int, memory_kib: int) -> dict[str, str]:
    return {
        "cpu": f"{milli_cpus}m" if milli_cpus % 1000 else str(milli_cpus // 1000),
        "ephemeral-storage": "129886128Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{memory_kib}Ki",
        "pods": "110",
    }


def _provider_id(blueprint: NodeBlueprint) -> str:
    scale_set, _, instance = blueprint.name.partition("-vmss")
    number = int(instance, 36) if instance.isalnum() else blueprint.index
    group = f"mc_{_RESOURCE_GROUP}_{_CLUSTER}_{_REGION}"
    return (
        f"azure:///subscriptions/{derived_id('subscription')}/resourceGroups/{group}/providers/"
        f"Microsoft.Compute/virtualMachineScaleSets/{scale_set}-vmss/virtualMachines/{number}"
    )
