"""kured's drain: kubectl's (k8s.io/kubectl 0.36, pkg/drain) with the options kured gives it.

Those are: `--force`, `--ignore-daemonsets`, `--delete-emptydir-data`, and, other than in kubectl, no
pause after a refused eviction. Evictions carry no UID.
"""

from __future__ import annotations

import asyncio

from kuredtui.demo.kured.client import FAILED, ClientGo, Failed
from kuredtui.demo.kured.flags import Flags
from kuredtui.kube.errors import Forbidden, NotFound, TooManyRequests
from kuredtui.kube.resources import DAEMONSETS, PODS
from kuredtui.kube.types import OwnerReference, Pod

_MIRROR = "kubernetes.io/config.mirror"
_LOOK_SECONDS = 1.0
_FINISHED = ("Succeeded", "Failed")


class DrainFailed(Exception):
    """Not all pods are gone."""


class Drain:
    """One drain of one node."""

    def __init__(self, api: ClientGo, flags: Flags) -> None:
        self._api = api
        self._flags = flags
        self._deadline = float("inf")

    async def run(self) -> None:
        """Evict all pods at once and wait until they are gone.

        Raises:
            DrainFailed: the pods cannot be listed, an eviction has failed, or the time is over.
        """
        pods = await self._pods()
        clock = asyncio.get_running_loop().time
        if self._flags.drain_timeout > 0:
            self._deadline = clock() + self._api.pace.real(self._flags.drain_timeout)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._remove(pod)) for pod in pods]
        if errors := [error for task in tasks if (error := task.result())]:
            raise DrainFailed("; ".join(errors))

    async def _pods(self) -> list[Pod]:
        selector = f"spec.nodeName={self._flags.node_id}"
        try:
            page = await self._api.call(
                lambda: self._api.client.list(
                    PODS,
                    label_selector=self._flags.drain_pod_selector,
                    field_selector=selector,
                )
            )
            return [pod for pod in page.items if await self._goes(pod)]
        except FAILED as error:
            raise DrainFailed(str(error)) from error

    async def _goes(self, pod: Pod) -> bool:
        """kubectl's filters, as far as they still keep anything with kured's options."""
        if self._is_long_gone(pod):
            return False
        daemonset = _daemonset(pod)
        running = pod.status.phase not in _FINISHED
        if daemonset is not None and running and await self._exists(pod, daemonset):
            return False
        return _MIRROR not in pod.metadata.annotations

    async def _exists(self, pod: Pod, daemonset: OwnerReference) -> bool:
        try:
            await self._api.call(
                lambda: self._api.client.get(
                    DAEMONSETS, daemonset.name, namespace=pod.metadata.namespace
                )
            )
        except NotFound:
            return False
        return True

    async def _remove(self, pod: Pod) -> str:
        """Evict a pod and wait until it is gone; returns what went wrong."""
        name = f"{pod.metadata.namespace}/{pod.metadata.name}"
        try:
            pod_or_gone = await self._evict(pod)
            if pod_or_gone is not None:
                await self._wait_until_gone(pod_or_gone)
        except FAILED as error:
            return f"error when evicting {name}: {error}"
        except TimeoutError:
            return f"error when evicting {name}: global timeout reached"
        return ""

    async def _evict(self, pod: Pod) -> Pod | None:
        """Evict a pod, as often as it takes; None if it was gone already."""
        while True:
            self._check_time()
            try:
                await self._ask_to_go(pod)
            except NotFound:
                return None
            except TooManyRequests:
                pass
            except Forbidden as error:
                if not _namespace_terminates(error):
                    raise
                if pod.metadata.deletion_timestamp is not None:
                    return pod
            else:
                return pod
            pod = await self._fresh(pod)

    async def _ask_to_go(self, pod: Pod) -> None:
        grace = self._flags.drain_grace_period
        await self._api.call(
            lambda: self._api.client.evict(
                namespace=pod.metadata.namespace,
                name=pod.metadata.name,
                uid=None,
                grace_seconds=grace if grace >= 0 else None,
            )
        )

    async def _fresh(self, pod: Pod) -> Pod:
        try:
            return await self._get(pod)
        except FAILED:
            return pod

    async def _wait_until_gone(self, pod: Pod) -> None:
        while True:
            try:
                found = await self._get(pod)
            except NotFound:
                return
            if found.metadata.uid != pod.metadata.uid or self._is_long_gone(found):
                return
            await self._api.sleep(_LOOK_SECONDS)
            self._check_time()

    async def _get(self, pod: Pod) -> Pod:
        metadata = pod.metadata
        return await self._api.call(
            lambda: self._api.client.get(PODS, metadata.name, namespace=metadata.namespace)
        )

    def _check_time(self) -> None:
        if asyncio.get_running_loop().time() >= self._deadline:
            raise TimeoutError

    def _is_long_gone(self, pod: Pod) -> bool:
        """Whether its deletion is older than the seconds after which it is not waited for."""
        limit, deleted_at = (
            self._flags.skip_wait_for_delete_timeout,
            pod.metadata.deletion_timestamp,
        )
        if limit <= 0 or deleted_at is None:
            return False
        age = self._api.pace.now() - deleted_at.timestamp()
        return age > self._api.pace.real(limit)


def _daemonset(pod: Pod) -> OwnerReference | None:
    """The DaemonSet that controls a pod, if one does."""
    for owner in pod.metadata.owner_references:
        if owner.controller:
            is_one = owner.kind == "DaemonSet" and owner.api_version == DAEMONSETS.api_version
            return owner if is_one else None
    return None


def _namespace_terminates(error: Failed) -> bool:
    return isinstance(error, Forbidden) and any(
        cause.reason == "NamespaceTerminating" for cause in error.details.causes
    )
