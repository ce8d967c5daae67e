"""The one way out to the API server: the gate, who we are, and what an answer's status means.

Whatever changes the cluster passes the gate here, and nowhere else does a request leave.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from kuredtui.kube import gate
from kuredtui.kube.errors import (
    ApiError,
    ConfigError,
    LoginFailed,
    NotKubernetes,
    Unauthorized,
    error_from_answer,
)
from kuredtui.kube.retry_after import retry_after
from kuredtui.kube.server_clock import ServerClock
from kuredtui.kube.timeouts import Patience, Timeouts

if TYPE_CHECKING:
    from kuredtui.kube.credentials import Credentials, Headers
    from kuredtui.kube.transport import Answer, Transport

T = TypeVar("T")

Query: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]
Body: TypeAlias = Mapping[str, object] | Sequence[Mapping[str, object]]

_JSON = "application/json"


@dataclass
class _Gate:
    """Shared by all who share the connection, fenced or not."""

    closed: bool


class Requests:
    """Sends requests to one API server as one user.

    Every method raises ApiError when the server refuses, Unreachable when no usable answer comes
    (LoginFailed where we could not say who we are), and ReadOnlyError when the gate holds a request
    back.

    Attributes:
        transport: carries them.
        credentials: say who we are.
        timeouts: how long to wait for what.
        clock: the API server's, as its answers tell it.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        *,
        read_only: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.transport = transport
        self.credentials = credentials
        self.timeouts = timeouts or Timeouts()
        self.clock = ServerClock()
        self._gate = _Gate(closed=read_only)
        self._fence: Callable[[], None] | None = None

    @property
    def read_only(self) -> bool:
        """Whether the gate is closed; may be set at any time, for all who share the connection."""
        return self._gate.closed

    @read_only.setter
    def read_only(self, closed: bool) -> None:
        self._gate.closed = closed

    def fenced(self, check: Callable[[], None]) -> Requests:
        """The same way out for somebody who may lose the right to make changes.

        `check` is called right before each request that changes something is sent, and raises if it
        must not be. Reading goes on.
        """
        other = copy.copy(self)
        other._fence = check
        return other

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Body | None = None,
        content_type: str = _JSON,
        patience: Patience | None = None,
    ) -> bytes:
        """Send a request and read the whole answer."""
        async with self.send(
            method,
            path,
            query=query or {},
            headers=[("Content-Type", content_type)] if body is not None else (),
            body=msgspec.json.encode(body) if body is not None else None,
            patience=patience or self.timeouts.for_request(),
        ) as answer:
            return await answer.read()

    @asynccontextmanager
    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Query,
        headers: Headers = (),
        body: bytes | None = None,
        patience: Patience,
    ) -> AsyncIterator[Answer]:
        """Send a request; its answer is a success, and its body still to be read.

        A 401 is tried once more when the credentials could be renewed.
        """
        pairs = query.items() if isinstance(query, Mapping) else query
        encoded_query = urlencode([(key, text) for key, text in pairs if text])
        self._pass_gate(method, path, encoded_query)
        if not any(name == "Accept" for name, _ in headers):
            headers = [("Accept", _JSON), *headers]
        renewed = False
        while True:
            identity = await self._logged_in(self.credentials.headers())
            async with self.transport.request(
                method,
                path,
                query=encoded_query,
                headers=[*headers, *identity],
                body=body,
                patience=patience,
            ) as answer:
                self.clock.heard(answer.headers.get("Date", ""))
                if answer.status < 300:
                    yield answer
                    return
                error = await _refusal(answer)
            if not isinstance(error, Unauthorized) or renewed:
                raise error
            renewed = await self._logged_in(self.credentials.renew())
            if not renewed:
                raise error

    @asynccontextmanager
    async def socket(
        self, path: str, *, query: str, protocols: Sequence[str], seconds: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """A WebSocket's messages; what `execution` is made of.

        Args:
            path: the encoded path.
            query: the encoded query.
            protocols: what is offered to speak.
            seconds: how long it may take to open.
        """
        from kuredtui.kube.transport import UpgradeRefused

        patience = self.timeouts.for_request(seconds)
        self._pass_gate("GET", path, query)
        renewed = False
        while True:
            headers = await self._logged_in(self.credentials.headers())
            try:
                async with self.transport.socket(
                    path, query=query, headers=headers, protocols=protocols, patience=patience
                ) as messages:
                    yield messages
                    return
            except UpgradeRefused as refused:
                error = await self._why_no_socket(path, query, refused.status)
            if not isinstance(error, Unauthorized) or renewed:
                raise error
            renewed = await self._logged_in(self.credentials.renew())
            if not renewed:
                raise error

    async def _why_no_socket(self, path: str, query: str, status: int) -> ApiError:
        """Why a WebSocket was refused: the words were lost, so they are asked for without one.

        Such a request is refused in any case, and never carried out.
        """
        try:
            await self.call("GET", path, query=parse_qsl(query))
        except ApiError as error:
            if error.status == status:
                return error
        return error_from_answer(status, b"The WebSocket was refused")

    @staticmethod
    async def _logged_in(asking: Awaitable[T]) -> T:
        """What the credentials answer; that they have none is an outage to whoever asks the server."""
        try:
            return await asking
        except ConfigError as error:
            raise LoginFailed(str(error)) from error

    def _pass_gate(self, method: str, path: str, query: str) -> None:
        """Let a request leave, or raise: all of them come by here."""
        if self.read_only:
            gate.check(method, path, query=query)
        if self._fence is not None and not gate.harmless(method, path, query):
            self._fence()


async def _refusal(answer: Answer) -> ApiError | NotKubernetes:
    """The exception for an answer that is no success."""
    if answer.status < 400:
        target = answer.headers.get("Location", "elsewhere")
        return NotKubernetes(
            f"The server sends us on to {target}, as an API server would not. "
            "Check the server's address in the kubeconfig, and any login page or proxy between."
        )
    headers = answer.headers
    wait = retry_after(headers.get("Retry-After", ""), date=headers.get("Date", ""))
    return error_from_answer(answer.status, await answer.read(), retry_after=wait)
