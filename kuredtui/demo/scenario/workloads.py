"""What runs in the AKS-like cluster: a small shop, its monitoring, and what AKS brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kuredtui.demo.kubelet import controls
from kuredtui.demo.scenario.pools import SPOTS, SYSTEM, USER
from kuredtui.kube.json import JsonObject

_MCR = "mcr.microsoft.com/oss/kubernetes"
_SHOP = "shopprod.azurecr.io"
_SPOT_KEY = "kubernetes.azure.com/scalesetpriority"


@dataclass(frozen=True, kw_only=True)
class App:
    """A Deployment, and the budget over its pods.

    Attributes:
        namespace: where it lives.
        name: of the Deployment, the budget, and the label `app` of its pods.
        image: of its one container.
        replicas: how many pods, in a cluster of ten nodes.
        pool: where its pods run; "": anywhere.
        budget: `minAvailable` or `maxUnavailable`; None: no budget.
        ready_seconds: how long a new pod takes to be ready.
        stop_seconds: how long a pod takes to end.
        empty_dir: whether its pods have an `emptyDir`, which a drain throws away.
        nodes: numbers of the nodes of its pool where its first pods run, to set the scene.
    """

    namespace: str
    name: str
    image: str
    replicas: int
    pool: str = USER.name
    budget: Mapping[str, int | str] | None = None
    ready_seconds: float = 8.0
    stop_seconds: float = 3.0
    empty_dir: bool = False
    nodes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A DaemonSet on all nodes."""

    namespace: str
    name: str
    image: str
    labels: Mapping[str, str] = field(default_factory=dict)


APPS = (
    App(
        namespace="kube-system",
        name="coredns",
        image=f"{_MCR}/coredns:v1.12.1-3",
        replicas=2,
        pool=SYSTEM.name,
        budget={"minAvailable": 1},
    ),
    App(
        namespace="kube-system",
        name="konnectivity-agent",
        image=f"{_MCR}/apiserver-network-proxy/agent:v0.31.4-2",
        replicas=2,
        pool=SYSTEM.name,
        budget={"minAvailable": 1},
    ),
    App(
        namespace="kube-system",
        name="metrics-server",
        image=f"{_MCR}/metrics-server:v0.7.2-6",
        replicas=2,
        pool=SYSTEM.name,
        budget={"minAvailable": 1},
        ready_seconds=20,
    ),
    App(
        namespace="ingress-nginx",
        name="ingress-nginx-controller",
        image=f"{_MCR}/ingress/nginx-ingress-controller:v1.13.2",
        replicas=2,
        budget={"minAvailable": 1},
        ready_seconds=12,
        stop_seconds=15,
    ),
    App(
        namespace="monitoring",
        name="prometheus",
        image="quay.io/prometheus/prometheus:v3.5.0",
        replicas=1,
        ready_seconds=25,
        stop_seconds=8,
        empty_dir=True,
        nodes=(3,),
    ),
    App(
        namespace="monitoring",
        name="grafana",
        image="docker.io/grafana/grafana:12.2.0",
        replicas=1,
    ),
    App(
        namespace="shop",
        name="frontend",
        image=f"{_SHOP}/frontend:2025.11.2",
        replicas=4,
        budget={"maxUnavailable": 1},
        stop_seconds=10,
    ),
    App(
        namespace="shop",
        name="catalog",
        image=f"{_SHOP}/catalog:2025.11.1",
        replicas=3,
        budget={"minAvailable": "50%"},
    ),
    App(
        namespace="shop",
        name="checkout",
        image=f"{_SHOP}/checkout:2025.10.7",
        replicas=3,
        budget={"maxUnavailable": 1},
        ready_seconds=30,
        stop_seconds=20,
    ),
    App(
        namespace="shop",
        name="cart",
        image=f"{_SHOP}/cart:2025.11.2",
        replicas=2,
        empty_dir=True,
    ),
    App(
        # A budget as wide as its pods are many: every drain of their nodes waits for ever.
        namespace="shop",
        name="payments",
        image=f"{_SHOP}/payments:2025.9.4",
        replicas=2,
        budget={"minAvailable": 2},
        nodes=(1, 2),
    ),
    App(
        namespace="batch",
        name="image-renderer",
        image=f"{_SHOP}/image-renderer:1.18.0",
        replicas=3,
        pool=SPOTS.name,
        stop_seconds=25,
    ),
)
AGENTS = (
    Agent(namespace="kube-system", name="kube-proxy", image=f"{_MCR}/kube-proxy:v1.33.5"),
    Agent(
        namespace="kube-system",
        name="azure-cns",
        image="mcr.microsoft.com/oss/azure/container-networking/azure-cns:v1.7.3",
    ),
    Agent(
        namespace="kube-system",
        name="csi-azuredisk-node",
        image="mcr.microsoft.com/oss/kubernetes-csi/azuredisk-csi:v1.33.4",
    ),
    Agent(
        namespace="monitoring",
        name="node-exporter",
        image="quay.io/prometheus/node-exporter:v1.9.1",
    ),
)


def deployment(app: App, *, replicas: int) -> JsonObject:
    """The Deployment of an app."""
    labels = {"app": app.name}
    spec: JsonObject = {
        "containers": [
            {
                "name": app.name,
                "image": app.image,
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
            }
        ],
        "nodeSelector": {"kubernetes.azure.com/agentpool": app.pool} if app.pool else {},
        "tolerations": _tolerations(app.pool),
    }
    if app.empty_dir:
        spec["volumes"] = [{"name": "data", "emptyDir": {}}]
        spec["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    annotations = {
        controls.READY_SECONDS: f"{app.ready_seconds:g}",
        controls.STOP_SECONDS: f"{app.stop_seconds:g}",
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": app.name, "namespace": app.namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": spec},
        },
    }


def budget(app: App) -> JsonObject:
    """The budget of an app that has one."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": app.name, "namespace": app.namespace},
        "spec": {"selector": {"matchLabels": {"app": app.name}}, **(app.budget or {})},
    }


def daemonset(agent: Agent) -> JsonObject:
    """The DaemonSet of an agent, on every node whatever its taints."""
    labels = {"app": agent.name}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": agent.name, "namespace": agent.namespace, "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostNetwork": True,
                    "priorityClassName": "system-node-critical",
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [{"name": agent.name, "image": agent.image}],
                },
            },
        },
    }


def _tolerations(pool: str) -> list[JsonObject]:
    if pool == SYSTEM.name:
        return [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    if pool == SPOTS.name:
        return [{"key": _SPOT_KEY, "operator": "Equal", "value": "spot", "effect": "NoSchedule"}]
    return []
