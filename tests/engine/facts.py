"""What stands in the cluster: journals, locks, pods that hold a drain up, and whether a node is as it was."""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock_value import read
from kuredtui.engine.journal import Journal, read_journal
from kuredtui.engine.operation import Operation
from kuredtui.engine.phases import Phase
from kuredtui.kube.resources import DAEMONSETS, NODES, POD_DISRUPTION_BUDGETS, PODS
from kuredtui.kube.types import Node, Pod
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

LOCK = "weave.works/kured-node-lock"
REBOOT_PODS = "app.kubernetes.io/name=kuredtui-reboot"
# Held for a node that does not exist.
GHOST_LOCK = '{"nodeID":"gone-1","metadata":{"unschedulable":false},"created":"2026-03-14T01:00:00Z","TTL":0}'
UNOBTAINABLE = "registry.invalid/reboot:1"


async def node_of(cluster: TestCluster, name: str) -> Node:
    """The node as it is."""
    return await cluster.client.get(NODES, name)


async def journal_of(cluster: TestCluster, name: str) -> Journal | None:
    """The journal on the node."""
    text = (await node_of(cluster, name)).metadata.annotations.get(OPERATION_ANNOTATION)
    return read_journal(text) if text is not None else None


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A DaemonSet that carries a lock and runs nowhere: no daemon has a part in it.

    Attributes:
        cluster: where.
        name: the DaemonSet's.
        concurrency: as its kureds would have it.
    """

    cluster: TestCluster
    name: str = "carrier"
    concurrency: int = 1

    @property
    def options(self) -> dict[str, object]:
        """The settings that name it."""
        return {"ds_namespace": self.cluster.namespace, "ds_name": self.name}

    async def make(self) -> None:
        """Create it."""
        labels = {"name": self.name}
        container = {"name": "kured", "image": "ghcr.io/kubereboot/kured:1.23.0"}
        template = {
            "metadata": {"labels": labels},
            "spec": {
                "nodeSelector": {"nowhere": "at-all"},
                "containers": [{**container, "args": [f"--concurrency={self.concurrency}"]}],
            },
        }
        body = {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": self.name},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        }
        await self.cluster.client.create(DAEMONSETS, body, namespace=self.cluster.namespace)

    async def delete(self) -> None:
        """Delete it."""
        await self.cluster.client.delete(DAEMONSETS, self.name, namespace=self.cluster.namespace)

    async def text(self) -> str:
        """The lock as it stands; "" for none."""
        found = await self.cluster.client.get(
            DAEMONSETS, self.name, namespace=self.cluster.namespace
        )
        return found.metadata.annotations.get(LOCK, "")

    async def holders(self) -> list[str]:
        """Who holds the lock."""
        return [entry.node_id for entry in read(await self.text() or None).entries]

    async def write(self, text: str | None) -> None:
        """Write the lock by hand."""
        body = {"metadata": {"annotations": {LOCK: text}}}
        await self.cluster.client.patch(
            DAEMONSETS, self.name, body, namespace=self.cluster.namespace
        )


async def set_args(carrier: Carrier, *args: str) -> None:
    """Give the carrier's kured other flags."""
    container = {
        "name": "kured",
        "image": "ghcr.io/kubereboot/kured:1.23.0",
        "command": ["/usr/bin/kured"],
        "args": list(args),
    }
    body = {"spec": {"template": {"spec": {"containers": [container]}}}}
    await carrier.cluster.client.patch(
        DAEMONSETS, carrier.name, body, namespace=carrier.cluster.namespace
    )


async def reboot_pods(cluster: TestCluster) -> list[Pod]:
    """Our reboot pods that exist, of operations whose lock is on a carrier."""
    page = await cluster.client.list(PODS, namespace=cluster.namespace, label_selector=REBOOT_PODS)
    return page.items


async def reboot_by_hand(cluster: TestCluster, name: str) -> None:
    """What an operator does on the machine itself, where no drain and no guard has a part in it."""
    command = ["/usr/bin/nsenter", "-m/proc/1/ns/mnt", "--", "/bin/systemctl", "reboot"]
    container = {
        "name": "shell",
        "image": "registry.k8s.io/pause:3.10",
        "command": command,
        "securityContext": {"privileged": True},
    }
    await cluster.create_pod(
        f"shell-on-{name}",
        node=name,
        hostPID=True,
        restartPolicy="Never",
        tolerations=[{"operator": "Exists"}],
        containers=[container],
    )


async def hold_up(cluster: TestCluster, name: str) -> Pod:
    """A pod on the node that no drain gets rid of. It is ready: no budget protects it before."""
    labels = {"app": "held"}
    await cluster.faults.never_allow(labels, namespace=cluster.namespace)
    held = await cluster.create_pod("held", node=name, labels=labels)

    async def ready() -> bool:
        found = await cluster.client.get(PODS, "held", namespace=cluster.namespace)
        never = await cluster.client.get(
            POD_DISRUPTION_BUDGETS, "never", namespace=cluster.namespace
        )
        ready = any(c.type == "Ready" and c.status == "True" for c in found.status.conditions)
        return ready and never.status.current_healthy == 1

    await eventually(ready, what="the pod that holds up the drain is ready, and known to be")
    return held


async def let_go(cluster: TestCluster) -> None:
    """Take that pod away, so that the drain goes on."""
    await cluster.client.delete(PODS, "held", namespace=cluster.namespace)


async def assert_as_found(carrier: Carrier, name: str, *, cordoned: bool = False) -> None:
    """No lock, no journal, and the cordon of before."""
    node = await node_of(carrier.cluster, name)
    assert OPERATION_ANNOTATION not in node.metadata.annotations
    assert node.spec.unschedulable is cordoned
    assert await carrier.holders() == []


def held_by(node_id: str) -> str:
    """A lock that somebody holds, as an operator writes it."""
    return f'{{"nodeID":"{node_id}"}}'


async def held_up(operation: Operation) -> None:
    """Return when the operation drains, and waits for a pod."""
    await eventually(
        lambda: (
            operation.phase is Phase.DRAINING
            and operation.drain is not None
            and operation.drain.left
        ),
        timeout=30,
        what=lambda: f"{operation.phase}: {operation.detail} {operation.error}",
    )


async def write_kureds_lock(cluster: TestCluster, text: str | None) -> None:
    """Write the lock of the cluster's kured by hand."""
    await cluster.client.patch(
        DAEMONSETS,
        cluster.kured_name,
        {"metadata": {"annotations": {LOCK: text}}},
        namespace=cluster.kured_namespace,
    )


async def kureds_lock(cluster: TestCluster) -> str | None:
    """That lock as it stands."""
    found = await cluster.client.get(
        DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
    )
    return found.metadata.annotations.get(LOCK)
