"""How the connections of a client are shared by what asks over them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.listwatch import ListWatch, Live
from kuredtui.kube.resources import LEASES, NODES
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

_MANY = 150  # more than the 100 connections that aiohttp allows by default


async def test_many_watches_leave_room_for_a_request(client: Client) -> None:
    live = 0

    async def follow() -> None:
        nonlocal live
        async with aclosing(ListWatch(client, LEASES).events()) as events:
            async for event in events:
                live += isinstance(event, Live)

    async with asyncio.TaskGroup() as tasks:
        watches = [tasks.create_task(follow()) for _ in range(_MANY)]
        await eventually(lambda: live >= _MANY, timeout=30, what=lambda: f"{live} watches")
        async with asyncio.timeout(10):
            assert (await client.list(NODES)).items == []
        for watch in watches:
            watch.cancel()


async def test_a_login_for_every_host_in_netrc_is_left_alone(
    server: ApiServer, kubeconfig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with await connect(resolve(kubeconfig=kubeconfig)) as client:
        assert (await client.list(NODES)).items == []
