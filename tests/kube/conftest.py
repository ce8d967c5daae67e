"""An API server for each test: an embedded one of its own, or the one that pytest was given."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import ConfigError


@pytest.fixture
async def server() -> AsyncIterator[ApiServer]:
    """An embedded API server with nothing but its namespaces."""
    async with ApiServer(bookmark_seconds=0.1) as server:
        yield server


@pytest.fixture
def kubeconfig(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A kubeconfig with an administrator's context (current) and, if possible, a `viewer`'s."""
    given: Path | None = request.config.getoption("--cluster-kubeconfig")
    if given is not None:
        return str(given)
    path = tmp_path / "kubeconfig"
    server: ApiServer = request.getfixturevalue("server")
    server.write_kubeconfig(path)
    return str(path)


@pytest.fixture
async def client(kubeconfig: str) -> AsyncIterator[Client]:
    """The administrator's client."""
    async with await connect(resolve(kubeconfig=kubeconfig)) as client:
        yield client


@pytest.fixture
async def viewer(kubeconfig: str) -> AsyncIterator[Client]:
    """The client of somebody who may only look."""
    try:
        target = resolve(kubeconfig=kubeconfig, context="viewer")
    except ConfigError:
        pytest.skip("the given kubeconfig has no context named viewer")
    async with await connect(target) as client:
        yield client


@pytest.fixture
def name() -> str:
    """A name that nobody else uses."""
    return f"test-{uuid.uuid4().hex[:10]}"
