"""A kubelet's dealings with its own Node and Lease."""

from __future__ import annotations

from contextlib import suppress

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.boot_event import EVENT_NAMESPACE, boot_event
from kuredtui.demo.kubelet.conditions import kubelet_conditions
from kuredtui.demo.kubelet.machine import Machine, Power
from kuredtui.demo.kubelet.node_object import LEASE_SECONDS
from kuredtui.demo.kubelet.wire import KUBELET_NODES
from kuredtui.demo.pace import micro_stamp, stamp
from kuredtui.demo.reading import read_as
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Invalid, NotFound, Unreachable
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import EVENTS, LEASES, Resource

LEASE_NAMESPACE = "kube-node-lease"
_RAW_LEASES: Resource[JsonObject] = read_as(LEASES, dict)
_EVENT_OF_POWER = {Power.ready: "ready", Power.stopping: "stopping", Power.starting: "starting"}


class NodeAgent:
    """Reports one machine to the API server.

    Args:
        client: the API server.
        machine: what is reported.
        reported_at: Unix time of the last report.
        known: whether the Node says already what the machine is; if not, that is said at once.

    Attributes:
        reported_at: the same, kept up to date.
    """

    def __init__(
        self, client: Client, machine: Machine, *, reported_at: float, known: bool
    ) -> None:
        self._client = client
        self._machine = machine
        self._reported = (machine.boot_id, machine.kernel, machine.power) if known else None
        self.reported_at = reported_at

    async def report(self, now: float, *, due: bool) -> None:
        """Post the status when it has changed, or when it is due anyway."""
        machine = self._machine
        state = (machine.boot_id, machine.kernel, machine.power)
        if machine.power is Power.off or (state == self._reported and not due):
            return
        body: JsonObject = {
            "metadata": {"uid": machine.uid},
            "status": {
                "conditions": kubelet_conditions(
                    _EVENT_OF_POWER[machine.power], heartbeat=now, since=machine.since
                ),
                "nodeInfo": {"bootID": machine.boot_id, "kernelVersion": machine.kernel},
            },
        }
        await self._client.patch(
            KUBELET_NODES, machine.name, body, subresource="status", kind="strategic"
        )
        before, self._reported, self.reported_at = self._reported, state, now
        if before is not None and before[0] != machine.boot_id:
            await self._tell_of_boot(now)

    async def _tell_of_boot(self, now: float) -> None:
        """Once, whatever becomes of it: an event is no more than that."""
        name, boot_id = self._machine.name, self._machine.boot_id
        body = boot_event(name, boot_id=boot_id, at=stamp(now))
        with suppress(ApiError, Unreachable):
            await self._client.create(EVENTS, body, namespace=EVENT_NAMESPACE)

    async def renew_lease(self, now: float) -> None:
        """Say that the machine lives; the Lease is made when there is none."""
        patch = {"spec": {"renewTime": micro_stamp(now)}}
        name = self._machine.name
        try:
            await self._client.patch(_RAW_LEASES, name, patch, namespace=LEASE_NAMESPACE)
        except NotFound:
            body = node_lease(name, self._machine.uid, now=now)
            await self._client.create(_RAW_LEASES, body, namespace=LEASE_NAMESPACE)

    async def clear_patch(self) -> None:
        """After the boot that brought the patch in: its annotation has done its work."""
        done = self._machine.patch_done
        if not done or self._machine.annotations.get(controls.PATCH) != done:
            return
        path = "/metadata/annotations/" + controls.PATCH.replace("/", "~1")
        operations = [
            {"op": "test", "path": "/metadata/uid", "value": self._machine.uid},
            {"op": "test", "path": path, "value": done},  # not the next one, which may have come
            {"op": "remove", "path": path},
        ]
        if controls.PATCHED_AT in self._machine.annotations:
            moment = "/metadata/annotations/" + controls.PATCHED_AT.replace("/", "~1")
            operations.append({"op": "remove", "path": moment})
        with suppress(Invalid):
            await self._client.patch(KUBELET_NODES, self._machine.name, operations, kind="json")


def node_lease(name: str, uid: str, *, now: float) -> JsonObject:
    """The Lease of a node, as its kubelet creates it."""
    owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": name,
            "namespace": LEASE_NAMESPACE,
            "ownerReferences": [owner],
        },
        "spec": {
            "holderIdentity": name,
            "leaseDurationSeconds": LEASE_SECONDS,
            "renewTime": micro_stamp(now),
        },
    }
