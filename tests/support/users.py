"""Clients of other users than the administrator; of the embedded API server alone."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from kuredtui.demo.apiserver.access import Rule, User
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.timeouts import Timeouts
from tests.support.clusters import TestCluster

TOKEN = "somebody-else"


@asynccontextmanager
async def somebody(
    cluster: TestCluster, *, denied: Iterable[str] = (), timeouts: Timeouts | None = None
) -> AsyncIterator[Client]:
    """The client of a user who may do everything but what is denied, such as `create pods/eviction`."""
    set_denied(cluster, denied)
    async with _client(cluster, timeouts) as client:
        yield client


@asynccontextmanager
async def somebody_with(cluster: TestCluster, rules: Iterable[Rule]) -> AsyncIterator[Client]:
    """The client of a user who may do what the rules allow and nothing else."""
    _put(cluster, User("somebody", rules=tuple(rules)))
    async with _client(cluster) as client:
        yield client


def set_denied(cluster: TestCluster, denied: Iterable[str]) -> None:
    """Change what `somebody` may not do, from the next request on."""
    _put(cluster, User("somebody", frozenset({"*"}), denied=frozenset(denied)))


def _put(cluster: TestCluster, user: User) -> None:
    assert cluster.demo is not None
    cluster.demo.server.access.users[TOKEN] = user


@asynccontextmanager
async def _client(cluster: TestCluster, timeouts: Timeouts | None = None) -> AsyncIterator[Client]:
    assert cluster.demo is not None
    access = cluster.demo.server.access
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        text = cluster.kubeconfig.read_text().replace(access.admin_token, TOKEN)
        path.write_text(text)
        async with await connect(resolve(kubeconfig=str(path)), timeouts=timeouts) as client:
            yield client
