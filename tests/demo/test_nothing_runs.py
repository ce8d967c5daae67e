"""Nothing that a simulated node "runs" is ever executed, and nothing there can be connected to."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kuredtui.kube.resources import NODES
from tests.demo.observing import is_ready
from tests.demo.test_kubelets import BY_COMMAND, shell
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

PATIENCE = 30.0
_STARTS_A_PROCESS = (
    "subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
    "os.system", "os.kill", "os.killpg", "pty.spawn",
)  # fmt: skip
_records: list[list[str]] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _records and event in _STARTS_A_PROCESS:
        for record in _records:
            record.append(f"{event} {arguments!r}")


sys.addaudithook(_audit)  # once for the process: it cannot be taken back


@contextmanager
def audited() -> Iterator[list[str]]:
    """What this process starts or signals meanwhile; the interpreter itself tells."""
    record: list[str] = []
    _records.append(record)
    try:
        yield record
    finally:
        _records.remove(record)


async def test_the_commands_of_pods_are_never_executed(
    cluster: TestCluster, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    with audited() as started:
        for number, script in enumerate(
            (f"touch {marker}", f"exec touch {marker}; exit 0", f"$(touch {marker})")
        ):
            await cluster.create_pod(f"pod-{number}", **shell(script))
        await eventually(lambda: _running(cluster, 3), timeout=PATIENCE)
    assert not marker.exists()
    assert started == []


async def test_a_reboot_touches_nothing_but_the_simulation(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    old = (await cluster.client.get(NODES, name)).status.node_info.boot_id

    async def booted() -> bool:
        node = await cluster.client.get(NODES, name)
        return node.status.node_info.boot_id != old and is_ready(node)

    with audited() as started:
        await cluster.create_pod("by-command", node=name, **shell(*BY_COMMAND))
        await eventually(booted, timeout=PATIENCE)
    assert started == []


def test_an_audit_would_see_a_process() -> None:
    """So that the others mean something."""
    with audited() as started:
        subprocess.run(["true"], check=True)
    assert any(line.startswith("subprocess.Popen") for line in started)


async def test_nodes_register_with_loopback_addresses_alone(cluster: TestCluster) -> None:
    nodes = [await cluster.client.get(NODES, name) for name in cluster.node_names]
    addresses = [
        address.address
        for node in nodes
        for address in node.status.addresses
        if address.type != "Hostname"
    ]
    assert len(set(addresses)) == len(nodes)
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)


@pytest.mark.embedded
async def test_the_api_server_listens_on_loopback_alone(cluster: TestCluster) -> None:
    assert cluster.demo is not None
    host = cluster.demo.server.url.removeprefix("https://").rpartition(":")[0]
    assert ipaddress.ip_address(host).is_loopback


async def _running(cluster: TestCluster, count: int) -> bool:
    pods = await cluster.pods()
    return len(pods) == count and all(pod.status.phase == "Running" for pod in pods)
