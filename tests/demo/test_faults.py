"""Each fault on request does what it says, to those it is meant for, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from kuredtui.demo.faults import ApiFault, Faults
from kuredtui.demo.kubelet import controls
from kuredtui.kube.client import Batch
from kuredtui.kube.errors import (
    ApiError,
    Expired,
    NotFound,
    ServerError,
    TooManyRequests,
    Unreachable,
)
from kuredtui.kube.resources import LEASES, NODES, POD_DISRUPTION_BUDGETS
from kuredtui.kube.types import Lease
from tests.demo.observing import followed, is_ready
from tests.demo.test_kubelets import BY_COMMAND, shell
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

PATIENCE = 60.0

# The API server. Leases in the test's namespace are touched by nobody else in the cluster.


async def create_lease(cluster: TestCluster, name: str) -> None:
    body = {
        "apiVersion": LEASES.api_version,
        "kind": LEASES.kind,
        "metadata": {"name": name},
    }
    await cluster.client.create(LEASES, body, namespace=cluster.namespace)


async def get_lease(cluster: TestCluster, name: str = "one") -> Lease:
    return await cluster.client.get(LEASES, name, namespace=cluster.namespace)


def path(cluster: TestCluster) -> str:
    """Of the test's leases."""
    return LEASES.path(namespace=cluster.namespace)


def watch(cluster: TestCluster, version: str) -> AsyncGenerator[Batch[Lease]]:
    return cluster.client.watch(
        LEASES,
        version=version,
        namespace=cluster.namespace,
        timeout_seconds=600,
        inactivity_seconds=600,
    )


async def version_now(cluster: TestCluster) -> str:
    return (await cluster.client.list(LEASES, namespace=cluster.namespace)).version


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("status", "error"),
    [(429, TooManyRequests), (500, ServerError), (503, ServerError), (410, Expired)],
)
async def test_an_answer_is_an_error_as_often_as_was_asked_for(
    cluster: TestCluster, status: int, error: type[ApiError]
) -> None:
    await create_lease(cluster, "one")
    cluster.faults.answer(status, verb="get", path=f"{path(cluster)}/*", times=2)
    for _ in range(2):
        with pytest.raises(error) as raised:
            await get_lease(cluster)
        assert raised.value.status == status
    assert (await get_lease(cluster)).metadata.name == "one"


@pytest.mark.embedded
async def test_a_refusal_may_say_when_to_come_again(cluster: TestCluster) -> None:
    await create_lease(cluster, "one")
    cluster.faults.answer(429, path=f"{path(cluster)}/one", retry_after=7)
    with pytest.raises(TooManyRequests) as raised:
        await get_lease(cluster)
    assert raised.value.retry_after == 7


@pytest.mark.embedded
async def test_a_fault_strikes_only_its_verb_and_path_until_it_is_healed(
    cluster: TestCluster,
) -> None:
    await create_lease(cluster, "one")
    await create_lease(cluster, "two")
    cluster.faults.answer(500, verb="get", path="*/leases/one", times=None)
    for _ in range(3):
        with pytest.raises(ServerError):
            await get_lease(cluster)
    await get_lease(cluster, "two")
    await cluster.client.patch(LEASES, "one", {"metadata": {}}, namespace=cluster.namespace)
    cluster.faults.heal()
    await get_lease(cluster)


@pytest.mark.embedded
async def test_a_dropped_request_is_not_answered(cluster: TestCluster) -> None:
    await create_lease(cluster, "one")
    cluster.faults.disturb("drop", verb="patch", path=f"{path(cluster)}/*")
    with pytest.raises(Unreachable):
        await cluster.client.patch(LEASES, "one", {"metadata": {}}, namespace=cluster.namespace)
    await get_lease(cluster)


@pytest.mark.embedded
async def test_a_silenced_request_is_accepted_and_never_answered(cluster: TestCluster) -> None:
    await create_lease(cluster, "one")
    cluster.faults.disturb("silence", verb="get", path=f"{path(cluster)}/*")
    silenced = asyncio.create_task(get_lease(cluster))
    await eventually(lambda: not _has_faults(cluster))
    await get_lease(cluster)
    assert not silenced.done()
    silenced.cancel()
    await asyncio.wait([silenced])
    assert silenced.cancelled()


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("how", "error"), [("drop", Unreachable), ("expire", Expired), ("cut", Unreachable)]
)
async def test_an_open_watch_is_disturbed_at_once(
    cluster: TestCluster, how: ApiFault, error: type[Exception]
) -> None:
    async with aclosing(watch(cluster, await version_now(cluster))) as batches:
        assert await anext(batches) == []
        cluster.faults.disturb(how, verb="watch", path=path(cluster))
        with pytest.raises(error):
            await anext(batches)


