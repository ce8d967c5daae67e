"""From a target to a client: kubernetes-asyncio's loaders fill its Configuration, its REST client
opens the session.

Imported when a connection is made, because it brings aiohttp along. What the library does not do as
kubectl does, or not at all (token files that rotate, impersonation, exec plugins that renew
certificates), is done beside it.
"""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kuredtui.kube import in_cluster
from kuredtui.kube.client import Client
from kuredtui.kube.connection import Target, log_in
from kuredtui.kube.credentials import (
    Credentials,
    FixedCredentials,
    Headers,
    TokenFileCredentials,
    bearer,
    impersonation,
)
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.json import JsonObject
from kuredtui.kube.library import Library, load
from kuredtui.kube.plugin import PluginCredential
from kuredtui.kube.plugin_credentials import PluginCredentials
from kuredtui.kube.provider_credentials import ProviderCredentials
from kuredtui.kube.requests import Requests
from kuredtui.kube.transport import Transport, environment_proxy, without_netrc

if TYPE_CHECKING:
    from kubernetes_asyncio.client.configuration import Configuration
    from kubernetes_asyncio.client.rest import RESTClientObject

    from kuredtui.kube.kubeconfig import User
    from kuredtui.kube.timeouts import Timeouts

_RENEWAL_SECONDS = 60.0
"""For a plugin that runs behind the screen: it asks nobody, so it need not take longer."""


async def open_client(
    target: Target, *, read_only: bool = False, timeouts: Timeouts | None = None
) -> Client:
    """A client for the target; raises ConfigError when its files or credentials cannot be used."""
    library = load()
    transport = Transport(server=target.server, rest=await _open_rest(target, library))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(transport.close)
        credentials = _credentials(target, transport, library)
        stack.pop_all()
    requests = Requests(transport, credentials, read_only=read_only, timeouts=timeouts)
    return Client(requests, server=target.server, context=target.context, user=target.user)


async def _open_rest(target: Target, library: Library) -> RESTClientObject:
    configuration = library.configuration()
    try:
        if target.in_cluster:
            library.in_cluster_loader(
                token_filename=str(in_cluster.token_file()),
                cert_filename=str(in_cluster.ca_file()),
            ).load_and_set(configuration)
            return _session(configuration, library, server=target.server)
        # The library puts inline certificates into files that it removes at exit, so that a crash
        # leaves private keys behind. These live only until the session has read them.
        with tempfile.TemporaryDirectory(prefix="kuredtui-") as directory:
            config = _loader_config(target, Path(directory))
            loader = library.kube_config_loader(config, config_base_path="")
            await loader.load_and_set(configuration)
            return _session(configuration, library, server=target.server)
    except library.config_exception as error:
        raise ConfigError(f"The kubeconfig cannot be used: {error}. Correct it.") from error


def _session(configuration: Configuration, library: Library, *, server: str) -> RESTClientObject:
    # kubectl accepts certificates that lack a key identifier; so do we, for the same clusters.
    configuration.disable_strict_ssl_verification = True
    # Every watch keeps a connection for as long as it lives: a limit, once reached, would leave an
    # eviction or a renewal of the lock waiting for ever. What asks often has its own bounds.
    configuration.connection_pool_maxsize = 0
    if not configuration.proxy:
        configuration.proxy = environment_proxy(server)
    try:
        return without_netrc(library.rest_client(configuration))
    except ssl.SSLError as error:
        raise ConfigError(
            f"The certificates or keys in the kubeconfig cannot be used ({error.reason or error}). "
            "Check certificate-authority, client-certificate and client-key."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{error.filename} cannot be read: {error.strerror}. Check the kubeconfig."
        ) from error


