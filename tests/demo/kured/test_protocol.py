"""kured's protocol as others see it: what becomes of the lock, the node and its pods, and when.

The kureds look once a simulated minute. What they do wrong is tested, too, since it is what the
console has to live beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import pytest

from kuredtui.demo.kured.daemon import IN_PROGRESS, MOST_RECENT
from kuredtui.demo.scenario.kured import GHOST, LOCK_ANNOTATION, MANIFEST
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Node, Pod
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

KERNEL = "6.8.0-1031-azure"
TAINT = "example.org/reboot"
TIMEOUT = 60.0


def kured(
    *, concurrency: int = 1, holders: tuple[str, ...] = (), **flags: str
) -> pytest.MarkDecorator:
    """The test runs with a kured of these flags (`_` for `-`)."""
    more = {name.replace("_", "-"): value for name, value in flags.items()}
    setup = replace(MANIFEST, period="1m", concurrency=concurrency, holders=holders, more=more)
    return pytest.mark.parametrize("cluster_kured", [setup], ids=["kured"])


@pytest.fixture
def cluster_speed() -> float:
    """Most of the time here is kured's waiting."""
    return 100.0


class Seen:
    """Short questions about a cluster."""

    def __init__(self, cluster: TestCluster) -> None:
        self.cluster = cluster
        self.client = cluster.client

    async def node(self, name: str) -> Node:
        return await self.client.get(NODES, name)

    async def lock(self) -> JsonObject | None:
        """What stands in the annotation."""
        cluster = self.cluster
        daemonset = await self.client.get(
            DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
        )
        text = daemonset.metadata.annotations.get(LOCK_ANNOTATION)
        return None if text is None else msgspec.json.decode(text)

    async def set_lock(self, value: JsonObject | None) -> None:
        text = None if value is None else msgspec.json.encode(value).decode()
        await self.client.patch(
            DAEMONSETS,
            self.cluster.kured_name,
            {"metadata": {"annotations": {LOCK_ANNOTATION: text}}},
            namespace=self.cluster.kured_namespace,
        )

    async def pods_on(self, name: str) -> list[Pod]:
        """This test's own pods on a node."""
        return [pod for pod in await self.cluster.pods() if pod.spec.node_name == name]

    async def kured_on(self, name: str) -> Pod:
        page = await self.client.list(
            PODS,
            namespace=self.cluster.kured_namespace,
            label_selector="name=kured",
            field_selector=f"spec.nodeName={name}",
        )
        assert len(page.items) == 1
        return page.items[0]

    async def is_cordoned(self, name: str) -> bool:
        return (await self.node(name)).spec.unschedulable

    async def is_locked(self) -> bool:
        return await self.lock() is not None

    async def is_tainted(self, name: str) -> bool:
        return TAINT in {taint.key for taint in (await self.node(name)).spec.taints}


@pytest.fixture
async def seen(cluster: TestCluster) -> Seen:
    """The test's cluster, with a kured running on each node."""
    seen = Seen(cluster)

    async def all_run() -> bool:
        pods = [await seen.kured_on(name) for name in cluster.node_names]
        return all(pod.status.phase == "Running" for pod in pods)

    async def covered() -> bool:
        found = await cluster.client.get(
            DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace
        )
        return found.status.number_ready == len(cluster.node_names)

    await eventually(covered, timeout=TIMEOUT)
    await eventually(all_run, timeout=TIMEOUT)
    return seen


async def rebooted(seen: Seen, before: Node) -> None:
    """Return when the node is in another boot, uncordoned or not, and its lock is released."""

    async def done() -> bool:
        node = await seen.node(before.metadata.name)
        again = node.status.node_info.boot_id != before.status.node_info.boot_id
        return again and before.metadata.name not in str(await seen.lock())

    await eventually(done, timeout=TIMEOUT)


@kured()
async def test_a_node_with_the_sentinel_is_locked_drained_rebooted_and_given_back(
    cluster: TestCluster, seen: Seen
) -> None:
    pods = await cluster.create_workload("web", replicas=3)
    name = pods[0].spec.node_name
    before = await seen.node(name)
    await cluster.faults.patch_node(name, KERNEL)

    async def locked() -> JsonObject | None:
        return await seen.lock()

    lock = await eventually(locked, timeout=TIMEOUT)
    assert lock is not None
    assert set(lock) == {"nodeID", "metadata", "created", "TTL"}
    assert (lock["nodeID"], lock["metadata"], lock["TTL"]) == (name, {"unschedulable": False}, 0)
    await eventually(lambda: seen.is_cordoned(name), timeout=TIMEOUT)
    await rebooted(seen, before)

    after = await seen.node(name)
    assert after.status.node_info.kernel_version == KERNEL
    assert not after.spec.unschedulable
    left = {pod.metadata.uid for pod in await cluster.pods()}
    assert not left & {pod.metadata.uid for pod in pods if pod.spec.node_name == name}
    assert IN_PROGRESS not in after.metadata.annotations
    assert MOST_RECENT in after.metadata.annotations


