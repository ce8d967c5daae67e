"""The embedded API server: its life, and the way of a request to the module that answers it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec
from aiohttp import web

from kuredtui.demo.apiserver.access import Access, Attributes, require
from kuredtui.demo.apiserver.discovery import Discovery
from kuredtui.demo.apiserver.failures import Failure, method_not_allowed
from kuredtui.demo.apiserver.faults import Control, Fault, Faults
from kuredtui.demo.apiserver.handlers import Handlers, json_response, not_served
from kuredtui.demo.apiserver.kubeconfig import write_kubeconfig
from kuredtui.demo.apiserver.objects import new_object
from kuredtui.demo.apiserver.requests import Target, is_true, parse_target
from kuredtui.demo.apiserver.resources import BY_KIND
from kuredtui.demo.apiserver.reviews import ACCESS_REVIEWS, SELF_REVIEWS, answer_review
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.certificate import make_certificate
from kuredtui.kube.json import JsonObject

_LOG = logging.getLogger(__name__)
_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_CLUSTER = "kuredtui-demo"
_HEALTH = ("/healthz", "/livez", "/readyz")
CONTROL_PATH = "/demo/faults"
TOO_MANY_REQUESTS = 429
FAULT_MESSAGES = {
    410: "The resourceVersion for the provided list is too old.",
    500: "Internal error occurred: etcdserver: request timed out",
    503: "the server is currently unable to handle the request",
}
_HISTORY_EVENTS = 50_000
_HISTORY_BYTES = 64 * 1024 * 1024
"""Per resource: the last 5,000 changes of large nodes."""


class ApiServer:
    """An API server on loopback, with its objects in memory.

    Use `start` and `stop`, or as an async context manager. All methods belong to the loop in which
    the server was started.
    """

    def __init__(self, *, bookmark_seconds: float = 60.0) -> None:
        self.access = Access()
        self.faults = Faults()
        self._store = Store(max_events=_HISTORY_EVENTS, max_bytes=_HISTORY_BYTES)
        self._handlers = Handlers(self._store, self.faults, bookmark_seconds=bookmark_seconds)
        self._discovery = Discovery()
        self._certificate = make_certificate("localhost", "127.0.0.1", "::1")
        self._web = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(self._web)
        self._url = ""
        self.seed(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            for name in _NAMESPACES
        )

    @property
    def url(self) -> str:
        """https://host:port, once started."""
        return self._url

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Port 0 takes a free one. OSError when the port is taken."""
        await self._runner.setup()
        context = self._certificate.server_context
        site = web.TCPSite(self._runner, host, port, ssl_context=context)
        await site.start()
        self._url = f"https://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Cut all connections and stop listening."""
        self._cut_connections()
        await self._runner.cleanup()

    async def __aenter__(self) -> ApiServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def write_kubeconfig(self, path: Path) -> None:
        """Write a kubeconfig with the contexts `admin` (current) and `viewer`."""
        write_kubeconfig(
            path,
            server=self._url,
            authority_pem=self._certificate.authority_pem,
            tokens={"admin": self.access.admin_token, "viewer": self.access.viewer_token},
            cluster=_CLUSTER,
        )

    def seed(self, objects: Iterable[JsonObject]) -> None:
        """Create objects without HTTP, thousands in a second.

        They need apiVersion, kind, metadata.name and, where they have one, metadata.namespace; uid,
        creationTimestamp and status are kept where given. `Failure` for an invalid one.
        """
        for sent in objects:
            resource = BY_KIND[sent["apiVersion"], sent["kind"]]
            metadata = sent.get("metadata") or {}
            namespace = metadata.get("namespace", "default") if resource.namespaced else ""
            body = new_object(resource, sent, namespace=namespace, keep_identity=True)
            name = body["metadata"]["name"]
            key = f"{namespace}/{name}" if resource.namespaced else name
            collection = self._store.collection(resource)
            self._store.commit(collection, key, body, collection.entries.get(key))

    def inject(self, fault: Fault) -> None:
        """Put a fault in force."""
        self.faults.add(fault)

    def restart(self, *, keep_history: bool = True) -> None:
        """What clients see of a restart: every connection is cut, the port stays.

        Without history every former version is too old, as after an etcd compaction.
        """
        if not keep_history:
            self._store.forget_history()
        self._cut_connections()

    def _cut_connections(self) -> None:
        for connection in self._web.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except Failure as failure:
            return _refusal(failure)
        except ConnectionError:
            raise  # the client is gone; nobody is there to be answered
        except Exception:  # noqa: BLE001 - the top of a request, logged and shown to the client
            _LOG.exception("%s %s", request.method, request.path)
            return _refusal(Failure(500, "Internal error occurred: see the log of the server"))

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        target = parse_target(request.method, path, watch=is_true(request.query.get("watch", "")))
        verb = target.verb if target else request.method.lower()
        if path != CONTROL_PATH and (fault := self.faults.strike_request(verb, path)):
            return await _suffer(request, fault)
        user = self.access.authenticate(request.headers)
        require(user, _attributes(verb, path, target))
        if target is not None:
            for review in (ACCESS_REVIEWS, SELF_REVIEWS):
                if (target.group, target.plural) == (review.group, review.plural):
                    if verb != "create":
                        raise method_not_allowed()
                    return json_response(
                        answer_review(review, user, await request.read()), status=201
                    )
            return await self._handlers.answer(request, target)
        if path == CONTROL_PATH and verb == "post":
            return self._control(await request.read())
        if path.rstrip("/") in _HEALTH:
            return web.Response(text="ok")
        document = self._discovery.document(path, host=request.host)
        return json_response(document) if document and verb == "get" else not_served()

    def _control(self, body: bytes) -> web.Response:
        """Faults over HTTP, for scenarios in another process."""
        try:
            control = msgspec.json.decode(body, type=Control)
        except msgspec.MsgspecError as error:
            raise Failure(400, str(error)) from error
        if control.clear:
            self.faults.clear()
        if control.rule is not None:
            self.inject(control.rule)
        if control.restart is not None:
            keep = control.restart == "history"
            asyncio.get_running_loop().call_soon(lambda: self.restart(keep_history=keep))
        return json_response(b"{}")


async def _suffer(request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """What a request meets before it is looked at."""
    if fault.action == "silence":
        await asyncio.Event().wait()
    if fault.action == "drop":
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("dropped by a fault")
    if fault.status == TOO_MANY_REQUESTS:
        # Priority and fairness answers before any Status is made: a plain text.
        response = web.Response(
            status=fault.status, text="Too many requests, please try again later.\n"
        )
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response
    message = FAULT_MESSAGES.get(fault.status, "the server was told to answer so")
    return _refusal(Failure(fault.status, message, retry_after=fault.retry_after))


def _refusal(failure: Failure) -> web.Response:
    response = json_response(failure.encoded(), status=failure.code)
    if failure.retry_after is not None:
        response.headers["Retry-After"] = str(failure.retry_after)
    return response


def _attributes(verb: str, path: str, target: Target | None) -> Attributes:
    if target is None:
        return Attributes(verb, path=path)
    return Attributes(
        verb, target.group, target.plural, target.subresource, target.namespace, target.name
    )
