"""The pod that reboots its node (DESIGN 8).

A bare pod, bound to the node, that runs once. It is guarded: it compares the machine's boot id with the
one the operation began with and does nothing when they differ, so a kubelet that starts it a second
time does not reboot a second time. What becomes of the pod proves nothing; the node's bootID does.
"""

from __future__ import annotations

import shlex

from kuredtui.cluster.kured import kured_container
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Conflict, NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# Where there is no kured, whose image every node has already. It brings sh, cat, kill and nsenter.
DEFAULT_IMAGE = "docker.io/library/busybox:1.37"
DEFAULT_NAMESPACE = "kube-system"
_GUARD = (
    'if [ "$(cat /proc/sys/kernel/random/boot_id)" != "$BOOT_ID" ]; then\n'
    '  echo "this is another boot already; nothing to do"\n'
    "  exit 0\n"
    "fi\n"
)
# What kured runs in its own pods (kured, cmd/kured/main.go, buildHostCommand).
_NSENTER = "/usr/bin/nsenter -m/proc/1/ns/mnt --"


class RebootPod:
    """The pod for one operation.

    Args:
        client: the API.
        node: the node to reboot.
        boot_id: the boot to end.
        operation: the operation's id.
        place: where the lock lives; kured's namespace, image and pull secrets come from there.
        options: how to reboot.
    """

    def __init__(
        self,
        client: Client,
        *,
        node: str,
        boot_id: str,
        operation: str,
        place: LockPlace,
        options: EngineOptions,
    ) -> None:
        self.namespace = place.namespace if place.kured else DEFAULT_NAMESPACE
        self.name = f"kuredtui-reboot-{operation}"
        self.uid = ""
        self._client = client
        self._body = self._build(node, boot_id, operation, place, options)

    async def try_out(self) -> None:
        """Ask the API server whether it would take the pod; nothing is created.

        Raises:
            ApiError: it would not: pod security, quota, rights, a missing namespace.
        """
        await self._client.create(PODS, self._body, namespace=self.namespace, dry_run=True)

    async def create(self) -> Pod:
        """Create the pod: from here on the node may go down at any time.

        Raises:
            AlreadyExists: an earlier try has reached the server; `find` tells.
        """
        pod = await self._client.create(PODS, self._body, namespace=self.namespace)
        self.uid = pod.metadata.uid
        return pod

    async def find(self) -> Pod | None:
        """The pod as it is now, or None when there is none."""
        try:
            pod = await self._client.get(PODS, self.name, namespace=self.namespace)
        except NotFound:
            return None
        self.uid = pod.metadata.uid
        return pod

    async def delete(self) -> None:
        """Delete the pod at once; nothing happens when it is gone or another has its name."""
        try:
            await self._client.delete(
                PODS, self.name, namespace=self.namespace, uid=self.uid or None, grace_seconds=0
            )
        except (NotFound, Conflict):
            return

    def _build(
        self, node: str, boot_id: str, operation: str, place: LockPlace, options: EngineOptions
    ) -> JsonObject:
        kured = kured_container(place.kured) if place.kured else None
        image = options.reboot_image or (kured.image if kured else DEFAULT_IMAGE)
        secrets = place.kured.spec.template.spec.image_pull_secrets if place.kured else []
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": self.name,
                "labels": {"app.kubernetes.io/name": "kuredtui-reboot"},
                "annotations": {"kuredtui.io/operation-id": operation},
            },
            "spec": {
                "nodeName": node,
                "restartPolicy": "Never",
                "hostPID": True,
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "activeDeadlineSeconds": max(1, round(options.reboot_start_timeout)),
                "terminationGracePeriodSeconds": 0,
                "tolerations": [{"operator": "Exists"}],
                "imagePullSecrets": [{"name": secret.name} for secret in secrets],
                "containers": [
                    {
                        "name": "reboot",
                        "image": image,
                        "imagePullPolicy": "IfNotPresent",
                        "command": ["/bin/sh", "-c", f"{_GUARD}exec {_command(options)}"],
                        "env": [{"name": "BOOT_ID", "value": boot_id}],
                        "securityContext": _security_context(options),
                    }
                ],
            },
        }


def _command(options: EngineOptions) -> str:
    if options.reboot_method == "signal":
        return f"kill -{options.reboot_signal} 1"
    return f"{_NSENTER} {shlex.join(shlex.split(options.reboot_command))}"


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
