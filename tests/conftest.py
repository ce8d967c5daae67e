"""What all tests share: the cluster to test against."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

from kuredtui.demo.scenario.kured import MANIFEST, KuredSetup
from tests.support.clusters import TestCluster, embedded_cluster, unique_name
from tests.support.given_cluster import given_cluster

_OPTION = "--cluster-kubeconfig"

# How long an example takes says how busy the machine is, not whether the law holds.
hypothesis.settings.register_profile("kuredtui", deadline=None)
hypothesis.settings.load_profile("kuredtui")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        _OPTION,
        metavar="FILE",
        type=Path,
        help="Test against this cluster; only simulated kubelets are started, on nodes of their own.",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Three a core: most of a test's time is spent waiting for a cluster to live.

    On a given cluster one test after the other: they would find each other's kureds and orphans.
    """
    return 0 if config.getoption(_OPTION) else 3 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption(_OPTION) is None:
        return
    skip = pytest.mark.skip(reason="needs what only the embedded cluster has")
    for item in items:
        if item.get_closest_marker("embedded") is not None:
            item.add_marker(skip)


@pytest.fixture
def cluster_nodes() -> int:
    """How many nodes the `cluster` of a test has; override it in a module."""
    return 3


@pytest.fixture
def cluster_speed() -> float:
    """How fast the `cluster` of a test lives; override it in a module."""
    return 50.0


@pytest.fixture
def cluster_kured() -> KuredSetup:
    """Which kured the `cluster` of a test has; override it in a module, or by parametrizing it."""
    return MANIFEST


@pytest_asyncio.fixture
async def cluster(
    request: pytest.FixtureRequest,
    cluster_nodes: int,
    cluster_speed: float,
    cluster_kured: KuredSetup,
) -> AsyncIterator[TestCluster]:
    """A cluster with some Ready nodes, kured's DaemonSet, and an empty namespace for this test."""
    given: Path | None = request.config.getoption(_OPTION)
    async with AsyncExitStack() as stack:
        if given is None:
            yield await embedded_cluster(
                stack,
                nodes=cluster_nodes,
                speed=cluster_speed,
                kured=cluster_kured,
                namespace=unique_name(),
            )
        else:
            yield await given_cluster(
                stack,
                given,
                nodes=cluster_nodes,
                speed=cluster_speed,
                kured=cluster_kured,
                namespace=unique_name(),
            )
