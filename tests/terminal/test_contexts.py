"""Going to another context in a real terminal, whose login has to ask the person first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.support.clusters import TestCluster
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

# The contexts `admin` and `viewer`, and a token to print, are in the embedded cluster's kubeconfig.
pytestmark = pytest.mark.embedded

LOGIN = """#!/bin/sh
echo "the code, please" >&2
read code
[ "$code" = 42 ] || exit 3
echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
       "status": {"token": "TOKEN"}}'
"""


@pytest.fixture
def kubeconfig(cluster: TestCluster, tmp_path: Path) -> Path:
    """The cluster's contexts, and `asks`, whose plugin asks for a code before it logs in."""
    assert cluster.demo is not None
    login = tmp_path / "login"
    login.write_text(LOGIN.replace("TOKEN", cluster.demo.server.access.admin_token))
    login.chmod(0o755)
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(login)}
    config["users"].append(
        {"name": "asks", "user": {"exec": {**plugin, "interactiveMode": "Always"}}}
    )
    cluster_name = config["clusters"][0]["name"]
    config["contexts"].append(
        {"name": "asks", "context": {"cluster": cluster_name, "user": "asks"}}
    )
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


async def test_a_login_that_asks_has_the_terminal_and_what_it_refuses_changes_nothing(
    kubeconfig: Path,
) -> None:
    arguments = ["--kubeconfig", str(kubeconfig), "--context", "viewer"]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("viewer", "READ-ONLY", "live")
        terminal.send(":ctx asks\r")
        await terminal.see("the code, please")
        terminal.send("41\n")
        await terminal.see("exit code 3")
        await terminal.see("viewer", "READ-ONLY", "live")
        terminal.send(":ctx asks\r")
        await terminal.see("the code, please")
        terminal.send("42\n")
        await terminal.see("asks", "live")
        await terminal.see("before it was viewer")
        terminal.send(":q\r")
        assert await terminal.exit(timeout=10)


async def test_ctrl_c_breaks_a_login_off_and_the_console_goes_on(kubeconfig: Path) -> None:
    arguments = ["--kubeconfig", str(kubeconfig), "--context", "admin"]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("admin", "live")
        terminal.send(":ctx asks\r")
        await terminal.see("the code, please")
        terminal.send("\x03")
        await terminal.see("The login was broken off.")
        terminal.send(":q\r")
        assert await terminal.exit(timeout=10)
