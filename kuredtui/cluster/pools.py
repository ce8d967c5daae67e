"""Which pool a node belongs to: the label that its cloud or its autoscaler puts on it."""

from __future__ import annotations

from collections.abc import Mapping

NO_POOL = "-"

# The first that is there wins. AKS writes its own and the short one; the others are EKS managed node
# groups, eksctl, GKE, Karpenter, DigitalOcean, Oracle, OpenStack Magnum and Cluster API, each as its
# documentation gives it.
POOL_LABELS = (
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "cloud.google.com/gke-nodepool",
    "karpenter.sh/nodepool",
    "doks.digitalocean.com/node-pool",
    "oci.oraclecloud.com/node-pool-name",
    "magnum.openstack.org/nodegroup",
    "topology.cluster.x-k8s.io/deployment-name",
)


def pool(labels: Mapping[str, str]) -> str:
    """The node's pool; `-` when no label names one."""
    return next((labels[label] for label in POOL_LABELS if labels.get(label)), NO_POOL)
