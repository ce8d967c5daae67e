"""What a real server adds to an object it is given: defaults, and fields that are always present.

Sources: k8s.io/kubernetes/pkg/apis/{core,apps,policy}/v1/defaults.go, the admission plugins
DefaultTolerationSeconds and Priority, and Go's habit of writing fields without omitempty.
"""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.kube.json import JsonObject

_NODE_INFO = (
    "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion",
    "kubeletVersion", "kubeProxyVersion", "operatingSystem", "architecture",
)  # fmt: skip
PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The priority classes every cluster has (the admission plugin Priority)."""
_NO_EXECUTE_SECONDS = 300
"""How long pods stay on a lost node (DefaultTolerationSeconds)."""


def _default_node(node: JsonObject) -> None:
    spec = _part(node, "spec")
    _omit_empty(spec, "unschedulable", "taints")
    status = _part(node, "status")
    _part(_part(status, "daemonEndpoints"), "kubeletEndpoint").setdefault("Port", 0)
    info = _part(status, "nodeInfo")
    for field in _NODE_INFO:
        info.setdefault(field, "")


def _default_pod(pod: JsonObject) -> None:
    spec = _part(pod, "spec")
    _default_pod_spec(spec)
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    spec.setdefault("priority", PRIORITIES.get(spec.get("priorityClassName", ""), 0))
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    _tolerate_lost_nodes(spec)
    status = _part(pod, "status")
    status.setdefault("phase", "Pending")
    status.setdefault("qosClass", _quality(spec))
    for condition in status.get("conditions") or []:
        condition.setdefault("lastProbeTime", None)
        condition.setdefault("lastTransitionTime", None)


def _default_pod_spec(spec: JsonObject) -> None:
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        container.setdefault("imagePullPolicy", _pull_policy(container.get("image", "")))
        for port in container.get("ports") or []:
            port.setdefault("protocol", "TCP")
    for volume in spec.get("volumes") or []:
        if not volume.keys() - {"name"}:
            volume["emptyDir"] = {}
        for source, field, value in _VOLUME_DEFAULTS:
            if source in volume and isinstance(volume[source], dict):
                volume[source].setdefault(field, value)


_VOLUME_DEFAULTS = (
    ("configMap", "defaultMode", 0o644),
    ("secret", "defaultMode", 0o644),
    ("projected", "defaultMode", 0o644),
    ("downwardAPI", "defaultMode", 0o644),
    ("hostPath", "type", ""),
)


def _pull_policy(image: str) -> str:
    """Always for the tag latest and for no tag at all."""
    if "@" in image:
        return "IfNotPresent"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _tolerate_lost_nodes(spec: JsonObject) -> None:
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(_tolerates(toleration, key) for toleration in tolerations):
            tolerations.append(
                {
                    "key": key,
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": _NO_EXECUTE_SECONDS,
                }
            )


def _tolerates(toleration: JsonObject, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in (
        "",
        "NoExecute",
    )


def _quality(spec: JsonObject) -> str:
    """The QoS class, from the requests and limits of cpu and memory."""
    resources = [c.get("resources") or {} for c in spec.get("containers") or []]
    if not any(r.get("requests") or r.get("limits") for r in resources):
        return "BestEffort"
    for found in resources:
        limits, requests = found.get("limits") or {}, found.get("requests") or {}
        for name in ("cpu", "memory"):
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                return "Burstable"
    return "Guaranteed"


def _default_workload(workload: JsonObject) -> None:
    template = _part(_part(workload, "spec"), "template")
    _part(template, "metadata")
    _default_pod_spec(_part(template, "spec"))


def _default_daemonset(daemonset: JsonObject) -> None:
    _default_workload(daemonset)
    spec = daemonset["spec"]
    _part(daemonset["metadata"], "annotations").setdefault(
        "deprecated.daemonset.template.generation", "1"
    )
    strategy = spec.setdefault("updateStrategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)
    status = _part(daemonset, "status")
    for field in (
        "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
    ):  # fmt: skip
        status.setdefault(field, 0)
    _omit_empty(
        status, "observedGeneration", "updatedNumberScheduled", "numberAvailable",
        "numberUnavailable",
    )  # fmt: skip


def _default_deployment(deployment: JsonObject) -> None:
    _default_workload(deployment)
    spec = deployment["spec"]
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    _omit_empty(
        _part(deployment, "status"), "observedGeneration", "replicas", "updatedReplicas",
        "readyReplicas", "availableReplicas", "unavailableReplicas",
    )  # fmt: skip


def _default_replicaset(replicaset: JsonObject) -> None:
    _default_workload(replicaset)
    replicaset["spec"].setdefault("replicas", 1)
    status = _part(replicaset, "status")
    status.setdefault("replicas", 0)
    _omit_empty(
        status, "observedGeneration", "fullyLabeledReplicas", "readyReplicas", "availableReplicas"
    )


def _default_budget(budget: JsonObject) -> None:
    _part(budget, "spec")
    status = _part(budget, "status")
    for field in ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"):
        status.setdefault(field, 0)
    _omit_empty(status, "observedGeneration", "disruptedPods")


def _default_namespace(namespace: JsonObject) -> None:
    metadata = namespace["metadata"]
    if "name" in metadata:
        _part(metadata, "labels").setdefault("kubernetes.io/metadata.name", metadata["name"])
    _part(namespace, "spec").setdefault("finalizers", ["kubernetes"])
    _part(namespace, "status").setdefault("phase", "Active")


def _default_event(event: JsonObject) -> None:
    event.setdefault("source", {})
    for field in ("firstTimestamp", "lastTimestamp", "eventTime"):
        event.setdefault(field, None)
    for field in ("reportingComponent", "reportingInstance"):
        event.setdefault(field, "")


def _default_secret(secret: JsonObject) -> None:
    secret.setdefault("type", "Opaque")


def _default_claim(claim: JsonObject) -> None:
    _part(claim, "spec").setdefault("volumeMode", "Filesystem")
    _part(claim, "status").setdefault("phase", "Pending")


def _default_attachment(attachment: JsonObject) -> None:
    _part(attachment, "status").setdefault("attached", False)


_DEFAULTERS: dict[str, Callable[[JsonObject], None]] = {
    "nodes": _default_node,
    "pods": _default_pod,
    "daemonsets": _default_daemonset,
    "deployments": _default_deployment,
    "replicasets": _default_replicaset,
    "poddisruptionbudgets": _default_budget,
    "namespaces": _default_namespace,
    "events": _default_event,
    "persistentvolumeclaims": _default_claim,
    "secrets": _default_secret,
    "volumeattachments": _default_attachment,
}


def apply_defaults(plural: str, body: JsonObject) -> None:
    """Complete an object in place. Doing it again changes nothing."""
    _omit_empty(body["metadata"], "labels", "annotations", "finalizers", "ownerReferences")
    default = _DEFAULTERS.get(plural)
    if default is not None:
        default(body)


def _part(body: JsonObject, name: str) -> JsonObject:
    """A nested object, made when it is missing."""
    part = body.get(name)
    if not isinstance(part, dict):
        part = body[name] = {}
    return part


def _omit_empty(part: JsonObject, *names: str) -> None:
    """What Go's `omitempty` leaves out."""
    for name in names:
        if name in part and not part[name]:
            del part[name]
