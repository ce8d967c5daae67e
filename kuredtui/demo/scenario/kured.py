"""The kureds a cluster may have: as the Helm chart installs it, as the plain manifest does, or none.

The bodies are those of kured 1.23.0: its chart 6.1.0 (kubereboot/charts, charts/kured), installed as
in Microsoft's article on AKS ("my-release" in a namespace "kured"), and its `kured-ds.yaml`. Both
here tolerate all taints, as an operator sets them where every node should be patched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from kuredtui.kube.json import JsonObject

LOCK_ANNOTATION = "weave.works/kured-node-lock"
GHOST = "aks-user-99999999-vmss00000z"
"""The holder of a ghost's lock: no node has this name."""
_VERSION = "1.23.0"
_CHART = "kured-6.1.0"
_RELEASE = "my-release"
_GHOST_CREATED = "2025-11-02T03:14:15.926535Z"

Form = Literal["helm", "manifest"]
KuredFlavour = Literal["helm", "manifest", "none", "paused", "ghost"]


@dataclass(frozen=True, kw_only=True)
class KuredSetup:
    """One kured.

    Attributes:
        form: whose DaemonSet it is.
        name, namespace: where it is.
        period: how often each daemon looks; long by default, so that the person at the console, or
            the test, does the rebooting.
        concurrency: how many nodes at a time.
        annotate: whether nodes are annotated.
        more: more flags, by name.
        holders: who holds the lock at the start.
        node_selector: on which nodes, besides Linux.
    """

    form: Form = "helm"
    name: str = f"{_RELEASE}-kured"
    namespace: str = "kured"
    period: str = "24h"
    concurrency: int = 1
    annotate: bool = True
    more: Mapping[str, str] | None = None
    holders: tuple[str, ...] = ()
    node_selector: Mapping[str, str] | None = None


HELM = KuredSetup()
MANIFEST = KuredSetup(form="manifest", name="kured", namespace="kube-system")


def kured_setup(flavour: KuredFlavour, *, usual: KuredSetup) -> KuredSetup | None:
    """A kured by the name of its flavour.

    Args:
        flavour: `paused` and `ghost` are the usual one with a lock that an operator, or a node that
            is gone, holds.
        usual: the scenario's own.
    """
    match flavour:
        case "helm":
            return HELM
        case "manifest":
            return MANIFEST
        case "paused":
            return replace(usual, holders=("manual",) * usual.concurrency)
        case "ghost":
            return replace(usual, holders=(GHOST,))
        case _:
            return None


def kured_daemonset(setup: KuredSetup) -> JsonObject:
    """Its DaemonSet."""
    labels = _labels(setup)
    selector = {k: v for k, v in labels.items() if not k.startswith("helm.sh/")}
    selector.pop("app.kubernetes.io/managed-by", None)
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "name": setup.name,
            "namespace": setup.namespace,
            "labels": labels if setup.form == "helm" else {},
            "annotations": _annotations(setup),
        },
        "spec": {
            "selector": {"matchLabels": selector},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostPID": True,
                    "restartPolicy": "Always",
                    "nodeSelector": {"kubernetes.io/os": "linux", **(setup.node_selector or {})},
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [_container(setup)],
                    "volumes": [
                        {"name": "sentinel", "hostPath": {"path": "/var/run", "type": "Directory"}}
                    ],
                },
            },
        },
    }


def _labels(setup: KuredSetup) -> dict[str, str]:
    if setup.form == "manifest":
        return {"name": "kured"}
    return {
        "app.kubernetes.io/name": "kured",
        "app.kubernetes.io/instance": _RELEASE,
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": _CHART,
    }


def _container(setup: KuredSetup) -> JsonObject:
    flags = [f"--{name}={value}" for name, value in _flags(setup).items()]
    if setup.form == "helm":
        program: JsonObject = {"command": ["/usr/bin/kured"], "args": flags}
    else:
        program = {"command": ["/usr/bin/kured", *flags]}
    return {
        "name": "kured",
        "image": f"ghcr.io/kubereboot/kured:{_VERSION}",
        "imagePullPolicy": "IfNotPresent",
        **program,
        "env": [
            {"name": "KURED_NODE_ID", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
        ],
        "ports": [{"name": "metrics", "containerPort": 8080}],
        "securityContext": {"privileged": True, "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "sentinel", "mountPath": "/sentinel", "readOnly": True}],
    }


def _flags(setup: KuredSetup) -> dict[str, str]:
    return {
        "ds-name": setup.name,
        "ds-namespace": setup.namespace,
        "metrics-port": "8080",
        "period": setup.period,
        "reboot-sentinel": "/sentinel/reboot-required",
        "reboot-command": "/bin/systemctl reboot",
        "annotate-nodes": str(setup.annotate).lower(),
        "concurrency": str(setup.concurrency),
        **(setup.more or {}),
    }


def _annotations(setup: KuredSetup) -> dict[str, str]:
    if not setup.holders:
        return {}
    entries = [_entry(holder) for holder in setup.holders]
    multiple = {"maxOwners": setup.concurrency, "locks": entries}
    value = multiple if setup.concurrency > 1 else entries[0]
    return {LOCK_ANNOTATION: msgspec.json.encode(value).decode()}


def _entry(holder: str) -> JsonObject:
    """An operator's entry holds a name and nothing else (kured's documentation)."""
    if holder == "manual":
        return {"nodeID": holder}
    return {
        "nodeID": holder,
        "metadata": {"unschedulable": False},
        "created": _GHOST_CREATED,
        "TTL": 0,
    }