@kured()
async def test_a_node_that_was_cordoned_before_is_rebooted_and_stays_cordoned(
    cluster: TestCluster, seen: Seen
) -> None:
    name = cluster.node_names[0]
    before = await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    await cluster.faults.patch_node(name, KERNEL)
    lock = await eventually(seen.lock, timeout=TIMEOUT)
    assert lock is not None
    assert lock["metadata"] == {"unschedulable": True}
    await rebooted(seen, before)
    assert await seen.is_cordoned(name)


@pytest.mark.parametrize(
    "cluster_kured",
    [
        replace(
            MANIFEST,
            period="1m",
            holders=(holder,) * concurrency,
            concurrency=concurrency,
            more={"prefer-no-schedule-taint": TAINT},
        )
        for holder, concurrency in [("manual", 1), ("manual", 2), (GHOST, 1)]
    ],
    ids=["paused", "paused-of-two", "ghost"],
)
async def test_who_waits_for_the_lock_prefers_no_pods_until_it_is_free(
    cluster: TestCluster, seen: Seen
) -> None:
    name = cluster.node_names[0]
    before = await seen.node(name)
    held = await seen.lock()
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: seen.is_tainted(name), timeout=TIMEOUT)
    node = await seen.node(name)
    assert IN_PROGRESS in node.metadata.annotations
    assert not node.spec.unschedulable
    assert await seen.lock() == held

    await seen.set_lock(None)
    await rebooted(seen, before)

    async def untainted() -> bool:
        return not await seen.is_tainted(name)

    await eventually(untainted, timeout=TIMEOUT)


@kured(drain_timeout="20s")
async def test_a_failed_drain_releases_the_lock_and_takes_the_cordon_away_even_an_older_one(
    cluster: TestCluster, seen: Seen
) -> None:
    (pod, *_) = await cluster.create_workload("web", replicas=1, budget={"maxUnavailable": 0})
    name = pod.spec.node_name
    before = await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(seen.is_locked, timeout=TIMEOUT)

    async def uncordoned() -> bool:
        return not await seen.is_cordoned(name)

    await eventually(uncordoned, timeout=TIMEOUT)
    after = await seen.node(name)
    assert after.status.node_info.boot_id == before.status.node_info.boot_id
    assert [p.metadata.uid for p in await seen.pods_on(name)] == [pod.metadata.uid]
    await eventually(seen.is_locked, timeout=TIMEOUT)  # and it tries again


@kured(drain_timeout="20s", force_reboot="true")
async def test_force_reboot_reboots_a_node_that_was_not_drained(
    cluster: TestCluster, seen: Seen
) -> None:
    (pod, *_) = await cluster.create_workload("web", replicas=1, budget={"maxUnavailable": 0})
    before = await seen.node(pod.spec.node_name)
    await cluster.faults.patch_node(pod.spec.node_name, KERNEL)
    await rebooted(seen, before)
    assert pod.metadata.uid in {p.metadata.uid for p in await cluster.pods()}


@kured(concurrency=2)
async def test_two_owners_share_a_list_that_stays_when_it_is_empty(
    cluster: TestCluster, seen: Seen
) -> None:
    names = cluster.node_names[:2]
    before = [await seen.node(name) for name in names]
    for name in names:
        await cluster.faults.patch_node(name, KERNEL)
    lock = await eventually(seen.lock, timeout=TIMEOUT)
    assert lock is not None
    assert lock["maxOwners"] == 2
    for node in before:
        await rebooted(seen, node)
    assert await seen.lock() == {"maxOwners": 2, "locks": []}


@kured(concurrency=2)
async def test_with_several_owners_a_single_one_is_overwritten(
    cluster: TestCluster, seen: Seen
) -> None:
    await seen.set_lock({"nodeID": "manual"})
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, KERNEL)

    async def overwritten() -> bool:
        lock = await seen.lock()
        return lock is not None and [lock["nodeID"] for lock in lock.get("locks", ())] == [name]

    await eventually(overwritten, timeout=TIMEOUT)


@kured(prefer_no_schedule_taint=TAINT)
async def test_with_one_owner_even_an_empty_list_blocks_for_ever(
    cluster: TestCluster, seen: Seen
) -> None:
    held = {"maxOwners": 2, "locks": []}
    await seen.set_lock(held)
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: seen.is_tainted(name), timeout=TIMEOUT)
    assert await seen.lock() == held


@pytest.mark.parametrize("unschedulable", [False, True])
@kured()
async def test_whoever_holds_the_lock_at_a_start_gives_the_node_back(
    cluster: TestCluster, seen: Seen, unschedulable: bool
) -> None:
    name = cluster.node_names[0]
    await cluster.client.patch(NODES, name, {"spec": {"unschedulable": True}})
    await seen.set_lock({"nodeID": name, "metadata": {"unschedulable": unschedulable}})
    await replaced(seen, await seen.kured_on(name))

    async def released() -> bool:
        return await seen.lock() is None

    await eventually(released, timeout=TIMEOUT)
    assert await seen.is_cordoned(name) is unschedulable


