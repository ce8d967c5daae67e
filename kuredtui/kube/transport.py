"""HTTP: the aiohttp session that kubernetes-asyncio's REST client sets up, and its failures in our
words.

This is the only module that imports aiohttp, and it is imported when a connection is made, not
before. It knows no Kubernetes beyond that.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from yarl import URL

from kuredtui.kube.errors import NotKubernetes, NotSent, Unreachable

if TYPE_CHECKING:
    from kubernetes_asyncio.client.rest import RESTClientObject

    from kuredtui.kube.credentials import Headers
    from kuredtui.kube.timeouts import Patience

Messages: TypeAlias = AsyncIterator[bytes]

_SWITCHING_PROTOCOLS = 101
# As kubernetes-asyncio has it: the largest object that etcd holds fits in (1.5 MiB).
_READ_BUFFER_BYTES = 2**21
# About as much as comes off the network at once. After a pause there may be all that the buffer holds, and
# decoding it would stop everything else.
_PIECE_BYTES = 2**17


class Transport:
    """One server, asked over one session.

    Args:
        server: the URL that paths are appended to, without a slash at its end.
        rest: the library's REST client; its session is used, and closed with this transport.
    """

    def __init__(self, *, server: str, rest: RESTClientObject) -> None:
        self._server = server
        self._rest = rest
        self._in_use: dict[RESTClientObject, int] = {rest: 0}
        # A megabyte compresses in milliseconds, which a slow link repays and the same machine never
        # does.
        self._encoding = "identity" if is_loopback(server) else "gzip"

    async def close(self) -> None:
        """Close the connections."""
        for rest in tuple(self._in_use):
            await rest.close()

    async def adopt(self, rest: RESTClientObject) -> None:
        """Send all further requests over another session, as after a change of certificate.

        The former one is closed when the last request on it has ended.
        """
        former, self._rest = self._rest, rest
        self._in_use[rest] = 0
        await self._close_if_idle(former)

    async def _close_if_idle(self, rest: RESTClientObject) -> None:
        if rest is not self._rest and self._in_use[rest] == 0:
            del self._in_use[rest]
            await rest.close()

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: str,
        headers: Headers,
        body: bytes | None,
        patience: Patience,
    ) -> AsyncIterator[Answer]:
        """Send one request; the answer is there, though its body may not be, when this enters.

        Args:
            method: the HTTP method.
            path: the encoded path; it is sent as it stands.
            query: the encoded query, without `?`.
            headers: all that is not HTTP's own.
            body: the bytes to send, or None.
            patience: how long to wait for what.

        Raises:
            NotSent: there was no connection.
            Unreachable: no answer, or it broke off while it was being read inside the context.
        """
        url = URL(f"{self._server}{path}{'?' if query else ''}{query}", encoded=True)
        timeout = aiohttp.ClientTimeout(
            total=patience.total, sock_connect=patience.connect, sock_read=patience.silence
        )
        rest = self._rest
        self._in_use[rest] += 1
        try:
            async with rest.pool_manager.request(
                method,
                url,
                headers=self._with_encoding(headers),
                data=body,
                timeout=timeout,
                allow_redirects=False,
                proxy=rest.proxy,
                server_hostname=rest.server_hostname,
            ) as response:
                yield Answer(response)
        except aiohttp.ClientConnectorError as error:
            raise NotSent(str(unreachable(error, server=self._server))) from error
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise unreachable(error, server=self._server) from error
        finally:
            self._in_use[rest] -= 1
            await self._close_if_idle(rest)

    @asynccontextmanager
    async def socket(
        self,
        path: str,
        *,
        query: str,
        headers: Headers,
        protocols: Sequence[str],
        patience: Patience,
    ) -> AsyncIterator[Messages]:
        """Open a WebSocket; it is closed when the context ends.

        Args:
            path: the encoded path; it is sent as it stands.
            query: the encoded query, without `?`.
            headers: all that is not HTTP's own.
            protocols: what is offered to speak, the best first.
            patience: how long to wait until it is open.

        Raises:
            UpgradeRefused: the server answered, but opened none.
            NotSent: there was no connection.
            Unreachable: no answer, or it broke off inside the context.
        """
        url = URL(f"{self._server}{path}?{query}", encoded=True)
        rest = self._rest
        self._in_use[rest] += 1
        try:
            async with asyncio.timeout(patience.total):
                socket = await rest.pool_manager.ws_connect(
                    url,
                    headers=headers,
                    protocols=protocols,
                    proxy=rest.proxy,
                    server_hostname=rest.server_hostname,
                )
            async with socket:
                yield _messages(socket)
        except aiohttp.WSServerHandshakeError as error:
            if error.status == _SWITCHING_PROTOCOLS:
                raise unreachable(error, server=self._server) from error
            raise UpgradeRefused(error.status) from error
        except aiohttp.ClientConnectorError as error:
            raise NotSent(str(unreachable(error, server=self._server))) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error, server=self._server) from error
        finally:
            self._in_use[rest] -= 1
            await self._close_if_idle(rest)

    def _with_encoding(self, headers: Headers) -> Headers:
        if any(name == "Accept-Encoding" for name, _ in headers):
            return headers
        return [("Accept-Encoding", self._encoding), *headers]


class UpgradeRefused(Exception):
    """The answer to a WebSocket's request was no WebSocket.

    Attributes:
        status: of the HTTP answer, whose body is lost.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status


