"""Simulated kubelets on an API server: heartbeats, pods from start to end, and nodes that boot."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from kuredtui.demo.kubelet import NodeBlueprint, controls, node_object
from kuredtui.demo.kubelet.heartbeat import heartbeat
from kuredtui.demo.kubelet.node_agent import LEASE_NAMESPACE
from kuredtui.demo.pace import Pace
from kuredtui.engine.events_seen import read_node_events
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import LEASES, NODES, PODS
from kuredtui.kube.types import ContainerState, Pod
from tests.demo.observing import condition, followed, is_ready
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

PATIENCE = 30.0
NEW_KERNEL = "6.8.0-9999-azure"
BY_COMMAND = ("exec /usr/bin/nsenter -m/proc/1/ns/mnt -- /bin/systemctl reboot",)
BY_SIGNAL = ("exec kill -39 1",)


def shell(script: str, **more: object) -> dict[str, Any]:
    """A pod's spec that runs a script once, on any node, in sight of the host's processes."""
    container = {"name": "main", "image": "busybox", "command": ["/bin/sh", "-c", script]}
    return {
        "hostPID": True,
        "restartPolicy": "Never",
        "tolerations": [{"operator": "Exists"}],
        "containers": [{**container, **more}],
    }


def state(pod: Pod) -> ContainerState:
    """Of the pod's only container; an empty one while no kubelet has said anything of it."""
    statuses = pod.status.container_statuses
    return statuses[0].state if statuses else ContainerState()


# Heartbeats