def _loader_config(target: Target, directory: Path) -> JsonObject:
    """The context as a kubeconfig for the library: how to reach the server, and our certificate."""
    entry, user = target.cluster_entry, target.user_entry
    cluster: JsonObject = {"server": target.server}
    identity: JsonObject = {}
    if entry.insecure_skip_tls_verify:
        cluster["insecure-skip-tls-verify"] = True
    if entry.tls_server_name:
        cluster["tls-server-name"] = entry.tls_server_name
    if entry.proxy_url:
        cluster["proxy-url"] = _proxy(entry.proxy_url)
    login = target.login or PluginCredential()
    files = {
        "certificate-authority": (
            entry.certificate_authority,
            _decoded("certificate-authority-data", entry.certificate_authority_data),
        ),
        "client-certificate": (
            user.client_certificate,
            login.certificate.encode()
            or _decoded("client-certificate-data", user.client_certificate_data),
        ),
        "client-key": (
            user.client_key,
            login.key.encode() or _decoded("client-key-data", user.client_key_data),
        ),
    }
    for key, (path, data) in files.items():
        if data:
            path = str(directory / key)
            Path(path).write_bytes(data)
        elif path and not os.access(path, os.R_OK):
            raise ConfigError(f"The file {path} ({key}) cannot be read. Check the kubeconfig.")
        if path:
            (cluster if key == "certificate-authority" else identity)[key] = path
    _check_pair(identity, cluster)
    return {
        "current-context": "target",
        "contexts": [{"name": "target", "context": {"cluster": "target", "user": "target"}}],
        "clusters": [{"name": "target", "cluster": cluster}],
        "users": [{"name": "target", "user": identity}],
    }


def _check_pair(identity: JsonObject, cluster: JsonObject) -> None:
    """What kubectl refuses although the library would go on."""
    if "insecure-skip-tls-verify" in cluster and "certificate-authority" in cluster:
        raise ConfigError(
            "The kubeconfig has both a certificate-authority and insecure-skip-tls-verify. "
            "Remove one of them."
        )
    if len(identity) == 1:
        (present,) = identity
        missing = "client-key" if present == "client-certificate" else "client-certificate"
        raise ConfigError(f"The kubeconfig has a {present} without a {missing}. Add it.")
    if identity and "ENCRYPTED" in Path(identity["client-key"]).read_text(errors="replace"):
        # OpenSSL would ask for the pass phrase on the terminal, in the middle of the screen.
        raise ConfigError(
            "The client-key in the kubeconfig is encrypted, which kubectl refuses too. Decrypt it."
        )


def _decoded(key: str, data: str) -> bytes:
    """Inline data of a kubeconfig."""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error as error:
        raise ConfigError(f"{key} in the kubeconfig is not base64. Correct it.") from error


def _proxy(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ConfigError(
            f"proxy-url {url} in the kubeconfig is not an http or https proxy, "
            "the only ones supported here. Change it, or use a local http proxy in front of it."
        )
    return url


def _credentials(target: Target, transport: Transport, library: Library) -> Credentials:
    user = target.user_entry
    extra = impersonation(user)
    if not target.server.startswith("https://"):
        return FixedCredentials(())  # as kubectl: no secret over a line that everybody can read
    if target.plugin is not None and target.login is not None:
        return PluginCredentials(
            target.login,
            run=partial(_run_again, target),
            on_certificate=partial(_reconnect, target, transport, library),
            extra=extra,
        )
    if user.auth_provider is not None and not _authorization(user):
        return ProviderCredentials(target, library, extra=extra)
    if user.token_file:
        return TokenFileCredentials(Path(user.token_file), fallback=user.token, extra=extra)
    return FixedCredentials((*_authorization(user), *extra))


async def _run_again(target: Target) -> PluginCredential:
    """The plugin's next credential, while the screen has the terminal."""
    login = (await log_in(target, terminal=False, limit_seconds=_RENEWAL_SECONDS)).login
    assert login is not None  # the target has a plugin, or we were not called
    return login


async def _reconnect(
    target: Target, transport: Transport, library: Library, login: PluginCredential
) -> None:
    """Go on with another client certificate."""
    await transport.adopt(await _open_rest(replace(target, login=login), library))


def _authorization(user: User) -> Headers:
    if user.token:
        return (bearer(user.token),)
    if user.username or user.password:
        pair = base64.b64encode(f"{user.username}:{user.password}".encode()).decode()
        return (("Authorization", f"Basic {pair}"),)
    return ()
