"""What kured says at /metrics, through the API server's proxy."""

from __future__ import annotations

import pytest

from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, NotFound, ReadOnlyError, ServerError
from kuredtui.kube.pod_pages import read_metrics
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded  # simulated pods cannot be connected to

KERNEL = "6.8.0-1099-azure"
TIMEOUT = 30.0


@pytest.fixture
async def kured(cluster: TestCluster) -> Pod:
    """The kured pod of the first node, when it answers."""
    found: list[Pod] = []

    async def answers() -> bool:
        page = await cluster.client.list(
            PODS,
            namespace=cluster.kured_namespace,
            field_selector=f"spec.nodeName={cluster.node_names[0]}",
        )
        found[:] = [p for p in page.items if p.metadata.name.startswith(cluster.kured_name)]
        try:
            return bool(found) and bool(await metrics(cluster.client, found[0]))
        except ApiError:
            return False

    await eventually(answers, timeout=TIMEOUT)
    return found[0]


async def metrics(client: Client, pod: Pod, *, port: int = 8080) -> str:
    metadata = pod.metadata
    return await read_metrics(client, namespace=metadata.namespace, pod=metadata.name, port=port)


async def test_the_metric_says_whether_the_node_needs_a_reboot(
    cluster: TestCluster, kured: Pod
) -> None:
    name = kured.spec.node_name
    assert f'kured_reboot_required{{node="{name}"}} 0' in await metrics(cluster.client, kured)
    await cluster.faults.patch_node(name, KERNEL)
    wanted = f'kured_reboot_required{{node="{name}"}} 1'

    async def is_required() -> bool:
        return wanted in await metrics(cluster.client, kured)

    await eventually(is_required, timeout=TIMEOUT)


async def test_a_viewer_in_a_read_only_session_may_read_it(
    cluster: TestCluster, kured: Pod
) -> None:
    assert cluster.viewer is not None
    cluster.viewer.read_only = True
    assert "kured_reboot_required" in await metrics(cluster.viewer, kured)


async def test_nothing_but_the_metrics_is_read_in_a_read_only_session(
    cluster: TestCluster, kured: Pod
) -> None:
    assert cluster.viewer is not None
    cluster.viewer.read_only = True
    base = PODS.path(
        namespace=kured.metadata.namespace, name=f"{kured.metadata.name}:8080", subresource="proxy"
    )
    with pytest.raises(ReadOnlyError):
        await cluster.viewer.text(f"{base}/other", most_bytes=100)


async def test_another_port_and_another_page_say_so(cluster: TestCluster, kured: Pod) -> None:
    with pytest.raises(ServerError, match="connection refused"):
        await metrics(cluster.client, kured, port=9090)
    base = PODS.path(
        namespace=kured.metadata.namespace, name=f"{kured.metadata.name}:8080", subresource="proxy"
    )
    with pytest.raises(NotFound):
        await cluster.client.text(f"{base}/other", most_bytes=100)


async def test_a_page_is_read_up_to_a_limit(cluster: TestCluster) -> None:
    assert await cluster.client.text("/readyz", most_bytes=1) == "o"