async def test_a_lease_is_renewed_again_and_again_at_the_pace_of_the_cluster(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    pace = heartbeat(len(cluster.node_names), Pace(cluster.speed))
    async with followed(cluster.client, LEASES, name, namespace=LEASE_NAMESPACE) as leases:
        await eventually(lambda: len(leases) >= 5, timeout=PATIENCE)
    times = [lease.spec.renew_time for lease in leases if lease is not None]
    steps = [
        (late - early).total_seconds() for early, late in pairwise(times[1:]) if early and late
    ]
    assert len(steps) >= 3
    assert min(steps) > 0.9 * pace.renew
    last = leases[-1]
    assert last is not None
    assert last.spec.holder_identity == name
    assert last.spec.lease_duration_seconds == 40


@pytest.mark.parametrize("cluster_speed", [100.0])
async def test_an_unchanged_status_is_reported_now_and_then_without_a_transition(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    before = condition(await cluster.client.get(NODES, name))

    async def heard() -> bool:
        now = condition(await cluster.client.get(NODES, name))
        assert now.last_transition_time == before.last_transition_time
        return now.last_heartbeat_time != before.last_heartbeat_time

    await eventually(heard, timeout=PATIENCE)


# Pods


async def test_a_pod_is_pending_then_running_then_ready(cluster: TestCluster) -> None:
    node = cluster.node_names[0]
    async with followed(cluster.client, PODS, "web", namespace=cluster.namespace) as versions:
        await cluster.create_pod("web", node=node)
        await eventually(lambda: versions and is_ready(_last(versions)), timeout=PATIENCE)
    pods = [pod for pod in versions if pod is not None]
    phases = [pod.status.phase for pod in pods]
    assert set(phases) == {"Pending", "Running"}
    assert phases == sorted(phases), "Pending comes before Running"
    readiness = [is_ready(pod) for pod in pods]
    assert readiness == sorted(readiness)
    assert "Running" in [pod.status.phase for pod in pods if not is_ready(pod)]

    last = pods[-1]
    assert condition(last, "PodScheduled").status == "True"
    assert condition(last, "ContainersReady").status == "True"
    assert last.status.container_statuses[0].ready
    assert state(last).running is not None
    assert last.status.start_time is not None
    host = (await cluster.client.get(NODES, node)).status.addresses[0].address
    assert last.status.host_ip == host
    assert ipaddress.ip_address(last.status.host_ip).is_loopback
    assert ipaddress.ip_address(last.status.pod_ip).is_loopback


async def test_a_deleted_pod_runs_on_until_it_has_stopped_and_then_is_gone(
    cluster: TestCluster,
) -> None:
    pod = await _running(
        cluster,
        annotations={controls.STOP_SECONDS: "3000"},
        terminationGracePeriodSeconds=3600,
    )
    async with followed(cluster.client, PODS, "web", namespace=cluster.namespace) as versions:
        await cluster.client.delete(PODS, "web", namespace=cluster.namespace)
        await eventually(lambda: _last(versions).metadata.deletion_timestamp, timeout=PATIENCE)
        assert state(_last(versions)).running is not None
        assert is_ready(_last(versions))
        await cluster.faults.slow_pod("web", namespace=cluster.namespace, stop_seconds=0)
        await eventually(lambda: versions[-1] is None, timeout=PATIENCE)
    end = _last(versions)
    assert end.metadata.uid == pod.metadata.uid
    assert (end.status.phase, is_ready(end)) == ("Succeeded", False)
    ended = state(end).terminated
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (0, "Completed")


async def test_a_pod_that_does_not_stop_is_killed_when_its_grace_is_over(
    cluster: TestCluster,
) -> None:
    await _running(
        cluster, annotations={controls.STOP_SECONDS: "600"}, terminationGracePeriodSeconds=10
    )
    async with followed(cluster.client, PODS, "web", namespace=cluster.namespace) as versions:
        await cluster.client.delete(PODS, "web", namespace=cluster.namespace)
        await eventually(lambda: versions[-1] is None, timeout=PATIENCE)
    ended = state(_last(versions)).terminated
    assert ended is not None
    assert ended.exit_code == 137


@pytest.mark.parametrize(
    ("script", "phase", "code"), [("true", "Succeeded", 0), ("exit 3", "Failed", 3)]
)
async def test_a_pod_that_runs_once_ends_as_its_program_does(
    cluster: TestCluster, script: str, phase: str, code: int
) -> None:
    await cluster.create_pod("once", node=cluster.node_names[0], **shell(script))

    async def finished() -> Pod | None:
        (pod,) = await cluster.pods()
        return pod if pod.status.phase in ("Succeeded", "Failed") else None

    pod = await eventually(finished, timeout=PATIENCE)
    assert pod is not None
    assert pod.status.phase == phase
    ended = state(pod).terminated
    assert ended is not None
    assert ended.exit_code == code


async def test_a_crashing_pod_is_restarted_and_says_that_it_backs_off(
    cluster: TestCluster,
) -> None:
    async with followed(cluster.client, PODS, "crash", namespace=cluster.namespace) as versions:
        await cluster.create_pod(
            "crash",
            node=cluster.node_names[0],
            containers=[{"name": "main", "image": "busybox", "command": ["false"]}],
        )

        def backs_off() -> bool:
            waiting = state(_last(versions)).waiting if versions else None
            return waiting is not None and waiting.reason == "CrashLoopBackOff"

        await eventually(backs_off, timeout=PATIENCE)
    pod = _last(versions)
    assert pod.status.container_statuses[0].restart_count >= 1
    ended = pod.status.container_statuses[0].last_state.terminated
    assert ended is not None
    assert ended.exit_code == 1
    assert pod.status.phase == "Running"


# Boots


@pytest.mark.parametrize("script", [*BY_COMMAND, *BY_SIGNAL])
async def test_a_reboot_takes_the_node_down_and_brings_it_back_patched(
    cluster: TestCluster, script: str
) -> None:
    name = cluster.node_names[0]
    await cluster.faults.patch_node(name, NEW_KERNEL)
    old = await cluster.client.get(NODES, name)
    async with followed(cluster.client, NODES, name) as versions:
        await cluster.create_pod("reboot", node=name, **shell(script))

        def is_back() -> bool:
            node = versions[-1]
            assert node is not None
            booted = node.status.node_info.boot_id != old.status.node_info.boot_id
            return booted and is_ready(node) and controls.PATCH not in node.metadata.annotations

        await eventually(is_back, timeout=PATIENCE)
    nodes = [node for node in versions if node is not None]
    assert {node.metadata.uid for node in nodes} == {old.metadata.uid}
    assert nodes[-1].status.node_info.kernel_version == NEW_KERNEL
    # Went down by itself, was not ready with its new boot ID at first, and was ready then.
    boots = [(node.status.node_info.boot_id, is_ready(node)) for node in nodes]
    new = nodes[-1].status.node_info.boot_id
    assert list(dict.fromkeys(boots)) == [
        (old.status.node_info.boot_id, True),
        (old.status.node_info.boot_id, False),
        (new, False),
        (new, True),
    ]


async def test_a_kubelet_tells_of_each_boot_once(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = (await cluster.client.get(NODES, name)).status.node_info.boot_id
    await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND))
    await _booted(cluster, name, old)
    new = (await cluster.client.get(NODES, name)).status.node_info.boot_id

    async def told() -> list[str]:
        return [event.booted for event in (await read_node_events(cluster.client, name)).events]

    async def is_told() -> bool:
        return new in await told()

    await eventually(is_told, timeout=PATIENCE)
    assert (await told()).count(new) == 1


async def test_a_reboot_without_a_patch_brings_the_same_kernel_back(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = (await cluster.client.get(NODES, name)).status.node_info
    await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND))
    await _booted(cluster, name, old.boot_id)
    assert (await cluster.client.get(NODES, name)).status.node_info.kernel_version == (
        old.kernel_version
    )