async def _messages(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[bytes]:
    """The binary messages up to the end, whoever caused it."""
    async for message in socket:
        if message.type is aiohttp.WSMsgType.BINARY:
            yield message.data


class Answer:
    """An answer whose body is still to be read."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response

    async def read(self) -> bytes:
        """The whole body."""
        return await self._response.read()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes: what has arrived, in pieces that are worked on in a few milliseconds."""
        async for chunk in self._response.content.iter_chunked(_PIECE_BYTES):
            yield chunk


def without_netrc(rest: RESTClientObject) -> RESTClientObject:
    """The same REST client, which looks up no logins in `~/.netrc`.

    kubectl does not know that file; aiohttp reads it in a thread for every request, and fails where
    it finds a login beside our token. Proxies of the environment go with it: see
    `environment_proxy`.
    """
    former = rest.pool_manager
    rest.pool_manager = aiohttp.ClientSession(
        connector=former.connector, read_bufsize=_READ_BUFFER_BYTES
    )
    former.detach()
    return rest


def environment_proxy(server: str) -> str | None:
    """The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for a server's URL, if any.

    None for this machine itself, as in kubectl (Go's `http.ProxyFromEnvironment`).
    """
    url = urlsplit(server)
    if is_loopback(server) or proxy_bypass(url.netloc.rpartition("@")[2]):
        return None
    return getproxies_environment().get(url.scheme)


def is_loopback(server: str) -> bool:
    """Whether the server is on this machine, going by its URL alone."""
    host = urlsplit(server).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unreachable(error: Exception, *, server: str) -> Unreachable:
    """The same failure as one sentence with what to do."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Unreachable(_about_certificate(error.certificate_error, server))
        case aiohttp.ClientConnectorDNSError():
            host = urlsplit(server).hostname
            return Unreachable(
                f"The name {host} of the API server cannot be resolved. "
                "Check the server's address in the kubeconfig, the network and the VPN."
            )
        case aiohttp.ClientProxyConnectionError():
            return Unreachable(
                f"The proxy {error.host}:{error.port} on the way to {server} cannot be reached. "
                "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."
            )
        case aiohttp.ClientHttpProxyError():
            return Unreachable(
                f"The proxy on the way to {server} refused with {error.status} {error.message}. "
                "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."
            )
        case aiohttp.ClientConnectorSSLError():
            return Unreachable(_about_tls(error.os_error, server))
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return Unreachable(
                f"{server} refuses connections. "
                "Is the API server running there, and is the port right?"
            )
        case aiohttp.ClientConnectorError():
            return Unreachable(
                f"{server} cannot be reached ({error.strerror or error}). "
                "Check the server's address in the kubeconfig, the network and the VPN."
            )
        case TimeoutError():
            return Unreachable(
                f"{server} did not answer in time. "
                "Check the network, the VPN and any proxy between."
            )
        case aiohttp.InvalidURL():
            return Unreachable(f"{server} is not a URL that can be asked. Check the kubeconfig.")
        case aiohttp.ClientResponseError():  # including what is no HTTP at all
            # aiohttp's parser adds lines that show where in the bytes it stopped.
            reason = error.message.partition("\n")[0].rstrip(":")
            return NotKubernetes(
                f"{server} does not speak HTTP as an API server does ({reason}). "
                "Check the server's address in the kubeconfig: https, host and port."
            )
        case _:
            reason = str(error) or type(error).__name__
            advice = "Check the network, the VPN and any proxy between."
            if server.startswith("http:"):
                advice = "Is it meant to be https://?"  # what a TLS server does to plain HTTP
            return Unreachable(f"The connection to {server} broke off ({reason}). {advice}")


def _about_certificate(error: Exception, server: str) -> str:
    reason = getattr(error, "verify_message", "") or str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        if "expired" in reason or "not yet valid" in reason:
            return (
                f"The certificate of {server} is not valid at this time ({reason}). "
                "Check this machine's clock, and whether the cluster's certificates were renewed."
            )
        if "mismatch" in reason or "not valid for" in reason:
            return (
                f"The certificate of {server} is for another name ({reason}). "
                "Check the server's address, or set tls-server-name in the kubeconfig."
            )
    return (
        f"The certificate of {server} is not signed by the authority that the kubeconfig trusts "
        f"({reason}). Check certificate-authority: the kubeconfig may be of an older cluster."
    )


def _about_tls(error: OSError, server: str) -> str:
    reason = getattr(error, "reason", "") or str(error)
    if "WRONG_VERSION" in reason or "HTTP_REQUEST" in reason:
        return (
            f"{server} does not speak TLS. Is it meant to be http://, or is the port another one's?"
        )
    return (
        f"TLS with {server} failed ({reason}). "
        "Check the client certificate and the certificate authority in the kubeconfig."
    )
