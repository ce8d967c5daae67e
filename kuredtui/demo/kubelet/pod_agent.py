"""A kubelet's dealings with one pod's API object."""

from __future__ import annotations

from kuredtui.demo.kubelet.pod import SimulatedPod
from kuredtui.demo.kubelet.pod_status import StatusWriter, ready_in
from kuredtui.demo.kubelet.wire import KUBELET_PODS, KubeletPod
from kuredtui.demo.pace import Pace
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject


class PodAgent:
    """Runs one pod and reports it.

    Args:
        client: the API server.
        pod: as it was found there.
        pace: how fast it lives.
        host_ip: the machine's address.
        pod_ip: the pod's own.
    """

    def __init__(
        self, client: Client, pod: KubeletPod, *, pace: Pace, host_ip: str, pod_ip: str
    ) -> None:
        now = pace.now()
        self.life = SimulatedPod(pod, pace=pace, now=now)
        self._client = client
        self._writer = StatusWriter(self.life, host_ip=host_ip, pod_ip=pod_ip)
        # A status that somebody's kubelet wrote before us is taken as it is.
        self._posted = self._writer.status(now) if pod.status.container_statuses else None

    def observe(self, pod: KubeletPod, now: float) -> None:
        """Take in a newer version; a status that is not ours any more will be written again.

        The node lifecycle controller marks pods of a silent node as not ready.
        """
        self.life.observe(pod, now=now)
        if ready_in(pod.status.conditions) != self.life.is_ready(now):
            self._posted = None

    async def report(self, now: float) -> None:
        """Post the status if it is news; delete the object of a pod that has stopped."""
        status = self._writer.status(now)
        if status != self._posted:
            await self._post(status)
        if self.life.stopped:
            metadata = self.life.pod.metadata
            await self._client.delete(
                KUBELET_PODS,
                metadata.name,
                namespace=metadata.namespace,
                uid=metadata.uid,
                grace_seconds=0,
            )

    async def _post(self, status: JsonObject) -> None:
        metadata = self.life.pod.metadata
        body = {"metadata": {"uid": metadata.uid}, "status": status}
        await self._client.patch(
            KUBELET_PODS,
            metadata.name,
            body,
            namespace=metadata.namespace,
            subresource="status",
            kind="strategic",
        )
        self._posted = status
