"""The images on a simulated node: half of a real node object's bytes.

The names are those of an AKS node's usual company; sizes are of the right order of magnitude.
"""

from __future__ import annotations

import hashlib

from kuredtui.kube.json import JsonObject

_MEGABYTE = 1_000_000
_REGISTRY = "mcr.microsoft.com"
_IMAGES = (
    ("oss/kubernetes/autoscaler/addon-resizer", "v1.8.23-2", 22),
    ("oss/kubernetes/autoscaler/cluster-proportional-autoscaler", "v1.9.0-2", 38),
    ("oss/kubernetes/kube-proxy", "v1.33.5", 78),
    ("oss/kubernetes/coredns", "v1.12.1-3", 72),
    ("oss/kubernetes/pause", "3.10", 1),
    ("oss/kubernetes/metrics-server", "v0.7.2-6", 70),
    ("oss/kubernetes/apiserver-network-proxy/agent", "v0.31.4-2", 31),
    ("oss/kubernetes/azure-cloud-node-manager", "v1.33.4", 74),
    ("oss/kubernetes/ingress/nginx-ingress-controller", "v1.13.2", 312),
    ("oss/kubernetes/kube-state-metrics", "v2.15.0-4", 45),
    ("oss/kubernetes-csi/azuredisk-csi", "v1.33.4", 128),
    ("oss/kubernetes-csi/azurefile-csi", "v1.33.4", 141),
    ("oss/kubernetes-csi/blob-csi", "v1.26.6", 196),
    ("oss/kubernetes-csi/csi-node-driver-registrar", "v2.13.0", 33),
    ("oss/kubernetes-csi/livenessprobe", "v2.15.0", 31),
    ("oss/kubernetes-csi/csi-snapshotter", "v8.2.0", 65),
    ("oss/v2/kubernetes-csi/secrets-store/driver", "v1.4.8", 112),
    ("oss/azure/secrets-store/provider-azure", "v1.7.0", 81),
    ("oss/azure/workload-identity/webhook", "v1.5.1", 40),
    ("oss/azure/container-networking/azure-cns", "v1.7.3", 169),
    ("oss/azure/container-networking/azure-cni", "v1.7.3", 187),
    ("oss/azure/container-networking/azure-ipam", "v0.4.0", 64),
    ("oss/azure/ip-masq-agent-v2", "v0.1.15", 63),
    ("oss/calico/node", "v3.29.3", 246),
    ("oss/calico/typha", "v3.29.3", 71),
    ("oss/cilium/cilium", "v1.17.6", 634),
    ("oss/open-policy-agent/gatekeeper", "v3.19.3", 74),
    ("azuremonitor/containerinsights/ciprod", "3.1.28", 892),
    ("azuremonitor/containerinsights/ciprod-prometheus", "6.21.1", 417),
    ("azure-policy/policy-kubernetes-addon-prod", "1.13.0", 118),
    ("azurelinux/base/core", "3.0", 81),
    ("aks/aks-node-ca-watcher", "static", 12),
    ("aks/hcp/hcp-tunnel-front", "master.250919.1", 161),
    ("aks/command/runtime", "master.250925.2", 538),
    ("dotnet/aspnet", "8.0-azurelinux3.0", 210),
)


def is_unobtainable(image: str) -> bool:
    """Whether nobody can pull this image: its registry's name is one that cannot exist (RFC 2606)."""
    return image.partition("/")[0].partition(":")[0].endswith(".invalid")


def images() -> list[JsonObject]:
    """`status.images`, largest first, as kubelets sort them."""
    return [
        {
            "names": [
                f"{_REGISTRY}/{name}@sha256:{hashlib.sha256(name.encode()).hexdigest()}",
                f"{_REGISTRY}/{name}:{tag}",
            ],
            "sizeBytes": size * _MEGABYTE + len(name) * 4_096 + len(tag),
        }
        for name, tag, size in sorted(_IMAGES, key=lambda image: -image[2])
    ]
