"""What `kuredtui manifests` prints is ready for `kubectl apply -f -`."""

from __future__ import annotations

from kuredtui.manifests.sentinel import sentinel_manifest
from tests.support.clusters import TestCluster
from tests.support.kubectl import Kubectl


async def test_the_sentinel_can_be_applied(cluster: TestCluster, kubectl: Kubectl) -> None:
    manifest = sentinel_manifest(namespace=cluster.namespace)
    # Dry, so that on a given cluster no pods appear on the nodes of others.
    said = await kubectl(
        "apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=manifest
    )
    assert said.splitlines() == [
        f"namespace/{cluster.namespace} configured (server dry run)",
        "daemonset.apps/kuredtui-sentinel created (server dry run)",
    ]
