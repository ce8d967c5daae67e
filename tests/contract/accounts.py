"""Who asks, in the words of the recordings, as a kubeconfig lets them."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml
from kubernetes_asyncio.client.configuration import Configuration
from kubernetes_asyncio.client.rest import RESTClientObject
from kubernetes_asyncio.config import load_kube_config
from yarl import URL

from tests.contract.transcripts import Request

_TIMEOUT = aiohttp.ClientTimeout(total=30)
"""For one request, watches included: none of the recorded ones asks for more than three seconds."""


@dataclass(frozen=True)
class Account:
    """Somebody's way to the server."""

    server: str
    rest: RESTClientObject
    authorization: str

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request; its answer has begun when this enters."""
        headers = {"Accept": request.accept}
        if self.authorization:
            headers["Authorization"] = self.authorization
        payload = request.payload()
        if payload is not None:
            headers["Content-Type"] = request.content_type
        async with self.rest.pool_manager.request(
            request.method,
            URL(self.server + request.path),
            params=request.query,
            data=payload,
            headers=headers,
            timeout=_TIMEOUT,
            proxy=self.rest.proxy,
            server_hostname=self.rest.server_hostname,
        ) as response:
            yield response


@asynccontextmanager
async def accounts_of(kubeconfig: Path) -> AsyncIterator[Mapping[str, Account]]:
    """`admin` is the current context's user; `viewer` that of the context of this name, if any.

    `nobody` and `bad` reach the same server with no credentials, and with a token it never gave out.
    """
    admin = await _configuration(kubeconfig)
    stranger = copy.copy(admin)
    stranger.cert_file = stranger.key_file = None
    async with AsyncExitStack() as stack:

        def account(configuration: Configuration, authorization: str) -> Account:
            rest = RESTClientObject(configuration)
            stack.push_async_callback(rest.close)
            return Account(configuration.host.rstrip("/"), rest, authorization)

        found = {
            "admin": account(admin, await _authorization(admin)),
            "nobody": account(stranger, ""),
            "bad": account(stranger, "Bearer no-such-token"),
        }
        if _has_viewer(kubeconfig):
            viewer = await _configuration(kubeconfig, context="viewer")
            found["viewer"] = account(viewer, await _authorization(viewer))
        yield found


def _has_viewer(kubeconfig: Path) -> bool:
    contexts = yaml.safe_load(kubeconfig.read_text())["contexts"]
    return any(context["name"] == "viewer" for context in contexts)


async def _configuration(kubeconfig: Path, *, context: str | None = None) -> Configuration:
    configuration = Configuration()
    configuration.disable_strict_ssl_verification = True
    await load_kube_config(str(kubeconfig), context, configuration, persist_config=False)
    return configuration


async def _authorization(configuration: Configuration) -> str:
    return await configuration.get_api_key_with_prefix("BearerToken") or ""
