"""The real kubectl on each test's cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clusters import TestCluster
from tests.support.kubectl import Kubectl, require_kubectl


@pytest.fixture
def kubectl(cluster: TestCluster, tmp_path: Path) -> Kubectl:
    """As an administrator."""
    require_kubectl()
    return Kubectl(kubeconfig=cluster.kubeconfig, home=tmp_path)
