"""The verbs: get, list, watch, create, patch, replace, delete, evict, and who am I, may I.

All requests leave through `requests`, where the read-only gate stands. Bodies are decoded here, from
bytes to the type the resource names; kubernetes-asyncio's models are not involved.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from kuredtui.kube.decode import WatchEvent, decode, decode_events, decode_list
from kuredtui.kube.errors import NotFound, api_error
from kuredtui.kube.json import JsonObject
from kuredtui.kube.lines import Lines
from kuredtui.kube.resources import PODS, Resource
from kuredtui.kube.reviews import (
    SelfSubjectAccessReview,
    SelfSubjectReview,
    ServedResources,
    Version,
)

if TYPE_CHECKING:
    from types import TracebackType

    from kuredtui.kube.requests import Requests

T = TypeVar("T")

PatchKind: TypeAlias = Literal["merge", "strategic", "json"]
JsonPatch: TypeAlias = Sequence[Mapping[str, object]]
Batch: TypeAlias = list[WatchEvent[T]]

_PATCH_TYPES: dict[PatchKind, str] = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}
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


class Client:
    """A connection to one API server as one user. Made by `connection.connect`.

    Every method raises ApiError when the server refuses, Unreachable when no usable answer comes
    (LoginFailed where we could not say who we are), and ReadOnlyError when the gate holds a request
    back.

    Attributes:
        requests: the way out.
        server: the server's URL.
        context: the kubeconfig's context, "" inside a cluster.
        user: the kubeconfig's name for the user; what the server calls us says `who_am_i`.
    """

    def __init__(self, requests: Requests, *, server: str, context: str, user: str) -> None:
        self.requests = requests
        self.server = server
        self.context = context
        self.user = user

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
        await self.requests.close()

    @property
    def read_only(self) -> bool:
        """Whether the gate is closed; may be set at any time, for all who share the connection."""
        return self.requests.read_only

    @read_only.setter
    def read_only(self, closed: bool) -> None:
        self.requests.read_only = closed

    def now(self) -> datetime:
        """The present by the API server's clock, UTC; by our own until it has answered."""
        return self.requests.clock.now()

    def fenced(self, check: Callable[[], None]) -> Client:
        """The same connection for somebody who may lose the right to make changes.

        `check` is called right before each request that changes something is sent, and raises if it
        must not be. Reading goes on.
        """
        other = copy.copy(self)
        other.requests = self.requests.fenced(check)
        return other

    # Reading

    async def get(self, resource: Resource[T], name: str, *, namespace: str = "") -> T:
        """One object."""
        path = resource.path(namespace=namespace, name=name)
        return decode(await self.requests.call("GET", path), resource.type)

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
        body = await self.requests.call(
            "GET",
            resource.path(namespace=namespace),
            query=query,
            patience=self.requests.timeouts.for_list(),
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
        async with self.requests.send(
            "GET",
            resource.path(namespace=namespace),
            query=query,
            patience=self.requests.timeouts.for_watch(inactivity_seconds),
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
        return decode(await self.requests.call("GET", "/version"), Version).git_version

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
        patience = self.requests.timeouts.for_request(seconds)
        found = bytearray()
        async with self.requests.send(
            "GET", path, query=query or {}, headers=[("Accept", _ANYTHING)], patience=patience
        ) as answer:
            async for chunk in answer.chunks():
                found += chunk
                if len(found) >= most_bytes:
                    break
        return found[:most_bytes].decode(errors="replace")

    async def evicts(self) -> bool:
        """Whether the server serves evictions (the pods' subresource, group policy), as kubectl asks."""
        found = decode(await self.requests.call("GET", "/api/v1"), ServedResources).resources
        return any((item.name, item.group) == ("pods/eviction", "policy") for item in found)

    # Asking about ourselves

    async def who_am_i(self) -> str:
        """What the server calls us; "" where it does not say (before Kubernetes 1.28)."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            answer = await self.requests.call("POST", path, body=body)
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
        answer = await self.requests.call("POST", path, body=body)
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
        answer = await self.requests.call("POST", path, query=_dry_run(dry_run), body=body)
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
        answer = await self.requests.call(
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
        return decode(await self.requests.call("PUT", path, body=body), resource.type)

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
        await self.requests.call(
            "DELETE", resource.path(namespace=namespace, name=name), body=options
        )

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
        await self.requests.call("POST", path, body=body)


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
