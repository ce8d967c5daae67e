"""`kubectl get`, `describe`, `cordon` and `uncordon` of nodes."""

from __future__ import annotations

import re

from kuredtui.kube.resources import NODES
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl

COLUMNS = [
    "NAME", "STATUS", "ROLES", "AGE", "VERSION", "INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE",
    "KERNEL-VERSION", "CONTAINER-RUNTIME",
]  # fmt: skip
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"


def cells(line: str) -> list[str]:
    """Of a table's line: columns are two spaces apart or more."""
    return re.split(r"\s{2,}", line.strip())


async def test_get_nodes_wide_shows_every_node_as_it_is(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    head, *lines = (await kubectl("get", "nodes", "-o", "wide")).splitlines()
    assert cells(head) == COLUMNS
    rows = {cells(line)[0]: dict(zip(COLUMNS, cells(line), strict=True)) for line in lines}
    assert set(cluster.node_names) <= set(rows)
    for name in cluster.node_names:
        info = (await cluster.client.get(NODES, name)).status.node_info
        assert rows[name]["STATUS"] == "Ready"
        assert rows[name]["ROLES"] == "agent"
        assert rows[name]["VERSION"] == info.kubelet_version
        assert rows[name]["INTERNAL-IP"].startswith("127.")
        assert rows[name]["EXTERNAL-IP"] == "<none>"
        assert rows[name]["OS-IMAGE"] == info.os_image
        assert rows[name]["KERNEL-VERSION"].split()[0] == info.kernel_version


async def test_get_nodes_watch_prints_a_line_for_each_change(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = cluster.node_names[0]
    async with kubectl.following("get", "nodes", "-w") as watch:
        await watch.until(lambda line: line.startswith(name), what="the node as it is")
        assert watch.lines[0].startswith("NAME")
        await kubectl("cordon", name)
        cordoned = await watch.until(
            lambda line: line.startswith(name) and "SchedulingDisabled" in line, what="the cordon"
        )
        assert cells(cordoned)[1] == "Ready,SchedulingDisabled"
        await kubectl("uncordon", name)
        await watch.until(
            lambda line: line.startswith(name) and cells(line)[1] == "Ready", what="the uncordon"
        )
        assert not any(line.startswith("NAME") for line in watch.lines[1:])


async def test_cordon_marks_and_taints_a_node_and_uncordon_undoes_both(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = cluster.node_names[0]

    async def is_marked() -> bool:
        spec = (await cluster.client.get(NODES, name)).spec
        return spec.unschedulable and UNSCHEDULABLE in {taint.key for taint in spec.taints}

    async def is_free() -> bool:
        spec = (await cluster.client.get(NODES, name)).spec
        return not spec.unschedulable and UNSCHEDULABLE not in {t.key for t in spec.taints}

    assert await kubectl("cordon", name) == f"node/{name} cordoned\n"
    await eventually(is_marked)
    assert await kubectl("cordon", name) == f"node/{name} already cordoned\n"
    assert await kubectl("uncordon", name) == f"node/{name} uncordoned\n"
    await eventually(is_free)
    assert await kubectl("uncordon", name) == f"node/{name} already uncordoned\n"


async def test_cordon_of_no_node_says_so(kubectl: Kubectl) -> None:
    done = await kubectl.run("cordon", "no-such-node")
    assert done.code == 1
    assert 'nodes "no-such-node" not found' in done.err


async def test_no_pod_is_put_on_a_cordoned_node(cluster: TestCluster, kubectl: Kubectl) -> None:
    cordoned, *open_nodes = cluster.node_names
    await kubectl("cordon", cordoned)
    pods = await cluster.create_workload("web", replicas=4)
    assert {pod.spec.node_name for pod in pods} == set(open_nodes)


async def test_a_change_of_a_node_between_read_and_write_is_a_conflict(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = cluster.node_names[0]
    before = await kubectl("get", "node", name, "-o", "json")
    await kubectl("label", "node", name, "touched=yes")
    done = await kubectl.run("replace", "-f", "-", stdin=before)
    assert done.code == 1
    assert "(Conflict)" in done.err
    assert "please apply your changes to the latest version" in done.err


async def test_describe_node_tells_its_state_and_its_pods(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = cluster.node_names[0]
    pod = await cluster.create_pod("here", node=name)
    await kubectl("cordon", name)
    info = (await cluster.client.get(NODES, name)).status.node_info
    text = await kubectl("describe", "node", name)
    said = {
        key.strip(): value.strip()
        for key, _, value in (line.partition(":") for line in text.splitlines())
    }
    assert said["Name"] == name
    assert said["Unschedulable"] == "true"
    assert said["HolderIdentity"] == name
    assert said["Boot ID"] == info.boot_id
    assert said["Kernel Version"] == info.kernel_version
    assert re.search(r"Ready +True .* KubeletReady +kubelet is posting ready status", text)
    assert re.search(rf"{cluster.namespace} +{pod.metadata.name} ", text)


async def test_delete_node_takes_it_off_the_list(cluster: TestCluster, kubectl: Kubectl) -> None:
    name = cluster.node_names[-1]
    assert (await kubectl("delete", "node", name)).startswith(f'node "{name}" deleted')
    done = await kubectl.run("get", "node", name)
    assert done.code == 1
    assert f'nodes "{name}" not found' in done.err
