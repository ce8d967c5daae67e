"""kured's DaemonSet, as its Helm chart installs it: what carries the lock.

The pods are there, the daemon in them is not: nobody looks at the sentinel and reboots by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from kuredtui.kube.json import JsonObject

NAME = "kured"
NAMESPACE = "kube-system"
LOCK_ANNOTATION = "weave.works/kured-node-lock"
_VERSION = "1.20.0"


def kured_daemonset(
    *, namespace: str = NAMESPACE, node_selector: Mapping[str, str] | None = None
) -> JsonObject:
    """The DaemonSet of kured's chart, with one lock and annotated nodes; not locked.

    Args:
        namespace: where it lives.
        node_selector: on which nodes, besides Linux.
    """
    labels = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "name": NAME,
            "namespace": namespace,
            "labels": {**labels, "app.kubernetes.io/version": _VERSION},
        },
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostPID": True,
                    "restartPolicy": "Always",
                    "priorityClassName": "system-node-critical",
                    "nodeSelector": {"kubernetes.io/os": "linux", **(node_selector or {})},
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [_container(namespace)],
                    "volumes": [
                        {"name": "sentinel", "hostPath": {"path": "/var/run", "type": "Directory"}}
                    ],
                },
            },
        },
    }


def _container(namespace: str) -> JsonObject:
    return {
        "name": NAME,
        "image": f"ghcr.io/kubereboot/kured:{_VERSION}",
        "imagePullPolicy": "IfNotPresent",
        "command": ["/usr/bin/kured"],
        "args": [
            f"--ds-name={NAME}",
            f"--ds-namespace={namespace}",
            "--metrics-port=8080",
            "--period=1h0m0s",
            "--reboot-sentinel=/sentinel/reboot-required",
            "--reboot-command=/bin/systemctl reboot",
            "--concurrency=1",
            "--annotate-nodes=true",
        ],
        "env": [
            {"name": "KURED_NODE_ID", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
        ],
        "ports": [{"name": "metrics", "containerPort": 8080}],
        "securityContext": {"privileged": True, "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "sentinel", "mountPath": "/sentinel", "readOnly": True}],
    }
