"""What a person gets wrong, in the installed program: one sentence, before the screen or in it, and
nothing left behind in the terminal."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import trustme
import yaml

from kuredtui.demo.apiserver import ApiServer
from kuredtui.demo.apiserver.access import User
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

pytestmark = pytest.mark.embedded

Entry = dict[str, object]
Write = Callable[..., Path]

V1 = "client.authentication.k8s.io/v1"


@pytest.fixture
async def server() -> AsyncIterator[ApiServer]:
    """An API server with one node."""
    async with ApiServer() as server:
        server.seed([{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}])
        yield server


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a kubeconfig with one context, `prod`."""

    def write_config(cluster: Entry, user: Entry | None = None) -> Path:
        path = tmp_path / "kubeconfig"
        content = {
            "current-context": "prod",
            "clusters": [{"name": "k", "cluster": cluster}],
            "users": [{"name": "u", "user": user or {}}],
            "contexts": [{"name": "prod", "context": {"cluster": "k", "user": "u"}}],
        }
        path.write_text(yaml.safe_dump(content))
        return path

    return write_config


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[[str], Entry]:
    """A user whose credential plugin is this shell script."""

    def write_plugin(script: str) -> Entry:
        path = tmp_path / "login"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return {"exec": {"apiVersion": V1, "command": str(path), "interactiveMode": "IfAvailable"}}

    return write_plugin


def trusted(server: ApiServer) -> Entry:
    """The cluster's entry for a server, without any check."""
    return {"server": server.url, "insecure-skip-tls-verify": True}


# Before the screen.


def complaint(home: Path, *arguments: str, **environ: str) -> str:
    """What the program says before it gives up, without ever drawing a screen."""
    done = subprocess.run(
        [program(), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_without_any_kubeconfig_one_is_asked_for(tmp_path: Path) -> None:
    said = complaint(tmp_path)
    assert re.fullmatch(r"Error: There is no kubeconfig at .*--demo` needs none\.\n", said)


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, "--kubeconfig", "/gone") == (
        "Error: There is no kubeconfig at /gone, which --kubeconfig names. Check the path.\n"
    )
    assert "/lost, which KUBECONFIG names" in complaint(tmp_path, KUBECONFIG="/lost")


def test_a_context_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, write: Write
) -> None:
    path = write({"server": "https://127.0.0.1:1"})
    assert complaint(tmp_path, "--kubeconfig", str(path), "--context", "test") == (
        "Error: The context 'test' is in no kubeconfig. Choose one of these: prod.\n"
    )


def test_a_plugin_that_is_not_there_is_named_with_its_hint(tmp_path: Path, write: Write) -> None:
    user = {"exec": {"apiVersion": V1, "command": "no-such-login", "installHint": "Get it."}}
    path = write({"server": "https://127.0.0.1:1"}, user)
    assert complaint(tmp_path, "--kubeconfig", str(path)) == (
        "Error: The login plugin no-such-login is not installed. Get it.\n"
    )


def test_a_plugin_that_fails_is_heard_itself_and_then_named(
    tmp_path: Path, write: Write, plugin: Callable[[str], Entry]
) -> None:
    path = write({"server": "https://127.0.0.1:1"}, plugin("echo 'token expired' >&2; exit 3"))
    first, second = complaint(tmp_path, "--kubeconfig", str(path)).splitlines()
    assert first == "token expired"
    assert re.fullmatch(r"Error: The login plugin .* failed with exit code 3\. Log in .*\.", second)


# In the screen.


async def seen_in_the_screen(path: Path, sentence: str) -> None:
    """The sentence stands where the rows would be; `q` leaves, and nothing else is said."""
    arguments = [program(), "--kubeconfig", str(path)]
    async with Terminal(arguments, columns=200, rows=30) as terminal:
        await terminal.see("not connected" if "login" in sentence else "lost")
        await terminal.wait_for(
            lambda: any(sentence in line for line in terminal.lines[3:15]), what=sentence
        )
        await terminal.see("^r connects anew")
        await leave(terminal)


async def leave(terminal: Terminal) -> None:
    """`q`, and the program is gone, without a word."""
    terminal.screen.reset()
    terminal.send("q")
    assert await terminal.exit(timeout=10)
    assert terminal.process.exitstatus == 0
    for word in ("Traceback", "Error", "Unclosed", "Exception"):
        assert word not in terminal.text


async def test_a_server_that_does_not_run(write: Write) -> None:
    path = write({"server": "https://127.0.0.1:1"})
    await seen_in_the_screen(path, "https://127.0.0.1:1 refuses connections. Is the API server")


async def test_another_clusters_certificate(server: ApiServer, write: Write) -> None:
    authority = base64.b64encode(trustme.CA().cert_pem.bytes()).decode()
    path = write({"server": server.url, "certificate-authority-data": authority})
    await seen_in_the_screen(path, f"The certificate of {server.url} is not signed by the")


async def test_credentials_that_are_not_accepted(server: ApiServer, write: Write) -> None:
    path = write(trusted(server), {"token": "stale"})
    await seen_in_the_screen(path, f"{server.url} does not accept these credentials (401). They")


async def test_nodes_that_one_may_not_list(server: ApiServer, write: Write) -> None:
    server.access.users["nobody"] = User("nobody")
    path = write(trusted(server), {"token": "nobody"})
    await seen_in_the_screen(
        path, 'refuses this (403): nodes is forbidden: User "nobody" cannot list resource "nodes"'
    )


async def test_somebody_logs_in_again_elsewhere_and_ctrl_r_finds_it(
    server: ApiServer, write: Write
) -> None:
    path = write(trusted(server), {"token": "stale"})
    async with Terminal([program(), "--kubeconfig", str(path)]) as terminal:
        await terminal.see("does not accept these credentials")
        write(trusted(server), {"token": server.access.admin_token})
        terminal.send("\x12")  # ctrl+r
        await terminal.see("● live")
        await terminal.see("node-1")
        await leave(terminal)


# Plugins that do their work.


async def test_a_plugin_talks_to_the_person_before_the_screen_starts(
    server: ApiServer, write: Write, plugin: Callable[[str], Entry]
) -> None:
    credential = credential_of(server.access.admin_token)
    user = plugin(f"echo 'enter the code ABCD' >&2; read answer; echo '{credential}'")
    arguments = [program(), "--kubeconfig", str(write(trusted(server), user))]
    async with Terminal(arguments) as terminal:
        await terminal.see("enter the code ABCD")
        assert "kuredtui" not in terminal.text
        terminal.send("\r")
        await terminal.see("node-1")
        await leave(terminal)


def credential_of(token: str) -> str:
    """What a plugin prints."""
    return json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": {"token": token}})