@pytest.mark.embedded
async def test_an_empty_watch_ends_before_its_first_event(cluster: TestCluster) -> None:
    version = await version_now(cluster)
    await create_lease(cluster, "one")
    cluster.faults.disturb("empty", verb="watch", path=path(cluster))
    async with aclosing(watch(cluster, version)) as batches:
        assert [batch async for batch in batches] == [[]]
    async with aclosing(watch(cluster, version)) as batches:
        assert await anext(batches) == []
        assert len(await anext(batches)) == 1, "the next one tells what the first one did not"


@pytest.mark.embedded
async def test_a_silenced_watch_stays_open_and_tells_nothing(cluster: TestCluster) -> None:
    version = await version_now(cluster)
    async with (
        aclosing(watch(cluster, version)) as silenced,
        aclosing(watch(cluster, version)) as other,
    ):
        assert await anext(silenced) == []
        cluster.faults.disturb("silence", verb="watch", path=path(cluster))
        await eventually(lambda: not _has_faults(cluster))
        assert await anext(other) == []
        await create_lease(cluster, "one")
        assert len(await anext(other)) == 1
        waiting = asyncio.ensure_future(anext(silenced))
        await get_lease(cluster)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait([waiting])


@pytest.mark.embedded
@pytest.mark.parametrize("keep_history", [True, False])
async def test_a_restart_cuts_watches_and_forgets_or_keeps_what_was(
    cluster: TestCluster, keep_history: bool
) -> None:
    version = await version_now(cluster)
    async with aclosing(watch(cluster, version)) as batches:
        assert await anext(batches) == []
        await create_lease(cluster, "one")
        assert len(await anext(batches)) == 1
        cluster.faults.restart(keep_history=keep_history)
        with pytest.raises(Unreachable):
            await anext(batches)
    assert (await get_lease(cluster)).metadata.name == "one", "objects survive"
    async with aclosing(watch(cluster, version)) as batches:
        assert await anext(batches) == []
        if keep_history:
            assert len(await anext(batches)) == 1
        else:
            with pytest.raises(Expired):
                await anext(batches)


@pytest.mark.embedded
async def test_the_cluster_itself_comes_through_a_bad_time(cluster: TestCluster) -> None:
    """Kubelets and controllers are clients like others: what happens to the API must not end them."""
    await cluster.create_workload("web", replicas=3, wait=False)
    for _ in range(3):
        cluster.faults.restart(keep_history=False)
        cluster.faults.answer(503, verb="list", times=3)
        cluster.faults.answer(500, verb="patch", times=10)
        cluster.faults.answer(429, verb="create", path="*/pods*", times=3, retry_after=1)
        cluster.faults.disturb("cut", verb="watch", times=4)
    cluster.faults.disturb("drop", times=5)

    async def all_run() -> bool:
        try:
            pods = await cluster.pods("app=web")
        except (ApiError, Unreachable):
            return False  # we are a client like others, too
        return len(pods) == 3 and all(map(is_ready, pods))

    await eventually(all_run, timeout=PATIENCE)
    assert cluster.demo is not None
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await cluster.demo.failed()


def _has_faults(cluster: TestCluster) -> bool:
    assert cluster.demo is not None
    return cluster.demo.server.faults.any


def test_a_cluster_that_is_given_cannot_be_disturbed() -> None:
    with pytest.raises(RuntimeError, match="only the embedded API server"):
        Faults(None).answer(500)  # type: ignore[arg-type]  # not asked for anything


# Nodes


async def reboot(cluster: TestCluster, name: str, pod: str = "reboot", **container: Any) -> None:
    await cluster.create_pod(pod, node=name, **shell(*BY_COMMAND, **container))


async def boot_id(cluster: TestCluster, name: str) -> str:
    return (await cluster.client.get(NODES, name)).status.node_info.boot_id


async def until_booted(cluster: TestCluster, name: str, old: str) -> None:
    async def booted() -> bool:
        node = await cluster.client.get(NODES, name)
        return node.status.node_info.boot_id != old and is_ready(node)

    await eventually(booted, timeout=PATIENCE)


