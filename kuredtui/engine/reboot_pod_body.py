"""What the reboot pod is made of (DESIGN 8).

A bare pod, bound to the node, that runs once. It is guarded: it compares the machine's boot id with the one
the operation began with and does nothing when they differ, so a kubelet that starts it a second time does
not reboot a second time.
"""

from __future__ import annotations

from kuredtui.cluster.kured import kured_container
from kuredtui.cluster.tool_image import TOOL_IMAGE
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.reboot_script import GUARD_VARIABLE, reboot_script
from kuredtui.kube.json import JsonObject

DEFAULT_NAMESPACE = "kube-system"


def reboot_namespace(place: LockPlace, options: EngineOptions) -> str:
    """Where the pod lives: as set, else where kured lives."""
    kureds = place.kured.metadata.namespace if place.kured else DEFAULT_NAMESPACE
    return options.reboot_namespace or kureds


def reboot_pod_body(
    *,
    name: str,
    node: str,
    boot_id: str,
    operation: str,
    place: LockPlace,
    options: EngineOptions,
) -> JsonObject:
    """The pod as it is created.

    Args:
        name: the pod's.
        node: the node to reboot.
        boot_id: the boot to end.
        operation: the operation's id.
        place: where the lock lives; the image and pull secrets of the kured there are used.
        options: how to reboot.
    """
    kured = kured_container(place.kured) if place.kured else None
    image = options.reboot_image or (kured.image if kured else TOOL_IMAGE)
    secrets = place.kured.spec.template.spec.image_pull_secrets if place.kured else []
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/name": "kuredtui-reboot"},
            "annotations": {"kuredtui.io/operation-id": operation},
        },
        "spec": {
            "nodeName": node,
            "restartPolicy": "Never",
            "hostPID": True,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "activeDeadlineSeconds": _deadline(options),
            # Not 0, with which the object would go before the kubelet has seen its containers end.
            "terminationGracePeriodSeconds": 1,
            "tolerations": [{"operator": "Exists"}],
            "imagePullSecrets": [{"name": secret.name} for secret in secrets],
            "containers": [
                {
                    "name": "reboot",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["/bin/sh", "-c", reboot_script(options)],
                    "env": [{"name": GUARD_VARIABLE, "value": boot_id}],
                    "securityContext": _security_context(options),
                }
            ],
        },
    }


def _deadline(options: EngineOptions) -> int:
    """Seconds within which the pod must have started; well within the time the node has to return."""
    most = options.reboot_timeout or options.reboot_start_timeout
    return max(1, round(min(options.reboot_start_timeout, most)))


def _security_context(options: EngineOptions) -> JsonObject:
    """Full rights to enter the host's namespaces, or only the right to signal its first process."""
    if options.reboot_method == "command":
        return {"privileged": True, "runAsUser": 0, "readOnlyRootFilesystem": True}
    return {
        "runAsUser": 0,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], "add": ["KILL"]},
        # AppArmor's default profile keeps containers from signalling what runs outside of them.
        "appArmorProfile": {"type": "Unconfined"},
    }
