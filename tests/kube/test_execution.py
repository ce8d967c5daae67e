"""Commands in containers, over WebSockets."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kuredtui.demo.apiserver import Fault
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    NotStarted,
    ServerError,
    Unreachable,
)
from kuredtui.kube.execution import Executed, execute
from kuredtui.kube.resources import NODES, PODS
from kuredtui.kube.types import Pod
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded  # what simulated containers do with a command

BOOT_ID = "/proc/sys/kernel/random/boot_id"
TIMEOUT = 30.0


@pytest.fixture
async def pod(cluster: TestCluster) -> Pod:
    """A pod that runs."""
    pod = await cluster.create_pod("box", node=cluster.node_names[0])

    async def runs() -> bool:
        found = await cluster.client.get(PODS, "box", namespace=cluster.namespace)
        return found.status.phase == "Running"

    await eventually(runs, timeout=TIMEOUT)
    return pod


async def run(client: Client, pod: Pod, *command: str, container: str = "main") -> Executed:
    return await execute(
        client,
        command,
        namespace=pod.metadata.namespace,
        pod=pod.metadata.name,
        container=container,
        seconds=10.0,
    )


async def test_what_a_command_says_comes_back(cluster: TestCluster, pod: Pod) -> None:
    node = await cluster.client.get(NODES, cluster.node_names[0])
    boot_id = node.status.node_info.boot_id
    done = await run(cluster.client, pod, "cat", BOOT_ID)
    assert done == Executed(exit_code=0, stdout=f"{boot_id}\n", stderr="")


@pytest.mark.parametrize(
    ("command", "code", "error"),
    [(["sh", "-c", "exit 3"], 3, ""), (["cat", "/none"], 1, "No such file"), (["true"], 0, "")],
)
async def test_a_command_that_fails_has_its_exit_code(
    cluster: TestCluster, pod: Pod, command: Sequence[str], code: int, error: str
) -> None:
    done = await run(cluster.client, pod, *command)
    assert done.exit_code == code
    assert error in done.stderr


async def test_a_program_that_is_not_there_is_not_started(cluster: TestCluster, pod: Pod) -> None:
    with pytest.raises(NotStarted, match="executable file not found"):
        await run(cluster.client, pod, "no-such-program")


async def test_refusals_have_the_words_of_the_server(cluster: TestCluster, pod: Pod) -> None:
    with pytest.raises(BadRequest, match="container other is not valid for pod box"):
        await run(cluster.client, pod, "true", container="other")
    await cluster.client.delete(PODS, "box", namespace=cluster.namespace, grace_seconds=0)
    with pytest.raises(NotFound, match='"box" not found'):
        await run(cluster.client, pod, "true")


async def test_who_may_only_look_may_not_run_anything(cluster: TestCluster, pod: Pod) -> None:
    assert cluster.viewer is not None
    with pytest.raises(Forbidden, match='cannot create resource "pods/exec"'):
        await run(cluster.viewer, pod, "true")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(action="drop", path="*/exec", times=2), Unreachable),
        (Fault(action="status", status=500, path="*/exec"), ServerError),
    ],
    ids=["dropped", "failed"],
)
async def test_a_server_that_breaks_off_or_fails_says_so(
    cluster: TestCluster, pod: Pod, fault: Fault, error: type[Exception]
) -> None:
    assert cluster.demo is not None
    cluster.demo.server.inject(fault)
    with pytest.raises(error):
        await run(cluster.client, pod, "true")
    cluster.demo.server.faults.clear()
    assert (await run(cluster.client, pod, "true")).exit_code == 0


async def test_a_server_that_never_answers_is_not_waited_for(
    cluster: TestCluster, pod: Pod
) -> None:
    assert cluster.demo is not None
    cluster.demo.server.inject(Fault(action="silence", path="*/exec"))
    with pytest.raises(Unreachable, match="in time"):
        await execute(
            cluster.client,
            ["true"],
            namespace=cluster.namespace,
            pod="box",
            container="main",
            seconds=0.2,
        )


async def test_the_log_of_kured_is_read(cluster: TestCluster) -> None:
    async def says() -> bool:
        page = await cluster.client.list(
            PODS, namespace=cluster.kured_namespace, label_selector="name=kured"
        )
        for pod in page.items:
            where = PODS.path(
                namespace=cluster.kured_namespace, name=pod.metadata.name, subresource="log"
            )
            log = await cluster.client.text(where, query={"tailLines": "100"}, most_bytes=10_000)
            assert "Kubernetes Reboot Daemon" in log
        return bool(page.items)

    async def all_say() -> bool:
        try:
            return await says()
        except BadRequest:  # it is starting
            return False

    await eventually(all_say, timeout=TIMEOUT)
