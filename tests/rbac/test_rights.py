"""The printed rights suffice for what their role does, and none of them is superfluous."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuredtui.demo.scenario.kured import MANIFEST, KuredSetup
from kuredtui.kube.resources import (
    DAEMONSETS,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    VOLUME_ATTACHMENTS,
)
from kuredtui.manifests.rbac import KuredPlace, Role, Subject, rbac_manifest
from tests.rbac.granted import Grant, granted
from tests.rbac.journeys import Missing, look, reboot
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody_with

pytestmark = pytest.mark.embedded

WHO = Subject(kind="User", name="somebody")
OTHER_NAME = replace(MANIFEST, name="node-reboots")
KURED = KuredPlace(namespace=OTHER_NAME.namespace, name=OTHER_NAME.name)
VIEWER, OPERATOR, WITHOUT_KURED = (
    granted(rbac_manifest(role, subject=WHO, kured=kured), subject=WHO.name)
    for role, kured in (("viewer", KURED), ("operator", KURED), ("operator", None))
)
AKS_LABEL = {"kubernetes.azure.com/cluster": "MC_test"}
ONLY_WITHOUT_KURED = [grant for grant in WITHOUT_KURED if grant not in OPERATOR]


@pytest.fixture
def cluster_nodes() -> int:
    return 2


@pytest.fixture
def cluster_kured() -> KuredSetup:
    """Not where one would look for it without the right to look everywhere."""
    return OTHER_NAME


@pytest.fixture
async def node(cluster: TestCluster) -> str:
    """A node of AKS; on it a pod with a budget and a volume, which cannot be evicted at once."""
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "",
            "volumeName": "pv-data",
        },
    }
    await cluster.client.create(PERSISTENT_VOLUME_CLAIMS, claim, namespace=cluster.namespace)
    (pod,) = await cluster.create_workload(
        "db",
        budget={"maxUnavailable": 1},
        spec={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
    )
    name = pod.spec.node_name
    attachment = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "VolumeAttachment",
        "metadata": {"name": "data"},
        "spec": {
            "attacher": "test.kuredtui.io",
            "nodeName": name,
            "source": {"persistentVolumeName": "pv-data"},
        },
    }
    await cluster.client.create(VOLUME_ATTACHMENTS, attachment)
    attached = {"status": {"attached": True}}
    await cluster.client.patch(VOLUME_ATTACHMENTS, "data", attached, subresource="status")
    await cluster.client.patch(NODES, name, {"metadata": {"labels": AKS_LABEL}})
    await eventually(lambda: kured_answers(cluster, name))
    cluster.faults.answer(409, path="*/eviction", times=1)
    return name


async def kured_answers(cluster: TestCluster, node: str) -> bool:
    """Whether the kured of the node runs."""
    page = await cluster.client.list(
        PODS, namespace=cluster.kured_namespace, field_selector=f"spec.nodeName={node}"
    )
    return any(item.ready for pod in page.items for item in pod.status.container_statuses)


async def without_kured(cluster: TestCluster) -> None:
    """Take kured away."""
    await cluster.client.delete(DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace)


def less(grants: list[Grant], one: Grant) -> list[Grant]:
    return [grant for grant in grants if grant != one]


async def test_a_viewer_sees_everything_and_is_told_why_no_more(
    cluster: TestCluster, node: str
) -> None:
    async with somebody_with(cluster, [grant.rule for grant in VIEWER]) as client:
        session = await look(cluster, client, node=node, until=lambda session: session.read_only)
    assert all(name in session.store for name in cluster.node_names)
    assert session.read_only_reason.startswith(
        "Read-only, because user somebody may not patch nodes"
    )
    assert [record for record in session.progress.records() if record.level == "error"] == []


async def test_an_operator_reboots(cluster: TestCluster, node: str) -> None:
    async with somebody_with(cluster, [grant.rule for grant in OPERATOR]) as client:
        await reboot(cluster, client, node=node)


async def test_an_operator_reboots_where_there_is_no_kured(cluster: TestCluster, node: str) -> None:
    await without_kured(cluster)
    async with somebody_with(cluster, [grant.rule for grant in WITHOUT_KURED]) as client:
        await reboot(cluster, client, node=node, kured=False)


@pytest.mark.parametrize("grant", VIEWER, ids=str)
async def test_a_viewer_needs(cluster: TestCluster, node: str, grant: Grant) -> None:
    async with somebody_with(cluster, [item.rule for item in less(VIEWER, grant)]) as client:
        with pytest.raises(Missing):
            await look(cluster, client, node=node)


@pytest.mark.parametrize("grant", [item for item in OPERATOR if item not in VIEWER], ids=str)
async def test_an_operator_needs(cluster: TestCluster, node: str, grant: Grant) -> None:
    async with somebody_with(cluster, [item.rule for item in less(OPERATOR, grant)]) as client:
        with pytest.raises(Missing):
            await reboot(cluster, client, node=node)


@pytest.mark.parametrize("grant", ONLY_WITHOUT_KURED, ids=str)
async def test_without_kured_an_operator_needs(
    cluster: TestCluster, node: str, grant: Grant
) -> None:
    await without_kured(cluster)
    rules = [item.rule for item in less(WITHOUT_KURED, grant)]
    async with somebody_with(cluster, rules) as client:
        with pytest.raises(Missing):
            await reboot(cluster, client, node=node, kured=False)


def test_the_rights_of_a_role_go_to_whom_they_are_printed_for() -> None:
    roles: tuple[Role, ...] = ("viewer", "operator")
    for role in roles:
        group = Subject(name="patchers")
        text = rbac_manifest(role, subject=group, kured=KURED)
        assert granted(text, subject="patchers")
        assert not granted(text, subject="somebody")
