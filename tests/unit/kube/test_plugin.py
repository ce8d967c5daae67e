"""Credential plugins: run, believed, and blamed in one sentence."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kuredtui.kube.errors import ConfigError
from kuredtui.kube.kubeconfig import Cluster, EnvVar, ExecPlugin, NamedExtension
from kuredtui.kube.plugin import PluginCredential, run_plugin
from tests.support.eventually import eventually

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"

Script = Callable[[str], str]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes a plugin in Python; returns its path."""

    def write(code: str) -> str:
        path = tmp_path / "plugin"
        path.write_text(f"#!{sys.executable}\nimport json, os, sys\n{code}\n")
        path.chmod(0o755)
        return str(path)

    return write


def answer(version: str = V1, **status: str) -> str:
    """Code that prints a credential."""
    credential = {"apiVersion": version, "kind": "ExecCredential", "status": status}
    return f"print(json.dumps({credential!r}))"


async def run(
    command: str,
    *,
    version: str = V1,
    terminal: bool = False,
    limit_seconds: float = 20.0,
    cluster: Cluster | None = None,
    **plugin: object,
) -> PluginCredential:
    return await run_plugin(
        msgspec.convert({"command": command, "apiVersion": version, **plugin}, ExecPlugin),
        server="https://k:6443",
        cluster=cluster or Cluster(),
        terminal=terminal,
        limit_seconds=limit_seconds,
    )


async def test_a_token_with_its_expiry(script: Script) -> None:
    plugin = script(answer(token="t", expirationTimestamp="2026-11-23T04:33:52Z"))
    credential = await run(plugin)
    assert credential.token == "t"
    assert credential.expires == datetime(2026, 11, 23, 4, 33, 52, tzinfo=UTC)
    assert "'t'" not in repr(credential)


async def test_a_client_certificate_with_its_key(script: Script) -> None:
    plugin = script(answer(V1BETA1, clientCertificateData="C", clientKeyData="K"))
    credential = await run(plugin, version=V1BETA1)
    assert (credential.certificate, credential.key, credential.expires) == ("C", "K", None)


async def test_the_plugin_is_told_what_it_must_know(script: Script, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    plugin = script(
        f"open({str(seen)!r}, 'w').write(json.dumps([sys.argv[1:], os.environ['EXTRA'],"
        f" json.loads(os.environ['KUBERNETES_EXEC_INFO'])]))\n{answer(token='t')}"
    )
    cluster = Cluster(
        tls_server_name="name",
        certificate_authority_data="Q0E=",
        extensions=[
            NamedExtension(name="client.authentication.k8s.io/exec", extension={"audience": "a"})
        ],
    )
    environment = [msgspec.to_builtins(EnvVar(name="EXTRA", value="e"))]
    await run(
        plugin, args=["get", "token"], env=environment, provideClusterInfo=True, cluster=cluster
    )
    arguments, extra, info = msgspec.json.decode(seen.read_bytes())
    assert arguments == ["get", "token"]
    assert extra == "e"
    assert info == {
        "apiVersion": V1,
        "kind": "ExecCredential",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://k:6443",
                "tls-server-name": "name",
                "certificate-authority-data": "Q0E=",
                "config": {"audience": "a"},
            },
        },
    }


async def test_what_the_plugin_says_reaches_the_terminal(
    script: Script, capfd: pytest.CaptureFixture[str]
) -> None:
    plugin = script(f"print('open this page', file=sys.stderr)\n{answer(token='t')}")
    await run(plugin, terminal=True)
    assert capfd.readouterr().err == "open this page\n"


async def test_behind_the_screen_the_plugin_writes_nowhere(
    script: Script, capfd: pytest.CaptureFixture[str]
) -> None:
    plugin = script(f"print('open this page', file=sys.stderr)\n{answer(token='t')}")
    await run(plugin, terminal=False)
    assert capfd.readouterr() == ("", "")


async def test_a_missing_plugin_is_named_with_its_hint() -> None:
    with pytest.raises(ConfigError) as caught:
        await run("no-such-login", installHint="Get it\n  with brew.")
    assert str(caught.value) == "The login plugin no-such-login is not installed. Get it with brew."


async def test_a_plugin_that_is_no_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "plugin").write_text("text")
    with pytest.raises(ConfigError, match="cannot be started: Permission denied"):
        await run(str(tmp_path / "plugin"))


async def test_a_plugin_that_fails_is_quoted(script: Script) -> None:
    plugin = script("sys.exit('token cache\\nis corrupt')")
    with pytest.raises(ConfigError, match=r"exit code 1 \(token cache is corrupt\)\. Log in"):
        await run(plugin)


async def test_a_plugin_that_takes_too_long_is_stopped_with_its_children(
    script: Script, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    plugin = script(
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)"
    )
    with pytest.raises(ConfigError, match=r"did not finish within 1 s. Run it by hand"):
        await run(plugin, limit_seconds=1.0)
    left = pids.read_text().split()
    await eventually(
        lambda: not any(is_alive(int(pid)) for pid in left),
        what="the plugin and its child are gone",
    )


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_cancelled_login_stops_the_plugin(script: Script, tmp_path: Path) -> None:
    started = tmp_path / "pid"
    plugin = script(
        f"import time\nopen({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    task = asyncio.create_task(run(plugin))
    await eventually(lambda: started.exists() and started.read_text(), what="the plugin runs")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(int(started.read_text()))


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("print('Logged in!')", "not an ExecCredential"),
        ("pass", "not an ExecCredential"),
        ("sys.stdout.buffer.write(bytes([255, 254]))", "not an ExecCredential"),
        ("print('x' * 3_000_000)", "not an ExecCredential"),
        ("print('{}')", "of kind ''"),
        (f"print(json.dumps(dict(kind='ExecCredential', apiVersion={V1!r})))", "neither a token"),
        (answer(V1BETA1, token="t"), f"answered in {V1BETA1}, was asked in {V1}"),
        (answer(clientCertificateData="C"), "certificate without a key"),
        (answer(token="t", clientKeyData="K"), "key without a certificate"),
    ],
)
async def test_garbage_is_no_credential(script: Script, code: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        await run(script(code))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


async def test_an_old_protocol_is_refused_before_the_plugin_runs() -> None:
    with pytest.raises(ConfigError, match=r"is to speak client.authentication.k8s.io/v1alpha1"):
        await run("no-such-login", version="client.authentication.k8s.io/v1alpha1")


async def test_a_plugin_that_must_ask_needs_a_terminal(script: Script) -> None:
    with pytest.raises(ConfigError, match="needs a terminal"):
        await run(script(answer(token="t")), interactiveMode="Always")


async def test_a_plugin_may_ask_when_somebody_is_there(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "told = json.loads(os.environ['KUBERNETES_EXEC_INFO'])['spec']['interactive']\n"
    plugin = script(code + answer(token="TOLD").replace("'TOLD'", "str(told)"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert (await run(plugin, terminal=True)).token == "True"
    assert (await run(plugin, terminal=True, interactiveMode="Never")).token == "False"
    assert (await run(plugin, terminal=False)).token == "False"


async def test_a_bare_name_is_looked_up_in_the_path(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = os.path.dirname(script(answer(token="t")))  # noqa: PTH120  # for PATH, a text anyway
    monkeypatch.setenv("PATH", directory, prepend=os.pathsep)
    assert (await run("plugin")).token == "t"
