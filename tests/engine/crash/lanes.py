"""Lanes: nodes of one cluster, each with a lock of its own, so that many crashes are tried side by side."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION, JournalView, journal_view
from kuredtui.cluster.lock_value import created_at, read
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.errors import NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Node, Pod
from tests.engine.crash.child import Act, Job, When
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.referee import Rules
from tests.support.referee.judge import REBOOT_POD

LOCK = "weave.works/kured-node-lock"
_PODS = 2


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One node, and a DaemonSet that carries its lock.

    Attributes:
        cluster: where.
        node: the node's name.
        concurrency: of its kured; with more than one, all places but one are held by others.
        folder: for the logs of its processes.
    """

    cluster: TestCluster
    node: str
    concurrency: int
    folder: Path

    @property
    def kured(self) -> str:
        """The DaemonSet's name."""
        return f"kured-{self.node}"

    def options(self, **changes: object) -> EngineOptions:
        """The engine's settings for this lane."""
        return EngineOptions(
            **{  # type: ignore[arg-type]  # a test names the settings it changes
                "ds_namespace": self.cluster.namespace,
                "ds_name": self.kured,
                "evict_uncontrolled": True,
                "reboot_timeout": 30.0,
                "reboot_command": "/sbin/reboot",
                **changes,
            }
        )

    def job(self, act: Act, *, kill_at: int = 0, when: When = "before") -> Job:
        """Something done to this lane's node by a process of its own."""
        return Job(
            kubeconfig=str(self.cluster.kubeconfig),
            node=self.node,
            options=self.options(),
            act=act,
            kill_at=kill_at,
            when=when,
            log=self.folder / f"{self.node}-{act}-{kill_at}-{when}.log",
        )

    def rules(self, *, cordoned: bool) -> Rules:
        """What holds while the node is worked at, which was cordoned before or not."""
        return Rules(
            nodes=frozenset({self.node}),
            allowed=self.concurrency,
            cordoned=frozenset({self.node}) if cordoned else frozenset(),
            strangers=frozenset(self._others),
            carrier=self.kured,
        )

    @property
    def _others(self) -> list[str]:
        """Who holds all places of the lock but one."""
        return [f"other-{number}" for number in range(1, self.concurrency)]

    async def make(self) -> None:
        """Make the DaemonSet; none of its pods run anywhere.

        It does not look like a kured: every session would ask all of them what they know.
        """
        labels = {"name": self.kured}
        template: JsonObject = {
            "metadata": {"labels": labels},
            "spec": {
                "nodeSelector": {"nowhere": "at-all"},
                "containers": [
                    {
                        "name": "lock",
                        "image": "registry.k8s.io/pause:3.10",
                        "args": [f"--concurrency={self.concurrency}"],
                    }
                ],
            },
        }
        body: JsonObject = {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": self.kured, "annotations": self._lock_at_first()},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        }
        await self.cluster.client.create(DAEMONSETS, body, namespace=self.cluster.namespace)
        annotations = {"demo.kuredtui.io/boot": "2"}
        await self.cluster.client.patch(
            NODES, self.node, {"metadata": {"annotations": annotations}}
        )

    def _lock_at_first(self) -> dict[str, str]:
        if self.concurrency == 1:
            return {}
        created = created_at(self.cluster.client.now())
        others = ",".join(
            f'{{"nodeID":"{other}","metadata":{{"unschedulable":false}},"created":"{created}","TTL":0}}'
            for other in self._others
        )
        return {LOCK: f'{{"maxOwners":{self.concurrency},"locks":[{others}]}}'}

    async def fill(self) -> None:
        """Put pods on the node that a drain has to evict."""
        for number in range(_PODS):
            await self.cluster.create_pod(
                f"{self.node}-{number}",
                node=self.node,
                annotations={"demo.kuredtui.io/stop-seconds": "1"},
            )

    async def empty(self) -> None:
        """Take them away, where they still are, and see the node empty."""
        for pod in await self._pods():
            if not pod.metadata.name.startswith(REBOOT_POD):
                with suppress(NotFound):  # its kubelet may be quicker
                    await self.cluster.client.delete(
                        PODS, pod.metadata.name, namespace=self.cluster.namespace, grace_seconds=0
                    )
        await eventually(self._is_empty, timeout=60, what=f"{self.node} is empty")

    async def _is_empty(self) -> bool:
        return not await self._pods()

    async def _pods(self) -> list[Pod]:
        selector = f"spec.nodeName={self.node}"
        page = await self.cluster.client.list(
            PODS, namespace=self.cluster.namespace, field_selector=selector
        )
        return page.items

    async def cordon(self, *, cordoned: bool) -> None:
        """Cordon or uncordon by hand."""
        body = {"spec": {"unschedulable": True if cordoned else None}}
        await self.cluster.client.patch(NODES, self.node, body)

    async def look(self) -> Node:
        """The node as it is."""
        return await self.cluster.client.get(NODES, self.node)

    async def journal(self) -> JournalView | None:
        """What was left on the node."""
        text = (await self.look()).metadata.annotations.get(OPERATION_ANNOTATION)
        return journal_view(text) if text is not None else None

    async def holders(self) -> list[str]:
        """Who holds the lock."""
        found = await self.cluster.client.get(
            DAEMONSETS, self.kured, namespace=self.cluster.namespace
        )
        text = found.metadata.annotations.get(LOCK)
        return [entry.node_id for entry in read(text).entries]

    async def assert_free(self, *, cordoned: bool) -> None:
        """The cordon as it should be, no lock of ours, and everybody else's untouched."""
        assert (await self.look()).spec.unschedulable is cordoned
        assert await self.holders() == self._others
