"""The verbs: get, list, watch, create, patch, replace, delete, evict, and who am I, may I.

All requests leave through one private method, where the read-only gate stands. Bodies are decoded
here, from bytes to the type the resource names; kubernetes-asyncio's models are not involved.
"""

from __future__ import annotations

import copy
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from kuredtui.kube import gate
from kuredtui.kube.decode import WatchEvent, decode, decode_events, decode_list
from kuredtui.kube.errors import (
    ApiError,
    ConfigError,
    LoginFailed,
    NotFound,
    NotKubernetes,
    Unauthorized,
    api_error,
    error_from_answer,
)
from kuredtui.kube.json import JsonObject
from kuredtui.kube.lines import Lines
from kuredtui.kube.resources import PODS, Resource
from kuredtui.kube.retry_after import retry_after
from kuredtui.kube.reviews import (
    SelfSubjectAccessReview,
    SelfSubjectReview,
    ServedResources,
    Version,
)
from kuredtui.kube.server_clock import ServerClock
from kuredtui.kube.timeouts import Patience, Timeouts

if TYPE_CHECKING:
    from types import TracebackType

    from kuredtui.kube.credentials import Credentials, Headers
    from kuredtui.kube.transport import Answer, Transport

T = TypeVar("T")

PatchKind: TypeAlias = Literal["merge", "strategic", "json"]
JsonPatch: TypeAlias = Sequence[Mapping[str, object]]
Query: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]
Batch: TypeAlias = list[WatchEvent[T]]

