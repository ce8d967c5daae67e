"""One API server for each test that asks it directly: an embedded one, or the one that was given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from tests.contract.accounts import accounts_of
from tests.contract.api import Api
from tests.contract.corner import Corner
from tests.contract.embedded import controllers, kubeconfig_of


@pytest.fixture
async def kubeconfig(request: pytest.FixtureRequest) -> AsyncIterator[Path]:
    """Of the server."""
    given: Path | None = request.config.getoption("--cluster-kubeconfig")
    async with AsyncExitStack() as stack:
        if given is not None:
            yield given
        else:
            server = await stack.enter_async_context(ApiServer())
            yield await stack.enter_async_context(kubeconfig_of(server))


@pytest.fixture
async def api(kubeconfig: Path) -> AsyncIterator[Api]:
    """The server as an administrator sees it, in a namespace of the test's own."""
    async with (
        accounts_of(kubeconfig) as accounts,
        Corner.opened(accounts["admin"]) as corner,
    ):
        yield Api(accounts["admin"], corner)


@pytest.fixture
async def disruptions(request: pytest.FixtureRequest, kubeconfig: Path) -> AsyncIterator[None]:
    """Somebody who counts for budgets, which on a given cluster is its own controller."""
    if request.config.getoption("--cluster-kubeconfig") is not None:
        yield
        return
    async with controllers(kubeconfig):
        yield
