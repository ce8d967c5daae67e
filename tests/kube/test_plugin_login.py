"""A credential plugin over the life of a connection: its tokens come, go stale and are renewed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import yaml

from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube import plugin_credentials
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, log_in, resolve
from kuredtui.kube.errors import ConfigError, Unauthorized
from kuredtui.kube.listwatch import Changed, Lost
from kuredtui.kube.resources import NODES
from tests.kube.follower import Follower, node, seed
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

V1 = "client.authentication.k8s.io/v1"
LogIn = Callable[[], Awaitable[Client]]


class Login:
    """A plugin that prints what a file holds, and counts its runs in another."""

    def __init__(self, directory: Path, server: ApiServer) -> None:
        self.path = directory / "login"
        self._answer = directory / "answer"
        self._runs = directory / "runs"
        self._server = server
        self._admin = server.access.users[server.access.admin_token]
        self.path.write_text(f"#!/bin/sh\necho >> {self._runs}\nexec cat {self._answer}\n")
        self.path.chmod(0o755)

    def gives(self, token: str, *, seconds: float = 3600) -> None:
        """From now on this token comes, which its plugin says is good for so many seconds."""
        expires = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        status = {"token": token, "expirationTimestamp": expires}
        credential = {"kind": "ExecCredential", "apiVersion": V1, "status": status}
        self._answer.write_bytes(msgspec.json.encode(credential))

    def fails(self) -> None:
        """From now on it has nothing to print."""
        self._answer.unlink()

    def accept_only(self, token: str) -> None:
        """The server knows this token, and no other any more."""
        self._server.access.users.clear()
        self._server.access.users[token] = self._admin

    @property
    def runs(self) -> int:
        return len(self._runs.read_text())


@pytest.fixture
def login(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """A plugin that may run as often as it is needed."""
    monkeypatch.setattr(plugin_credentials, "_AT_MOST_EVERY", 0.0)
    return Login(tmp_path, server)


@pytest.fixture
async def logged_in(server: ApiServer, login: Login, tmp_path: Path) -> AsyncIterator[LogIn]:
    """Logs in and connects, as the program does."""
    config = {
        "current-context": "c",
        "clusters": [
            {"name": "k", "cluster": {"server": server.url, "insecure-skip-tls-verify": True}}
        ],
        "users": [{"name": "u", "user": {"exec": {"apiVersion": V1, "command": str(login.path)}}}],
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    clients: list[Client] = []

    async def log_in_and_connect() -> Client:
        target = await log_in(resolve(kubeconfig=str(tmp_path / "kubeconfig")))
        clients.append(await connect(target))
        return clients[-1]

    yield log_in_and_connect
    for client in clients:
        await client.close()


async def test_a_good_token_is_used_and_the_plugin_left_alone(
    login: Login, logged_in: LogIn
) -> None:
    login.gives("one")
    login.accept_only("one")
    client = await logged_in()
    for _ in range(3):
        await client.list(NODES)
    assert login.runs == 1


async def test_a_token_is_renewed_before_it_expires(login: Login, logged_in: LogIn) -> None:
    login.gives("one", seconds=30)
    login.accept_only("two")  # "one" would be refused, if it were tried at all
    client = await logged_in()
    login.gives("two")
    await client.list(NODES)
    assert login.runs == 2


async def test_a_token_that_is_refused_before_its_time_is_renewed(
    login: Login, logged_in: LogIn
) -> None:
    login.gives("one")
    login.accept_only("two")
    client = await logged_in()
    login.gives("two")
    await client.list(NODES)
    assert login.runs == 2


async def test_a_plugin_whose_token_is_never_accepted_is_not_asked_for_ever(
    login: Login, logged_in: LogIn
) -> None:
    login.gives("one")
    login.accept_only("two")
    client = await logged_in()
    with pytest.raises(Unauthorized):
        await client.list(NODES)
    assert login.runs == 2


async def test_a_watch_outlives_its_token(
    server: ApiServer, login: Login, logged_in: LogIn
) -> None:
    seed(server, "n1")
    login.gives("one")
    login.accept_only("one")
    async with Follower(await logged_in()) as follower:
        await follower.sees(["n1"])
        login.gives("two")
        login.accept_only("two")
        server.restart()
        server.seed([node("n2")])
        await follower.sees(["n1", "n2"])
        assert follower.replaced == 1, "nothing was listed anew"
        assert not follower.lost
        assert follower.of(Changed)


async def test_a_login_that_fails_meanwhile_is_told_and_its_return_noticed(
    server: ApiServer, login: Login, logged_in: LogIn
) -> None:
    seed(server, "n1")
    login.gives("one")
    login.accept_only("one")
    async with Follower(await logged_in()) as follower:
        await follower.sees(["n1"])
        login.fails()
        login.accept_only("two")
        server.restart()
        lost: Lost = await eventually(lambda: follower.lost and follower.lost[0])
        assert isinstance(lost.error, ConfigError)
        assert "failed with exit code 1" in str(lost.error)
        login.gives("two")
        await follower.sees(["n1"])
