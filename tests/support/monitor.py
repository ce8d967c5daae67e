"""A monitor beside the engine: it follows the cluster by itself and judges what it saw, in order.

It knows nothing of operations: only what nodes, pods and locks looked like at each version.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from kuredtui.cluster.lock import OUR_PREFIX, LockValue, UnreadableLock, read
from kuredtui.kube.client import Client
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS, Resource
from kuredtui.kube.types import DaemonSet, Node, Pod
from tests.support.eventually import eventually

LOCK = "weave.works/kured-node-lock"
REBOOT_POD = ("app.kubernetes.io/name", "kuredtui-reboot")

Seen = Node | Pod | DaemonSet


@dataclass(frozen=True, order=True)
class Sight:
    """One object in one version; versions are in the order in which the server made them."""

    version: int
    kind: str = field(compare=False)
    object: Seen = field(compare=False)
    deleted: bool = field(compare=False)


@dataclass(frozen=True)
class Boot:
    """A node was seen in a new boot, or told to reboot, and what stood around it at that moment."""

    node: str
    locked: bool
    cordoned: bool
    pods: tuple[str, ...]

    @property
    def proper(self) -> bool:
        """Whether it was locked, cordoned and drained."""
        return self.locked and self.cordoned and not self.pods


class Monitor:
    """What was seen.

    Args:
        client: a client of its own.
        namespace: of the pods that a drain has to move.
        lock_namespace: of the DaemonSets that carry locks.
    """

    def __init__(self, client: Client, *, namespace: str, lock_namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._lock_namespace = lock_namespace
        self._sights: list[Sight] = []
        self._live: set[str] = set()

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(NODES, ""))
            tasks.create_task(self._follow(PODS, ""))
            tasks.create_task(self._follow(DAEMONSETS, self._lock_namespace))

    @property
    def ready(self) -> bool:
        """Whether everything is followed."""
        return len(self._live) == 3

    async def _follow(self, resource: Resource[Seen], namespace: str) -> None:
        async with aclosing(
            ListWatch(self._client, resource, namespace=namespace).events()
        ) as events:
            async for event in events:
                match event:
                    case Replaced(items):
                        for item in items:
                            self._see(resource.kind, item, deleted=False)
                        self._live.add(resource.kind)
                    case Changed(changes):
                        for change in changes:
                            self._see(resource.kind, change.object, deleted=change.deleted)
                    case Lost(error, _):
                        raise AssertionError(f"the monitor is blind: {error}")
                    case _:
                        pass

    def _see(self, kind: str, item: Seen, *, deleted: bool) -> None:
        self._sights.append(Sight(int(item.metadata.resource_version), kind, item, deleted))

    async def caught_up(self) -> None:
        """Return when what is true now was seen."""
        page = await self._client.list(NODES, limit=1)
        node = page.items[0].metadata.name
        patch = {"metadata": {"annotations": {"kuredtui.test/mark": page.version}}}
        mark = int((await self._client.patch(NODES, node, patch)).metadata.resource_version)
        await eventually(lambda: self._newest("Node") >= mark, timeout=60)

    def _newest(self, kind: str) -> int:
        return max((sight.version for sight in self._sights if sight.kind == kind), default=0)

    # Judging

    def reboots(self, node: str) -> list[Boot]:
        """What stood around each moment at which the node was told to reboot by a pod of ours."""
        return [boot for boot in self._replay() if boot.node == node]

    def boots(self, node: str) -> int:
        """How often the node came up in a new boot."""
        ids = [
            sight.object.status.node_info.boot_id
            for sight in sorted(self._sights)
            if isinstance(sight.object, Node) and sight.object.metadata.name == node
        ]
        return sum(before != after for before, after in pairwise(ids))

    def most_owners(self, name: str) -> int:
        """The most owners that the lock on this DaemonSet had at any time."""
        return max(
            (
                len(lock_of(sight.object).entries)
                for sight in self._sights
                if isinstance(sight.object, DaemonSet) and sight.object.metadata.name == name
            ),
            default=0,
        )

    def _replay(self) -> Iterable[Boot]:
        nodes: dict[str, Node] = {}
        pods: dict[str, dict[str, str]] = defaultdict(dict)
        locks: dict[str, LockValue] = {}
        told: set[str] = set()
        for sight in sorted(self._sights):
            match sight.object:
                case Node():
                    nodes[sight.object.metadata.name] = sight.object
                case DaemonSet():
                    locks[sight.object.metadata.name] = lock_of(sight.object)
                case Pod():
                    pod, uid = sight.object, sight.object.metadata.uid
                    on_node = pods[pod.spec.node_name]
                    if is_reboot_pod(pod):
                        if uid not in told and _runs(pod):
                            told.add(uid)
                            yield _boot(pod.spec.node_name, nodes, on_node, locks)
                    elif sight.deleted:
                        on_node.pop(uid, None)
                    elif pod.metadata.namespace == self._namespace:
                        on_node[uid] = pod.metadata.name


def lock_of(daemonset: DaemonSet) -> LockValue:
    """The lock that it carries; an unreadable one counts as none."""
    try:
        return read(daemonset.metadata.annotations.get(LOCK))
    except UnreadableLock:
        return LockValue()


def is_reboot_pod(pod: Pod) -> bool:
    """Whether it is one of ours that reboots its node."""
    key, value = REBOOT_POD
    return pod.metadata.labels.get(key) == value


def _runs(pod: Pod) -> bool:
    return any(status.state.running is not None for status in pod.status.container_statuses)


def _boot(
    name: str, nodes: dict[str, Node], pods: dict[str, str], locks: dict[str, LockValue]
) -> Boot:
    holders = [entry.node_id for lock in locks.values() for entry in lock.entries]
    return Boot(
        node=name,
        locked=name in holders or f"{OUR_PREFIX}{name}" in holders,
        cordoned=nodes[name].spec.unschedulable,
        pods=tuple(pods.values()),
    )


@asynccontextmanager
async def monitoring(
    client: Client, *, namespace: str, lock_namespace: str
) -> AsyncIterator[Monitor]:
    """A monitor that looks as long as the context lasts."""
    monitor = Monitor(client, namespace=namespace, lock_namespace=lock_namespace)
    task = asyncio.create_task(monitor.run())
    try:
        await eventually(lambda: monitor.ready, timeout=60)
        yield monitor
        assert not task.done(), f"the monitor died: {task}"
    finally:
        task.cancel()
        await asyncio.wait([task])