_PATCH_TYPES: dict[PatchKind, str] = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}
_JSON = "application/json"
_ANYTHING = "application/json, */*"
"""A text, and a Status in JSON where there is none."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """A list, or a page of one.

    Attributes:
        items: the objects.
        version: where a watch goes on from.
        continue_token: what asks for the next page; "" on the last one.
        remaining: how many objects follow, where the server says so.
    """

    items: list[T]
    version: str
    continue_token: str
    remaining: int | None


@dataclass
class _Gate:
    """Shared by a client and its fenced ones."""

    closed: bool


class Client:
    """A connection to one API server as one user. Made by `connection.connect`.

    Every method raises ApiError when the server refuses, Unreachable when no usable answer comes
    (LoginFailed where we could not say who we are), and ReadOnlyError when the gate holds a request
    back.

    Attributes:
        server: the server's URL.
        context: the kubeconfig's context, "" inside a cluster.
        user: the kubeconfig's name for the user; what the server calls us says `who_am_i`.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        credentials: Credentials,
        server: str,
        context: str,
        user: str,
        read_only: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.server = server
        self.context = context
        self.user = user
        self._gate = _Gate(closed=read_only)
        self._clock = ServerClock()
        self._fence: Callable[[], None] | None = None
        self._transport = transport
        self._credentials = credentials
        self._timeouts = timeouts or Timeouts()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    @property
    def read_only(self) -> bool:
        """Whether the gate is closed; may be set at any time, for all who share the connection."""
        return self._gate.closed

    @read_only.setter
    def read_only(self, closed: bool) -> None:
        self._gate.closed = closed

    def now(self) -> datetime:
        """The present by the API server's clock, UTC; by our own until it has answered."""
        return self._clock.now()

    def fenced(self, check: Callable[[], None]) -> Client:
        """The same connection for somebody who may lose the right to make changes.

        `check` is called right before each request that changes something is sent, and raises if it
        must not be. Reading goes on.
        """
        other = copy.copy(self)
        other._fence = check
        return other

    # Reading

    async def get(self, resource: Resource[T], name: str, *, namespace: str = "") -> T:
        """One object."""
        path = resource.path(namespace=namespace, name=name)
        return decode(await self._call("GET", path), resource.type)

    async def list(
        self,
        resource: Resource[T],
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 0,
        continue_token: str = "",
        version: str | None = None,
    ) -> Page[T]:
        """Objects, all of them or a page.

        Args:
            resource: which kind.
            namespace: "" for all namespaces.
            label_selector: as kubectl's `-l`.
            field_selector: as kubectl's `--field-selector`.
            limit: objects in a page; 0 for no paging.
            continue_token: from the page before.
            version: None for the state as of now; "0" for whatever the server has at hand.
        """
        query = {
            "labelSelector": label_selector,
            "fieldSelector": field_selector,
            "limit": str(limit) if limit else "",
            "continue": continue_token,
            "resourceVersion": version or "",
        }
        body = await self._call(
            "GET",
            resource.path(namespace=namespace),
            query=query,
            patience=self._timeouts.for_list(),
        )
        answer = decode_list(body, resource.type)
        return Page(
            items=answer.items,
            version=answer.metadata.resource_version,
            continue_token=answer.metadata.continue_,
            remaining=answer.metadata.remaining_item_count,
        )

    async def watch(
        self,
        resource: Resource[T],
        *,
        version: str,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        timeout_seconds: int,
        inactivity_seconds: float,
    ) -> AsyncGenerator[Batch[T]]:
        """Changes since a version, as they come: one list for each piece read off the network.

        The first list is empty and says that the server accepted the watch. Bookmarks are among the
        events. An ERROR event ends the watch as the exception for its Status.

        Args:
            resource: which kind.
            version: the version to go on from.
            namespace: "" for all namespaces.
            label_selector: as kubectl's `-l`.
            field_selector: as kubectl's `--field-selector`.
            timeout_seconds: after which the server ends the watch by itself.
            inactivity_seconds: after which a silent watch is given up as Unreachable.
        """
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(timeout_seconds),
            "labelSelector": label_selector,
            "fieldSelector": field_selector,
        }
        async with self._send(
            "GET",
            resource.path(namespace=namespace),
            query=query,
            patience=self._timeouts.for_watch(inactivity_seconds),
            headers=[("Accept-Encoding", "identity")],
        ) as answer:
            yield []
            lines = Lines()
            async for chunk in answer.chunks():
                if whole := lines.feed(chunk):
                    events, status = decode_events(whole, resource.type)
                    if events:
                        yield events
                    if status is not None:
                        raise api_error(status)
            lines.end()

    async def version(self) -> str:
        """The server's version, such as `v1.36.2`."""
        return decode(await self._call("GET", "/version"), Version).git_version

    async def text(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        most_bytes: int,
        seconds: float | None = None,
    ) -> str:
        """A page that is no object, cut off after so many bytes; what is no UTF-8 is replaced.

        Args:
            path: the encoded path.
            query: parameters; empty ones are left out.
            most_bytes: how much is read.
            seconds: for all of it; None: as for any request.
        """
        patience = self._timeouts.for_request(seconds)
        found = bytearray()
        async with self._send(
            "GET", path, query=query or {}, headers=[("Accept", _ANYTHING)], patience=patience
        ) as answer:
            async for chunk in answer.chunks():
                found += chunk
                if len(found) >= most_bytes:
                    break
        return found[:most_bytes].decode(errors="replace")

    async def evicts(self) -> bool:
        """Whether the server serves evictions (the pods' subresource, group policy), as kubectl asks."""
        found = decode(await self._call("GET", "/api/v1"), ServedResources).resources
        return any((item.name, item.group) == ("pods/eviction", "policy") for item in found)

    # Asking about ourselves

    async def who_am_i(self) -> str:
        """What the server calls us; "" where it does not say (before Kubernetes 1.28)."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            answer = await self._call("POST", path, body=body)
        except NotFound:
            return ""
        return decode(answer, SelfSubjectReview).status.user_info.username

    async def may(
        self,
        verb: str,
        resource: Resource[T],
        *,
        subresource: str = "",
        namespace: str = "",
        name: str = "",
    ) -> bool:
        """Whether we have the right; in all namespaces when none is named."""
        attributes = {
            "verb": verb,
            "group": resource.group,
            "resource": resource.plural,
            "subresource": subresource,
            "namespace": namespace,
            "name": name,
        }
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: text for key, text in attributes.items() if text}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = await self._call("POST", path, body=body)
        return decode(answer, SelfSubjectAccessReview).status.allowed

    # Changing

    async def create(
        self,
        resource: Resource[T],
        body: Mapping[str, object],
        *,
        namespace: str = "",
        name: str = "",
        subresource: str = "",
        dry_run: bool = False,
    ) -> T:
        """Create an object; the answer is as the server stored it.

        With a name and a subresource it is created below that object, as a pod's binding is.
        """
        path = resource.path(namespace=namespace, name=name, subresource=subresource)
        answer = await self._call("POST", path, query=_dry_run(dry_run), body=body)
        return decode(answer, resource.type)

    async def patch(
        self,
        resource: Resource[T],
        name: str,
        patch: Mapping[str, object] | JsonPatch,
        *,
        namespace: str = "",
        subresource: str = "",
        kind: PatchKind = "merge",
        dry_run: bool = False,
    ) -> T:
        """Change parts of an object.

        With a `metadata.resourceVersion` in it this is a compare-and-swap: Conflict if stale.
        """
        answer = await self._call(
            "PATCH",
            resource.path(namespace=namespace, name=name, subresource=subresource),
            query=_dry_run(dry_run),
            body=patch,
            content_type=_PATCH_TYPES[kind],
        )
        return decode(answer, resource.type)

    async def replace(
        self,
        resource: Resource[T],
        name: str,
        body: Mapping[str, object],
        *,
        namespace: str = "",
        subresource: str = "",
    ) -> T:
        """Put a whole object, one that never was a typed struct, in the place of the old one."""
        path = resource.path(namespace=namespace, name=name, subresource=subresource)
        return decode(await self._call("PUT", path, body=body), resource.type)

    async def delete(
        self,
        resource: Resource[T],
        name: str,
        *,
        namespace: str = "",
        uid: str | None = None,
        resource_version: str | None = None,
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> None:
        """Delete an object; with a UID or version only if it still is that one (else Conflict)."""
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            **_delete_options(
                uid=uid,
                resource_version=resource_version,
                grace_seconds=grace_seconds,
                dry_run=dry_run,
            ),
        }
        await self._call("DELETE", resource.path(namespace=namespace, name=name), body=options)

    async def evict(
        self,
        *,
        namespace: str,
        name: str,
        uid: str | None,
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> None:
        """Ask for a pod's eviction (policy/v1), which budgets may refuse with TooManyRequests."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"namespace": namespace, "name": name},
            "deleteOptions": _delete_options(
                uid=uid, resource_version=None, grace_seconds=grace_seconds, dry_run=dry_run
            ),
        }
        path = PODS.path(namespace=namespace, name=name, subresource="eviction")
        await self._call("POST", path, body=body)

    # The way out

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

        patience = self._timeouts.for_request(seconds)
        self._pass_gate("GET", path, query)
        renewed = False
        while True:
            headers = await self._logged_in(self._credentials.headers())
            try:
                async with self._transport.socket(
                    path, query=query, headers=headers, protocols=protocols, patience=patience
                ) as messages:
                    yield messages
                    return
            except UpgradeRefused as refused:
                error = await self._why_no_socket(path, query, refused.status)
            if not isinstance(error, Unauthorized) or renewed:
                raise error
            renewed = await self._logged_in(self._credentials.renew())
            if not renewed:
                raise error

    async def _why_no_socket(self, path: str, query: str, status: int) -> ApiError:
        """Why a WebSocket was refused: the words were lost, so they are asked for without one.

        Such a request is refused in any case, and never carried out.
        """
        try:
            await self._call("GET", path, query=parse_qsl(query))
        except ApiError as error:
            if error.status == status:
                return error
        return error_from_answer(status, b"The WebSocket was refused")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | JsonPatch | None = None,
        content_type: str = _JSON,
        patience: Patience | None = None,
    ) -> bytes:
        """Send a request and read the whole answer."""
        async with self._send(
            method,
            path,
            query=query or {},
            headers=[("Content-Type", content_type)] if body is not None else (),
            body=msgspec.json.encode(body) if body is not None else None,
            patience=patience or self._timeouts.for_request(),
        ) as answer:
            return await answer.read()

    @asynccontextmanager
    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query,
        headers: Headers = (),
        body: bytes | None = None,
        patience: Patience,
    ) -> AsyncIterator[Answer]:
        """The one place where requests leave: the gate, the credentials, and what an answer's
        status means.

        A 401 is tried once more when the credentials could be renewed.
        """
        pairs = query.items() if isinstance(query, Mapping) else query
        encoded_query = urlencode([(key, text) for key, text in pairs if text])
        self._pass_gate(method, path, encoded_query)
        if not any(name == "Accept" for name, _ in headers):
            headers = [("Accept", _JSON), *headers]
        renewed = False
        while True:
            identity = await self._logged_in(self._credentials.headers())
            async with self._transport.request(
                method,
                path,
                query=encoded_query,
                headers=[*headers, *identity],
                body=body,
                patience=patience,
            ) as answer:
                self._clock.heard(answer.headers.get("Date", ""))
                if answer.status < 300:
                    yield answer
                    return
                error = await _refusal(answer)
            if not isinstance(error, Unauthorized) or renewed:
                raise error
            renewed = await self._logged_in(self._credentials.renew())
            if not renewed:
                raise error

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


def _dry_run(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}


def _delete_options(
    *, uid: str | None, resource_version: str | None, grace_seconds: int | None, dry_run: bool
) -> JsonObject:
    """The parts of meta/v1 DeleteOptions that are set."""
    preconditions = {
        key: text
        for key, text in (("uid", uid), ("resourceVersion", resource_version))
        if text is not None
    }
    options: JsonObject = {}
    if preconditions:
        options["preconditions"] = preconditions
    if grace_seconds is not None:
        options["gracePeriodSeconds"] = grace_seconds
    if dry_run:
        options["dryRun"] = ["All"]
    return options
