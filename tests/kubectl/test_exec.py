"""`kubectl exec` and `kubectl logs`."""

from __future__ import annotations

import pytest

from kuredtui.kube.resources import NODES, PODS
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl

pytestmark = pytest.mark.embedded  # nothing answers for simulated kubelets elsewhere

TIMEOUT = 30.0


async def running(cluster: TestCluster) -> tuple[str, str, str]:
    """The arguments that name a pod which runs."""
    await cluster.create_pod("box", node=cluster.node_names[0])

    async def runs() -> bool:
        pod = await cluster.client.get(PODS, "box", namespace=cluster.namespace)
        return pod.status.phase == "Running"

    await eventually(runs, timeout=TIMEOUT)
    return "-n", cluster.namespace, "box"


async def test_exec_prints_what_the_command_says(cluster: TestCluster, kubectl: Kubectl) -> None:
    box = await running(cluster)
    said = await kubectl("exec", *box, "--", "cat", "/proc/sys/kernel/random/boot_id")
    node = await cluster.client.get(NODES, cluster.node_names[0])
    assert said == f"{node.status.node_info.boot_id}\n"


async def test_exec_ends_as_the_command_does(cluster: TestCluster, kubectl: Kubectl) -> None:
    box = await running(cluster)
    done = await kubectl.run("exec", *box, "--", "sh", "-c", "exit 3")
    assert done.code == 3
    assert "command terminated with exit code 3" in done.err


async def test_exec_of_what_is_not_there_says_so(cluster: TestCluster, kubectl: Kubectl) -> None:
    box = await running(cluster)
    done = await kubectl.run("exec", *box, "--", "no-such-program")
    assert done.code == 1
    assert "executable file not found in $PATH" in done.err


async def test_logs_of_a_container_that_is_not_there(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    box = await running(cluster)
    done = await kubectl.run("logs", *box, "-c", "other")
    assert done.code == 1
    assert "container other is not valid for pod box" in done.err


async def test_logs_of_kured(cluster: TestCluster, kubectl: Kubectl) -> None:
    async def said() -> bool:
        done = await kubectl.run("logs", "-n", cluster.kured_namespace, "-l", "name=kured")
        return "Kubernetes Reboot Daemon" in done.out

    await eventually(said, timeout=TIMEOUT)
