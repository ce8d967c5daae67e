"""Which cluster, as whom; and the connection itself.

`resolve` reads files and nothing else, so the console can name the cluster in its first paint.
`connect` brings in kubernetes-asyncio and aiohttp, which takes a moment.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kuredtui.kube import in_cluster
from kuredtui.kube import kubeconfig as kubeconfigs
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.kubeconfig import Cluster, ExecPlugin, KubeConfig, User
from kuredtui.kube.plugin import PluginCredential, run_plugin

if TYPE_CHECKING:
    from kuredtui.kube.client import Client
    from kuredtui.kube.timeouts import Timeouts


@dataclass(frozen=True, kw_only=True)
class Target:
    """What the kubeconfig says, before anything is connected.

    Attributes:
        context: the context's name; "" inside a cluster.
        cluster: the cluster's name.
        server: the API server's URL.
        user: the user's name; "" for nobody.
        namespace: the context's namespace, `default` if it has none.
        files: the kubeconfig files that were read.
        in_cluster: whether this is a pod's own cluster.
        cluster_entry: how to reach and verify the server.
        user_entry: the credentials; kept out of `repr` so that no log or traceback shows them.
        login: what the credential plugin said, once `log_in` has run it.
    """

    context: str
    cluster: str
    server: str
    user: str
    namespace: str
    files: tuple[str, ...] = ()
    in_cluster: bool = False
    cluster_entry: Cluster = field(default_factory=Cluster, repr=False)
    user_entry: User = field(default_factory=User, repr=False)
    login: PluginCredential | None = field(default=None, repr=False)

    @property
    def plugin(self) -> ExecPlugin | None:
        """The credential plugin to run, if there is one and nothing else says who we are.

        A token or password beside it wins, as in client-go.
        """
        user = self.user_entry
        return None if user.token or user.token_file or user.username else user.exec


def resolve(
    *,
    kubeconfig: str | None = None,
    context: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Target:
    """Find out which cluster is meant, by kubectl's rules.

    Args:
        kubeconfig: the file given on the command line, or None.
        context: the context given on the command line, or None for the current one.
        environ: KUBECONFIG, HOME and, inside a cluster, KUBERNETES_SERVICE_HOST and _PORT.

    Raises:
        ConfigError: there is nothing to connect to, or it is not what kubectl would accept.
    """
    config = kubeconfigs.load(kubeconfig=kubeconfig or None, environ=environ)
    name = context or config.current_context
    if not name:
        if not kubeconfig and in_cluster.possible(environ):
            return _own_cluster(environ)
        raise ConfigError(_no_context(config))
    if name not in config.contexts:
        raise ConfigError(_unknown_context(name, config, named_by_flag=bool(context)))
    chosen = config.contexts[name]
    cluster = config.clusters.get(chosen.cluster)
    if cluster is None:
        raise ConfigError(
            f"The context {name!r} names the cluster {chosen.cluster!r}, which is in no kubeconfig "
            f"({', '.join(config.files)}). Correct the context, or choose another with --context."
        )
    if chosen.user and chosen.user not in config.users:
        raise ConfigError(
            f"The context {name!r} names the user {chosen.user!r}, who is in no kubeconfig "
            f"({', '.join(config.files)}). Correct the context, or choose another with --context."
        )
    user = config.users.get(chosen.user, User())
    return Target(
        context=name,
        cluster=chosen.cluster,
        server=_server_url(cluster, user, context=name),
        user=chosen.user,
        namespace=chosen.namespace or "default",
        files=config.files,
        cluster_entry=cluster,
        user_entry=user,
    )


async def log_in(target: Target, *, terminal: bool = True, limit_seconds: float = 300.0) -> Target:
    """Run the target's credential plugin, if it has one; to be done before the screen starts.

    Args:
        target: from `resolve`.
        terminal: whether the plugin may use the terminal; its stderr goes there.
        limit_seconds: after which the plugin is stopped; long enough for a login on a web page.

    Returns:
        The target with its credential; unchanged when there is no plugin.

    Raises:
        ConfigError: see `run_plugin`.
    """
    if target.plugin is None:
        return target
    credential = await run_plugin(
        target.plugin,
        server=target.server,
        cluster=target.cluster_entry,
        terminal=terminal,
        limit_seconds=limit_seconds,
    )
    return replace(target, login=credential)


async def connect(
    target: Target, *, read_only: bool = False, timeouts: Timeouts | None = None
) -> Client:
    """Set up a client for the target. Nothing is sent yet.

    Args:
        target: from `resolve`, or from `log_in`; a plugin that has not run yet is run now, without
            the terminal.
        read_only: close the gate from the start.
        timeouts: how long to wait for what.

    Raises:
        ConfigError: certificates, keys or tokens that cannot be used.
    """
    # Importing aiohttp takes a quarter of a second: in a thread, so that the screen can go on
    # painting.
    await asyncio.to_thread(importlib.import_module, "kuredtui.kube.opening")
    from kuredtui.kube.opening import open_client

    target = target if target.login else await log_in(target, terminal=False, limit_seconds=60.0)
    return await open_client(target, read_only=read_only, timeouts=timeouts)


def _own_cluster(environ: Mapping[str, str]) -> Target:
    return Target(
        context="",
        cluster="in-cluster",
        server=in_cluster.server(environ),
        user="service account",
        namespace=in_cluster.namespace(),
        in_cluster=True,
        user_entry=User(token_file=str(in_cluster.token_file())),
    )


def _server_url(cluster: Cluster, user: User, *, context: str) -> str:
    """The server with its scheme: without one, https if anything speaks of TLS, as for kubectl."""
    server = cluster.server.strip().rstrip("/")
    if not server:
        raise ConfigError(
            f"The cluster of context {context!r} has no server in the kubeconfig. "
            "Add its address, or choose another context with --context."
        )
    if "://" not in server:
        tls = (
            cluster.certificate_authority
            or cluster.certificate_authority_data
            or cluster.insecure_skip_tls_verify
            or user.client_certificate
            or user.client_certificate_data
        )
        server = f"{'https' if tls else 'http'}://{server}"
    if not server.startswith(("https://", "http://")):
        raise ConfigError(
            f"The server {server} of context {context!r} is no http or https URL. "
            "Correct the kubeconfig."
        )
    return server


def _no_context(config: KubeConfig) -> str:
    if not config.files:
        return (
            "There is no kubeconfig at ~/.kube/config. "
            "Name one with --kubeconfig or KUBECONFIG; `kuredtui --demo` needs none."
        )
    if not config.contexts:
        return f"{', '.join(config.files)} holds no contexts. Name another file with --kubeconfig."
    return f"No context is current. Choose one with --context: {_names(config)}."


def _unknown_context(name: str, config: KubeConfig, *, named_by_flag: bool) -> str:
    if not config.contexts:
        return (
            f"There is no context {name!r}: the kubeconfig holds none. "
            "Check --kubeconfig and KUBECONFIG."
        )
    # Whoever named it knows how they did: by the flag, or in a console that is open.
    whose, how = ("", "") if named_by_flag else ("current ", " with --context")
    return (
        f"The {whose}context {name!r} is in no kubeconfig. "
        f"Choose one of these{how}: {_names(config)}."
    )


def _names(config: KubeConfig, most: int = 20) -> str:
    names = sorted(config.contexts)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