async def test_a_node_that_does_not_come_back_stays_away_until_it_is_let(
    cluster: TestCluster,
) -> None:
    lost, other = cluster.node_names[:2]
    before = {name: await boot_id(cluster, name) for name in (lost, other)}
    await cluster.faults.set_boot(lost, None)
    await cluster.faults.set_boot(other, 60)
    async with followed(cluster.client, NODES, lost) as versions:
        await reboot(cluster, lost, "first")
        await eventually(
            lambda: versions[-1] is not None and not is_ready(versions[-1]), timeout=PATIENCE
        )
    await reboot(cluster, other, "second")
    await until_booted(cluster, other, before[other])
    assert await boot_id(cluster, lost) == before[lost]
    assert not is_ready(await cluster.client.get(NODES, lost))
    await cluster.faults.set_boot(lost, 1)
    await until_booted(cluster, lost, before[lost])


async def test_a_node_that_goes_silently_posts_nothing_before_its_boot(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    old = await boot_id(cluster, name)
    await cluster.faults.go_silently(name)
    await cluster.faults.set_boot(name, 0.1)
    async with followed(cluster.client, NODES, name) as versions:
        await reboot(cluster, name)
        await until_booted(cluster, name, old)
    seen = [(node.status.node_info.boot_id, is_ready(node)) for node in versions if node]
    new = seen[-1][0]
    assert list(dict.fromkeys(seen)) == [(old, True), (new, False), (new, True)]


async def test_a_node_that_forgets_its_containers_starts_a_reboot_pod_once_more(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await cluster.faults.forget_containers(name)
    async with followed(cluster.client, NODES, name) as versions:
        await reboot(cluster, name)

        def boots() -> int:
            return len({node.status.node_info.boot_id for node in versions if node})

        await eventually(lambda: boots() >= 3, timeout=PATIENCE)


async def test_a_guarded_reboot_pod_reboots_such_a_node_only_once(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = await boot_id(cluster, name)
    await cluster.faults.forget_containers(name)
    async with followed(cluster.client, NODES, name) as versions:
        await reboot(cluster, name, env=[{"name": "BOOT_ID", "value": old}])

        async def ended() -> bool:
            (pod,) = await cluster.pods()
            return pod.status.phase == "Succeeded"

        await eventually(ended, timeout=PATIENCE)
        await until_booted(cluster, name, old)
    assert len({node.status.node_info.boot_id for node in versions if node}) == 2


async def test_a_replaced_node_has_its_name_and_nothing_else_of_the_former_one(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    old = await cluster.client.get(NODES, name)
    await cluster.faults.replace_node(name, seconds=10)

    async def is_there() -> bool:
        try:
            node = await cluster.client.get(NODES, name)
        except NotFound:
            return False
        return node.metadata.uid != old.metadata.uid and is_ready(node)

    await eventually(is_there, timeout=PATIENCE)
    new = await cluster.client.get(NODES, name)
    assert new.status.node_info.boot_id != old.status.node_info.boot_id
    assert controls.REIMAGE not in new.metadata.annotations
    await cluster.create_pod("web", node=name, tolerations=[{"operator": "Exists"}])

    async def runs() -> bool:
        (pod,) = await cluster.pods()
        return is_ready(pod)

    await eventually(runs, timeout=PATIENCE)


async def test_a_removed_node_is_gone_and_so_are_its_pods(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await cluster.create_pod("web", node=name)
    await cluster.faults.remove_node(name)

    async def gone() -> bool:
        return not await cluster.pods()

    await eventually(gone, timeout=2 * PATIENCE)
    with pytest.raises(NotFound):
        await cluster.client.get(NODES, name)


# Pods


async def test_a_budget_that_never_allows_refuses_every_eviction(cluster: TestCluster) -> None:
    (pod,) = await cluster.create_workload("web")
    await cluster.faults.never_allow({"app": "web"}, namespace=cluster.namespace)

    async def counted() -> bool:
        budget = await cluster.client.get(
            POD_DISRUPTION_BUDGETS, "never", namespace=cluster.namespace
        )
        return budget.status.expected_pods == 1

    await eventually(counted, timeout=PATIENCE)
    with pytest.raises(TooManyRequests) as refused:
        await cluster.client.evict(
            namespace=cluster.namespace, name=pod.metadata.name, uid=pod.metadata.uid
        )
    assert [cause.reason for cause in refused.value.details.causes] == ["DisruptionBudget"]
    assert [p.metadata.deletion_timestamp for p in await cluster.pods()] == [None]
