"""What the scenarios have in them: each kured in each cluster, with its pods and its lock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.files import PACKAGES, SENTINEL, SimulatedFiles
from kuredtui.demo.kured.daemon import MOST_RECENT
from kuredtui.demo.scenario import KuredFlavour, ScenarioName
from kuredtui.demo.scenario.kured import GHOST, LOCK_ANNOTATION
from kuredtui.kube.errors import ServerError
from kuredtui.kube.execution import execute
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded
NODES_COUNT = 6
HELM, MANIFEST = ("kured", "my-release-kured"), ("kube-system", "kured")


async def kured_pods(demo: DemoCluster, namespace: str, name: str) -> set[str]:
    """The nodes on which a pod of this DaemonSet runs."""
    page = await demo.client.list(PODS, namespace=namespace)
    return {
        pod.spec.node_name
        for pod in page.items
        if pod.status.phase == "Running"
        and any(owner.name == name for owner in pod.metadata.owner_references)
    }


@pytest.mark.parametrize(
    ("scenario", "flavour", "where", "holder"),
    [
        ("aks", None, HELM, None),
        ("aks", "manifest", MANIFEST, None),
        ("aks", "paused", HELM, "manual"),
        ("aks", "ghost", HELM, GHOST),
        ("kubeadm", None, MANIFEST, None),
        ("kubeadm", "helm", HELM, None),
        ("kubeadm", "paused", MANIFEST, "manual"),
        ("plain", "helm", HELM, None),
        ("plain", None, MANIFEST, None),
    ],
)
async def test_a_kured_runs_on_every_node_and_its_lock_is_as_the_flavour_says(
    scenario: ScenarioName, flavour: KuredFlavour | None, where: tuple[str, str], holder: str | None
) -> None:
    namespace, name = where
    async with DemoCluster(nodes=NODES_COUNT, speed=50, scenario=scenario, kured=flavour) as demo:

        async def everywhere() -> bool:
            return await kured_pods(demo, namespace, name) == set(demo.node_names)

        await eventually(everywhere, timeout=60, what="kured on every node")
        daemonset = await demo.client.get(DAEMONSETS, name, namespace=namespace)
        lock = daemonset.metadata.annotations.get(LOCK_ANNOTATION)
        assert (json.loads(lock)["nodeID"] if lock else None) == holder


@pytest.mark.parametrize("scenario", ["aks", "kubeadm", "plain"])
async def test_there_may_be_no_kured(scenario: ScenarioName) -> None:
    async with DemoCluster(nodes=2, scenario=scenario, kured="none") as demo:
        names = [item.metadata.name for item in (await demo.client.list(DAEMONSETS)).items]
        assert not [name for name in names if "kured" in name]


async def test_a_cluster_by_kubeadm_has_a_control_plane_and_nothing_of_a_cloud() -> None:
    async with DemoCluster(nodes=NODES_COUNT, scenario="kubeadm") as demo:
        nodes = (await demo.client.list(NODES)).items
        planes = [
            node.metadata.name
            for node in nodes
            if "node-role.kubernetes.io/control-plane" in node.metadata.labels
        ]
        assert planes == ["cp-1", "cp-2", "cp-3"]
        assert not [key for node in nodes for key in node.metadata.labels if "azure" in key]
        assert {node.status.node_info.os_image for node in nodes} == {
            "Debian GNU/Linux 12 (bookworm)"
        }


@pytest.mark.parametrize("scenario", ["aks", "kubeadm"])
async def test_the_sentinel_file_of_a_node_is_as_old_as_its_patch(scenario: ScenarioName) -> None:
    async with DemoCluster(nodes=NODES_COUNT, speed=50, scenario=scenario) as demo:
        nodes = (await demo.client.list(NODES)).items
        pending = next(n for n in nodes if controls.PATCHED_AT in n.metadata.annotations)
        patched_at = datetime.fromisoformat(pending.metadata.annotations[controls.PATCHED_AT])
        assert datetime.now(UTC) - patched_at > timedelta(hours=1)
        pods = (await demo.client.list(PODS)).items
        kured = next(
            pod.metadata
            for pod in pods
            if pod.spec.node_name == pending.metadata.name
            and pod.spec.containers[0].name == "kured"
        )

        async def changed() -> str:
            command = ["stat", "-c", "%Y", "/sentinel/reboot-required"]
            where = {"namespace": kured.namespace, "pod": kured.name, "container": "kured"}
            try:
                return (await execute(demo.client, command, **where)).stdout.strip()
            except ServerError:
                return ""  # the machine has not been switched on yet

        assert await eventually(changed) == f"{patched_at.timestamp():.0f}"
        if MOST_RECENT in pending.metadata.annotations:
            assert (
                pending.metadata.annotations[MOST_RECENT]
                == (pending.metadata.annotations[controls.PATCHED_AT])
            )


def test_a_patch_that_comes_later_is_of_that_moment() -> None:
    began = datetime.now(UTC)
    files = SimulatedFiles(lambda: began.timestamp())
    files.require_reboot("linux", at=1.0)
    assert files.changed_at(SENTINEL) == 1.0
    files.require_reboot("linux")
    assert files.changed_at(SENTINEL) == began.timestamp()


@pytest.mark.parametrize("scenario", ["aks", "kubeadm"])
async def test_some_nodes_name_the_packages_and_some_do_not(scenario: ScenarioName) -> None:
    async with DemoCluster(nodes=NODES_COUNT, speed=50, scenario=scenario) as demo:
        nodes = [node.metadata.annotations for node in (await demo.client.list(NODES)).items]
        pending = [annotations for annotations in nodes if controls.PATCH in annotations]
        assert {annotations.get(controls.PACKAGES) for annotations in pending} == {None, "none"}


def test_without_packages_there_is_no_list_of_them() -> None:
    files = SimulatedFiles()
    files.require_reboot()
    assert files.exists(SENTINEL)
    assert not files.exists(PACKAGES)