async def test_after_a_reboot_daemons_run_again_and_pods_that_run_once_have_failed(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    always = await cluster.create_pod("always", node=name)
    await cluster.create_pod("never", node=name, restartPolicy="Never")
    await eventually(lambda: _all_ready(cluster, 2), timeout=PATIENCE)
    old = (await cluster.client.get(NODES, name)).status.node_info
    await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND))
    await _booted(cluster, name, old.boot_id)

    async def settled() -> dict[str, Pod]:
        pods = {pod.metadata.name: pod for pod in await cluster.pods()}
        assert is_ready(pods["always"])
        assert pods["always"].status.container_statuses[0].restart_count == 1
        assert pods["never"].status.phase == "Failed"
        assert pods["reboot"].status.phase == "Failed"
        return pods

    pods = await eventually(settled, timeout=PATIENCE)
    assert pods["always"].metadata.uid == always.metadata.uid
    ended = state(pods["never"]).terminated
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (255, "Unknown")
    after = (await cluster.client.get(NODES, name)).status.node_info.boot_id
    assert after != old.boot_id


async def test_a_guarded_reboot_of_another_boot_does_nothing(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = (await cluster.client.get(NODES, name)).status.node_info
    other = [{"name": "BOOT_ID", "value": "the boot before"}]
    await cluster.create_pod("reboot", node=name, **shell(*BY_COMMAND, env=other))

    async def succeeded() -> bool:
        (pod,) = await cluster.pods()
        return pod.status.phase == "Succeeded"

    await eventually(succeeded, timeout=PATIENCE)
    node = await cluster.client.get(NODES, name)
    assert is_ready(node)
    assert node.status.node_info.boot_id == old.boot_id


async def test_a_node_that_somebody_creates_gets_a_machine(cluster: TestCluster) -> None:
    name = f"{cluster.namespace}-new"
    blueprint = NodeBlueprint(name=name, index=900, instance=cluster.instance)
    now = Pace().now()
    await cluster.client.create(NODES, node_object(blueprint, created_at=now, now=now))
    await cluster.create_pod("web", node=name, tolerations=[{"operator": "Exists"}])
    await eventually(lambda: _all_ready(cluster, 1), timeout=PATIENCE)
    await eventually(lambda: _holds_its_lease(cluster, name), timeout=PATIENCE)


async def test_a_node_that_somebody_deletes_is_not_renewed_any_more(cluster: TestCluster) -> None:
    name = cluster.node_names[-1]
    await cluster.client.delete(NODES, name)
    # Whatever was under way when it was deleted has come through by now.
    await cluster.create_pod("web", node=cluster.node_names[0])
    await eventually(lambda: _all_ready(cluster, 1), timeout=PATIENCE)
    with suppress(NotFound):
        await cluster.client.delete(LEASES, name, namespace=LEASE_NAMESPACE)
    async with followed(
        cluster.client, LEASES, cluster.node_names[0], namespace=LEASE_NAMESPACE
    ) as others:
        await eventually(lambda: len(others) >= 4, timeout=PATIENCE)
    with pytest.raises(NotFound):
        await cluster.client.get(LEASES, name, namespace=LEASE_NAMESPACE)


async def _holds_its_lease(cluster: TestCluster, name: str) -> bool:
    """Whether it has reported yet; nodes do not all begin at once."""
    with suppress(NotFound):
        lease = await cluster.client.get(LEASES, name, namespace=LEASE_NAMESPACE)
        return lease.spec.holder_identity == name
    return False


def _last(versions: list[Pod | None]) -> Pod:
    return next(pod for pod in reversed(versions) if pod is not None)


async def _running(cluster: TestCluster, **spec: Any) -> Pod:
    """A pod `web` that is ready."""
    pod = await cluster.create_pod("web", node=cluster.node_names[0], **spec)
    await eventually(lambda: _all_ready(cluster, 1), timeout=PATIENCE)
    return pod


async def _all_ready(cluster: TestCluster, count: int) -> bool:
    pods = await cluster.pods()
    return len(pods) == count and all(map(is_ready, pods))


async def _booted(cluster: TestCluster, name: str, old_boot_id: str) -> None:
    async def back() -> bool:
        node = await cluster.client.get(NODES, name)
        return node.status.node_info.boot_id != old_boot_id and is_ready(node)

    await eventually(back, timeout=PATIENCE)
