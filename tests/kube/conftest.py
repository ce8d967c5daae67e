"""An embedded API server for each test, and clients for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve


@pytest.fixture
async def server() -> AsyncIterator[ApiServer]:
    """An API server with nothing but its namespaces."""
    async with ApiServer(bookmark_seconds=0.1) as server:
        yield server


@pytest.fixture
def kubeconfig(server: ApiServer, tmp_path: Path) -> str:
    """A kubeconfig with the contexts `admin` (current) and `viewer`."""
    path = tmp_path / "kubeconfig"
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
    async with await connect(resolve(kubeconfig=kubeconfig, context="viewer")) as client:
        yield client
