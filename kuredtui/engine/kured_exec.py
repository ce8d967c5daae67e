"""The method `kured-exec`: the reboot command through exec in kured's own pod on the node (DESIGN 8).

There is no pod of ours, so nothing can be taken back: from the moment the command is sent it may have been
heard, whatever is answered. The guard in the script makes it safe to send it again.
"""

from __future__ import annotations

from kuredtui.cluster.kured import kured_container
from kuredtui.engine.errors import OperationError
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.reboot_script import GUARD_VARIABLE, reboot_script
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, NotSent, NotStarted, Unreachable
from kuredtui.kube.execution import execute
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# How long `systemctl reboot` may take to come back; it only asks.
_SECONDS = 30.0
_OTHER_METHODS = "Choose another reboot method (--reboot-method command, signal or manual)."
# What something on the way to the API server says when it does not know what became of a request.
_GATEWAY_FAILED = (502, 504)


class KuredExec:
    """kured's pod on one node, as far as it can reboot it.

    Args:
        client: the API.
        node: the node's name.
        place: where the lock lives, and with it the kured.
        options: what to run.
    """

    def __init__(
        self, client: Client, *, node: str, place: LockPlace, options: EngineOptions
    ) -> None:
        self._client = client
        self._node = node
        self._kured = place.kured
        self._options = options

    async def try_out(self) -> None:
        """Refuse early what could not be done later.

        Raises:
            OperationError: there is no kured's pod on the node that could do it, or we may not use it.
        """
        pod = await self._find()
        namespace = pod.metadata.namespace
        for verb in ("get", "create"):  # a WebSocket's GET needs both since Kubernetes 1.35
            if not await self._client.may(verb, PODS, subresource="exec", namespace=namespace):
                raise OperationError(
                    f"You may not {verb} pods/exec in the namespace {namespace}, so {self._node} cannot "
                    f"be rebooted through kured's pod. {_OTHER_METHODS}"
                )

    async def tell(self, boot_id: str) -> str:
        """Tell the node to end this boot. Safe to repeat.

        Returns:
            What is to be said about it besides, as a sentence; "" when all went well. In either case the
            node may have heard.

        Raises:
            OperationError, ApiError, NotStarted, NotSent: it has not heard.
        """
        pod = await self._find()
        metadata = pod.metadata
        command = [
            *("env", f"{GUARD_VARIABLE}={boot_id}"),
            *("/bin/sh", "-c", reboot_script(self._options)),
        ]
        try:
            done = await execute(
                self._client,
                command,
                namespace=metadata.namespace,
                pod=metadata.name,
                container=self._container_name(),
                seconds=_SECONDS,
            )
        except NotSent:
            raise
        except Unreachable as error:
            return f"Whether the node has heard is not known: {error}"
        except ApiError as error:
            if error.status not in _GATEWAY_FAILED:
                raise
            return f"Whether the node has heard is not known: {error}"
        if done.exit_code == 0:
            return ""
        words = " ".join((done.stderr or done.stdout).split())
        return (
            f"The reboot command ended with exit code {done.exit_code}: {words}".rstrip(": ") + "."
        )

    async def _find(self) -> Pod:
        """kured's pod on the node, if it can reboot it."""
        if self._kured is None:
            raise OperationError(
                f"There is no kured in this cluster whose pod could reboot {self._node}. {_OTHER_METHODS}"
            )
        owner = self._kured.metadata
        page = await self._client.list(
            PODS, namespace=owner.namespace, field_selector=f"spec.nodeName={self._node}"
        )
        mine = [
            pod
            for pod in page.items
            if any(reference.uid == owner.uid for reference in pod.metadata.owner_references)
            and pod.metadata.deletion_timestamp is None
            and pod.status.phase == "Running"
        ]
        if not mine:
            raise OperationError(
                f"No pod of kured ({owner.namespace}/{owner.name}) runs on {self._node}, so it cannot be "
                f"rebooted through it. {_OTHER_METHODS}"
            )
        self._require_privileges(mine[0])
        return mine[0]

    def _require_privileges(self, pod: Pod) -> None:
        name = self._container_name()
        container = next((item for item in pod.spec.containers if item.name == name), None)
        if container is None or not container.privileged or not pod.spec.host_pid:
            raise OperationError(
                f"kured's pod {pod.metadata.namespace}/{pod.metadata.name} is not privileged with the "
                f"host's processes in sight, so {self._node} cannot be rebooted through it. "
                f"{_OTHER_METHODS}"
            )

    def _container_name(self) -> str:
        container = kured_container(self._kured) if self._kured is not None else None
        return container.name if container is not None else ""


NOT_TOLD = (OperationError, ApiError, NotStarted, NotSent)
"""What `tell` raises."""
