"""`kuredtui demo serve` and `kuredtui demo kubelets`, as processes: how they begin and how they end."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import stat
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from kuredtui.demo.commands import KUBELETS_INSTANCE
from kuredtui.demo.kubelet import controls
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.resources import LEASES, NODES, PODS
from kuredtui.kube.types import Condition, Node
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

START_SECONDS = 60.0
END_SECONDS = 60.0
KUBELETS = f"{controls.INSTANCE}={KUBELETS_INSTANCE}"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def folder_in(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def as_viewer(kubeconfig: Path, copy: Path) -> Path:
    """A copy of a kubeconfig whose current context is the viewer's."""
    config = json.loads(kubeconfig.read_text())
    copy.write_text(json.dumps({**config, "current-context": "viewer"}))
    return copy


def bound_socket() -> socket.socket:
    """A port of this machine that nobody listens at, out of the range that others get theirs from."""
    while True:
        found = socket.socket()
        try:
            found.bind(("127.0.0.1", random.randrange(20_000, 30_000)))
        except OSError:
            found.close()
        else:
            return found


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """`kuredtui demo ...`, and the line by which it says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "kuredtui", "demo", *arguments),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await process.stdout.readline()).decode()
        yield process, line
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def served(folder: Path, *arguments: str) -> AsyncIterator[tuple[Process, Path]]:
    """`kuredtui demo serve`, and its kubeconfig."""
    path = folder / "kubeconfig"
    async with started("serve", "--kubeconfig-out", str(path), *arguments) as (process, line):
        assert line.startswith("kuredtui demo: serving "), line
        yield process, path


@asynccontextmanager
async def client_of(kubeconfig: Path) -> AsyncIterator[Client]:
    async with await connect(resolve(kubeconfig=str(kubeconfig))) as client:
        yield client


async def refused(*arguments: str) -> str:
    """What a command that cannot start says, which is one sentence and nothing more."""
    async with started(*arguments) as (process, _):
        async with asyncio.timeout(END_SECONDS):
            _, said = await process.communicate()
        assert process.returncode == 1
    lines = said.decode().splitlines()
    assert len(lines) == 1, said.decode()
    return lines[0].removeprefix("Error: ")


async def ended(process: Process) -> tuple[int | None, str]:
    """The status with which a process ends, and its complaints."""
    async with asyncio.timeout(END_SECONDS):
        _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_serve_ends_cleanly_when_it_is_told_to(
    number: signal.Signals, tmp_path: Path
) -> None:
    async with served(tmp_path, "--nodes", "3", "--speed", "50") as (process, kubeconfig):
        async with client_of(kubeconfig) as client:
            assert len((await client.list(NODES)).items) == 3
        process.send_signal(number)
        assert await ended(process) == (0, "")


async def test_serve_ends_while_somebody_watches(tmp_path: Path) -> None:
    async with (
        served(tmp_path, "--nodes", "3") as (process, kubeconfig),
        client_of(kubeconfig) as client,
    ):
        version = (await client.list(NODES)).version
        watch = client.watch(NODES, version=version, timeout_seconds=600, inactivity_seconds=600)
        async with aclosing(watch) as batches:
            assert await anext(batches) == []
            process.send_signal(signal.SIGTERM)
            assert await ended(process) == (0, "")


async def test_serve_ends_with_its_parent_where_that_was_asked_for(tmp_path: Path) -> None:
    async with served(tmp_path, "--nodes", "3", "--exit-at-eof") as (process, _):
        assert process.stdin is not None
        process.stdin.close()
        assert await ended(process) == (0, "")


async def test_only_its_owner_may_read_the_kubeconfig(tmp_path: Path) -> None:
    async with served(tmp_path, "--nodes", "1", "--no-kubelets") as (_, kubeconfig):
        assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
        config = json.loads(kubeconfig.read_text())
    assert config["current-context"] == "admin"
    assert [context["name"] for context in config["contexts"]] == ["admin", "viewer"]
    assert config["clusters"][0]["cluster"]["server"].startswith("https://127.0.0.1:")


async def test_a_kubeconfig_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    async with served(tmp_path, "--nodes", "1", "--no-kubelets") as (_, kubeconfig):
        before = kubeconfig.read_text()
    async with served(tmp_path, "--nodes", "1", "--no-kubelets") as (_, kubeconfig):
        assert kubeconfig.read_text() != before
        assert names_in(tmp_path) == ["kubeconfig"]
        async with client_of(kubeconfig) as client:
            assert await client.version()


async def test_somebody_elses_kubeconfig_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("apiVersion: v1\nkind: Config\nclusters: []\n")
    said = await refused("serve", "--kubeconfig-out", str(path))
    assert said.startswith(f"{path} is not an embedded cluster's and is left alone")
    assert path.read_text().startswith("apiVersion: v1")


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    async with served(tmp_path, "--nodes", "1", "--no-kubelets") as (_, kubeconfig):
        server = json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        port = server.rpartition(":")[2]
        other = tmp_path / "other"
        said = await refused("serve", "--port", port, "--kubeconfig-out", str(other))
    assert said == (
        f"The embedded cluster cannot listen on port {port}: Address already in use. "
        "Name another port, or none to take a free one."
    )
    assert not other.exists()


async def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "kubeconfig"
    said = await refused("serve", "--kubeconfig-out", str(path))
    assert said == f"The kubeconfig cannot be written to {path}: No such file or directory."


async def test_the_port_that_was_asked_for_is_served(tmp_path: Path) -> None:
    with bound_socket() as taken:
        port = taken.getsockname()[1]
    async with (
        served(tmp_path, "--nodes", "1", "--port", str(port)) as (_, kubeconfig),
        client_of(kubeconfig) as client,
    ):
        assert client.server == f"https://127.0.0.1:{port}"
        assert await client.version()


async def identities(folder: Path, seed: int) -> tuple[object, object]:
    """What a seed decides of a cluster: all but the times."""
    arguments = ("--nodes", "12", "--seed", str(seed), "--no-kubelets")
    async with served(folder, *arguments) as (_, kubeconfig), client_of(kubeconfig) as client:
        nodes = (await client.list(NODES)).items
        pods = (await client.list(PODS)).items
    return (
        [(node.metadata.name, node.metadata.uid, node.status.node_info) for node in nodes],
        [(pod.metadata.name, pod.metadata.uid, pod.spec.node_name) for pod in pods],
    )


async def test_the_same_seed_makes_the_same_cluster_and_another_one_another(
    tmp_path: Path,
) -> None:
    first = await identities(folder_in(tmp_path, "first"), 7)
    assert await identities(folder_in(tmp_path, "second"), 7) == first
    assert await identities(folder_in(tmp_path, "third"), 8) != first


# Kubelets alone


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Path]:
    """The kubeconfig of an API server without nodes."""
    async with ApiServer() as server:
        path = tmp_path / "bare"
        server.write_kubeconfig(path)
        yield path


@asynccontextmanager
async def kubelets_of(kubeconfig: Path, nodes: int) -> AsyncIterator[Process]:
    """`kuredtui demo kubelets`."""
    arguments = ("--kubeconfig", str(kubeconfig), "--nodes", str(nodes), "--speed", "50")
    async with started("kubelets", *arguments) as (process, line):
        assert line.startswith(f"kuredtui demo: kubelets of {nodes} nodes at https://"), line
        yield process


async def ready_nodes(client: Client, count: int) -> list[Node]:
    """So many nodes, all of which are Ready and have a Lease."""

    async def found() -> list[Node]:
        nodes = (await client.list(NODES, label_selector=KUBELETS)).items
        leases = {lease.metadata.name for lease in (await client.list(LEASES)).items}
        assert len(nodes) == count
        assert {node.metadata.name for node in nodes} == leases
        assert all(condition(node).status == "True" for node in nodes)
        return nodes

    return await eventually(found, timeout=START_SECONDS)


def condition(node: Node) -> Condition:
    return next(c for c in node.status.conditions if c.type == "Ready")


async def test_kubelets_register_and_end_cleanly(bare: Path) -> None:
    async with client_of(bare) as client:
        async with kubelets_of(bare, 3) as process:
            before = await ready_nodes(client, 3)
            process.send_signal(signal.SIGTERM)
            assert await ended(process) == (0, "")
        after = (await client.list(NODES)).items
    assert {node.metadata.uid for node in after} == {node.metadata.uid for node in before}


async def test_kubelets_take_up_the_nodes_of_an_earlier_run(bare: Path) -> None:
    async with client_of(bare) as client:
        async with kubelets_of(bare, 2):
            before = await ready_nodes(client, 2)
        async with kubelets_of(bare, 2):

            async def heard_again() -> list[Node]:
                nodes = (await client.list(NODES)).items
                assert all(
                    condition(new).last_heartbeat_time != condition(old).last_heartbeat_time
                    for new, old in zip(nodes, before, strict=True)
                )
                return nodes

            after = await eventually(heard_again, timeout=START_SECONDS)
    for old, new in zip(before, after, strict=True):
        assert new.metadata.uid == old.metadata.uid
        assert new.status.node_info.boot_id == old.status.node_info.boot_id
        assert condition(new).last_transition_time == condition(old).last_transition_time


async def test_kubelets_that_may_not_register_say_so(bare: Path, tmp_path: Path) -> None:
    path = as_viewer(bare, tmp_path / "viewer")
    said = await refused("kubelets", "--kubeconfig", str(path))
    assert 'User "viewer" cannot create resource "nodes"' in said


async def test_kubelets_without_a_kubeconfig_say_so(tmp_path: Path) -> None:
    path = tmp_path / "none"
    assert str(path) in await refused("kubelets", "--kubeconfig", str(path))


async def test_kubelets_without_a_server_say_so(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    with bound_socket() as nobody:
        url = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        config = {
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "users": [{"name": "c", "user": {"token": "t"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
        }
        path.write_text(json.dumps(config))
        assert f"{url} refuses connections" in await refused("kubelets", "--kubeconfig", str(path))
