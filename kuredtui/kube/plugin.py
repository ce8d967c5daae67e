"""Credential plugins: commands in a kubeconfig that print a token or a certificate.

The protocol is client.authentication.k8s.io, v1 and v1beta1 ("client-go credential plugins" in the
Kubernetes documentation). kubernetes-asyncio runs them with stderr swallowed, so that nobody sees
"open this page and enter this code", and without a time-out; so they are run here, as kubectl runs
them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from kuredtui.kube.errors import ConfigError
from kuredtui.kube.json import JsonObject
from kuredtui.kube.kubeconfig import Cluster, ExecPlugin
from kuredtui.kube.types import Wire

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_CLUSTER_EXTENSION = "client.authentication.k8s.io/exec"
_MOST_OUTPUT = 1024 * 1024  # bytes; a credential has a few thousand
_MOST_COMPLAINT = 500  # characters of stderr in an error message


@dataclass(frozen=True, kw_only=True)
class PluginCredential:
    """What a plugin printed: a token, or a client certificate with its key (PEM), or both.

    Attributes:
        expires: when it stops being good, if the plugin knows.
    """

    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    expires: datetime | None = None


async def run_plugin(
    plugin: ExecPlugin, *, server: str, cluster: Cluster, terminal: bool, limit_seconds: float
) -> PluginCredential:
    """Run the plugin and read its credential.

    Args:
        plugin: the command, from the kubeconfig.
        server: the API server's URL, for plugins that ask for it.
        cluster: the rest of what such plugins are told.
        terminal: whether the terminal is free for the plugin: then its stderr goes there, and it
            may read from it if somebody sits there. Otherwise it runs detached, its stderr is kept
            for the error message.
        limit_seconds: after which it is stopped.

    Raises:
        ConfigError: it is not installed, needs a terminal that is not free, fails, takes too long,
            or prints something else than a credential.
    """
    interactive = _interactive(plugin, terminal=terminal)
    info = _exec_info(plugin, server=server, cluster=cluster, interactive=interactive)
    output = await _run(
        plugin, info, interactive=interactive, terminal=terminal, limit_seconds=limit_seconds
    )
    return _read_credential(plugin, output)


def _interactive(plugin: ExecPlugin, *, terminal: bool) -> bool:
    """Whether the plugin may ask the person, by its interactiveMode."""
    if plugin.interactive_mode == "Never":
        return False
    available = terminal and sys.stdin.isatty()
    if plugin.interactive_mode == "Always" and not available:
        raise ConfigError(
            f"The login plugin {plugin.command} needs a terminal to ask on. "
            "Start again from a terminal, or log in with it beforehand."
        )
    return available


def _exec_info(
    plugin: ExecPlugin, *, server: str, cluster: Cluster, interactive: bool
) -> JsonObject:
    """What the plugin is told, in KUBERNETES_EXEC_INFO."""
    if plugin.api_version not in _VERSIONS:
        raise ConfigError(
            f"The login plugin {plugin.command} is to speak {plugin.api_version or 'no version'}, "
            f"but only {' and '.join(_VERSIONS)} are understood, as by kubectl. "
            "Have its tool write the kubeconfig anew."
        )
    spec: JsonObject = {"interactive": interactive}
    if plugin.provide_cluster_info:
        told: JsonObject = {
            "server": server,
            "tls-server-name": cluster.tls_server_name,
            "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
            "certificate-authority-data": cluster.certificate_authority_data,
            "proxy-url": cluster.proxy_url,
        }
        spec["cluster"] = {key: value for key, value in told.items() if value}
        for each in cluster.extensions:
            if each.name == _CLUSTER_EXTENSION:
                spec["cluster"]["config"] = each.extension
    return {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}


async def _run(
    plugin: ExecPlugin, info: JsonObject, *, interactive: bool, terminal: bool, limit_seconds: float
) -> bytes:
    """The plugin's standard output, once it has ended well."""
    environment = {
        **os.environ,
        **{variable.name: variable.value for variable in plugin.env},
        "KUBERNETES_EXEC_INFO": msgspec.json.encode(info).decode(),
    }
    try:
        process = await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.args,
            env=environment,
            stdin=None if interactive else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=None if terminal else asyncio.subprocess.PIPE,
            start_new_session=not terminal,  # out of reach of a terminal that shows our screen
        )
    except OSError as error:
        raise ConfigError(_cannot_start(plugin, error)) from error
    try:
        async with asyncio.timeout(limit_seconds):
            output, complaint = await _outputs(process)
    except TimeoutError as error:
        raise ConfigError(
            f"The login plugin {plugin.command} did not finish within {limit_seconds:.0f} s. "
            "Run it by hand to see what it waits for."
        ) from error
    finally:
        if process.returncode is None:
            await _stop(process, group=not terminal)
    if process.returncode:
        raise ConfigError(
            f"The login plugin {plugin.command} failed with exit code {process.returncode}"
            f"{_quoted(complaint)}. Log in with its tool, or run it by hand to see why."
        )
    return output


async def _outputs(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """Standard output and, where it was kept, standard error, when the process has ended."""
    async with asyncio.TaskGroup() as tasks:
        output = tasks.create_task(_bounded(process.stdout))
        complaint = tasks.create_task(_bounded(process.stderr))
        tasks.create_task(process.wait())
    return output.result(), complaint.result()


async def _bounded(stream: asyncio.StreamReader | None) -> bytes:
    """All of a stream, of which only the beginning is kept if there is too much."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(65536)):
        kept += piece[: _MOST_OUTPUT - len(kept)]
    return bytes(kept)


async def _stop(process: asyncio.subprocess.Process, *, group: bool) -> None:
    """End the process (and what it started, where it leads a group of its own), for certain."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            if group:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await process.wait()
                return


def _cannot_start(plugin: ExecPlugin, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        hint = " ".join(plugin.install_hint.split()) or "Install it, or correct the kubeconfig."
        return f"The login plugin {plugin.command} is not installed. {hint}"
    return (
        f"The login plugin {plugin.command} cannot be started: {error.strerror}. "
        "Check that it is an executable file."
    )


def _quoted(complaint: bytes) -> str:
    text = " ".join(complaint.decode("utf-8", "replace").split())
    return f" ({text[-_MOST_COMPLAINT:]})" if text else ""


class _Credential(Wire, frozen=True):
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class _ExecCredential(Wire, frozen=True):
    api_version: str = ""
    kind: str = ""
    status: _Credential | None = None


def _read_credential(plugin: ExecPlugin, output: bytes) -> PluginCredential:
    """The credential in what the plugin printed, checked as client-go does."""

    def garbage(what: str) -> ConfigError:
        return ConfigError(
            f"The login plugin {plugin.command} printed no credential: {what}. "
            "Run it by hand, and see whether it and the kubeconfig are up to date."
        )

    try:
        answer = msgspec.json.decode(output, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise garbage(f"its output is not an ExecCredential ({error})") from error
    if answer.kind != "ExecCredential":
        raise garbage(f"its output is of kind {answer.kind!r} instead of ExecCredential")
    if answer.api_version != plugin.api_version:
        raise garbage(f"it answered in {answer.api_version}, was asked in {plugin.api_version}")
    status = answer.status
    if status is None or not (status.token or status.client_certificate_data):
        raise garbage("there is neither a token nor a certificate in it")
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise garbage("there is a certificate without a key in it, or a key without a certificate")
    return PluginCredential(
        token=status.token,
        certificate=status.client_certificate_data,
        key=status.client_key_data,
        expires=_in_utc(status.expiration_timestamp),
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    """A moment without a zone, which RFC 3339 does not know, is taken for UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