@kured()
async def test_a_kured_that_finds_its_name_in_the_lock_takes_over(
    cluster: TestCluster, seen: Seen
) -> None:
    """So nobody else may hold it by a node's own name before the reboot."""
    name = cluster.node_names[0]
    before = await seen.node(name)
    await seen.set_lock({"nodeID": name})
    await cluster.faults.patch_node(name, KERNEL)
    await rebooted(seen, before)


@kured(blocking_pod_selector="app=busy")
async def test_a_blocking_pod_blocks_until_it_is_gone(cluster: TestCluster, seen: Seen) -> None:
    name = cluster.node_names[0]
    await cluster.create_pod("busy", node=name, labels={"app": "busy"})
    before = await seen.node(name)
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: _is_announced(seen, name), timeout=TIMEOUT)
    assert await seen.lock() is None
    await cluster.client.delete(PODS, "busy", namespace=cluster.namespace)
    await rebooted(seen, before)


async def _is_announced(seen: Seen, name: str) -> bool:
    return IN_PROGRESS in (await seen.node(name)).metadata.annotations


@kured(pre_reboot_node_labels="state=before", post_reboot_node_labels="state=after")
async def test_labels_are_set_before_the_drain_and_after_the_uncordon(
    cluster: TestCluster, seen: Seen
) -> None:
    name = cluster.node_names[0]
    before = await seen.node(name)
    await cluster.faults.patch_node(name, KERNEL)

    async def labelled() -> str | None:
        return (await seen.node(name)).metadata.labels.get("state")

    assert await eventually(labelled, timeout=TIMEOUT) == "before"
    await rebooted(seen, before)
    assert await labelled() == "after"


@pytest.mark.embedded
@kured()
async def test_a_daemon_that_cannot_read_its_node_dies_and_is_started_again(
    cluster: TestCluster, seen: Seen
) -> None:
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, KERNEL)
    cluster.faults.answer(500, verb="get", path=f"*/nodes/{name}", times=None)

    async def restarted() -> bool:
        (status,) = (await seen.kured_on(name)).status.container_statuses
        ended = status.last_state.terminated
        return status.restart_count > 0 and ended is not None and ended.exit_code == 1

    await eventually(restarted, timeout=TIMEOUT)


@pytest.mark.embedded
@kured(prefer_no_schedule_taint=TAINT)
async def test_a_lock_that_cannot_be_read_at_a_start_is_forgotten_until_the_next(
    cluster: TestCluster, seen: Seen
) -> None:
    name = cluster.node_names[0]
    taint = {"key": TAINT, "effect": "PreferNoSchedule"}
    spec = {"unschedulable": True, "taints": [taint]}
    await cluster.client.patch(NODES, name, {"spec": spec})
    await seen.set_lock({"nodeID": name})
    cluster.faults.answer(500, verb="get", path="*/daemonsets/*", times=None)
    await replaced(seen, await seen.kured_on(name))

    async def went_on() -> bool:
        return not await seen.is_tainted(name)

    await eventually(went_on, timeout=TIMEOUT)
    cluster.faults.heal()
    assert await seen.is_cordoned(name)
    assert await seen.is_locked()

    await replaced(seen, await seen.kured_on(name))
    await eventually(lambda: is_given_back(seen, name), timeout=TIMEOUT)


async def is_given_back(seen: Seen, name: str) -> bool:
    return not await seen.is_cordoned(name) and not await seen.is_locked()


async def replaced(seen: Seen, pod: Pod) -> None:
    """Delete a kured's pod; its DaemonSet makes another one."""
    metadata = pod.metadata
    await seen.client.delete(PODS, metadata.name, namespace=metadata.namespace, uid=metadata.uid)

    async def another() -> bool:
        found = await seen.kured_on(pod.spec.node_name)
        return found.metadata.uid != metadata.uid and found.status.phase == "Running"

    await eventually(another, timeout=TIMEOUT)


@pytest.mark.embedded
@kured()
async def test_the_metric_follows_the_sentinel(cluster: TestCluster, seen: Seen) -> None:
    name = cluster.node_names[0]
    await seen.set_lock({"nodeID": "manual"})
    metadata = (await seen.kured_on(name)).metadata

    def metric() -> Mapping[str, str]:
        assert cluster.demo is not None
        key = f"{metadata.namespace}/{metadata.name}"
        page = cluster.demo.kubelets.page(name, key, port=8080, path="/metrics")
        text = page.body if page is not None else ""
        lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
        return {line[0]: line[1] for line in lines}

    series = f'kured_reboot_required{{node="{name}"}}'
    assert metric() == {series: "0"}
    await cluster.faults.patch_node(name, KERNEL)
    await eventually(lambda: metric() == {series: "1"}, timeout=TIMEOUT)
