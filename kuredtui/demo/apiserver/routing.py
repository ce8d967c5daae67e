"""The way of a request: fault, authentication, authorization, and then to what answers it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web

from kuredtui.demo.apiserver import openapi
from kuredtui.demo.apiserver.access import Access, Attributes, User, require
from kuredtui.demo.apiserver.bodies import Body, read_content_type
from kuredtui.demo.apiserver.calls import Call, form_for
from kuredtui.demo.apiserver.discovery import Discovery
from kuredtui.demo.apiserver.failures import Failure, method_not_allowed
from kuredtui.demo.apiserver.faults import Fault, Faults
from kuredtui.demo.apiserver.pod_connections import PodConnections
from kuredtui.demo.apiserver.reading import Reader
from kuredtui.demo.apiserver.requests import Target, is_true, parse_target
from kuredtui.demo.apiserver.responses import json_response, not_served, refusal
from kuredtui.demo.apiserver.reviews import (
    ACCESS_REVIEWS,
    RULES_REVIEWS,
    SELF_REVIEWS,
    answer_review,
)
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.apiserver.writing import Writer
from kuredtui.demo.kubelet_api import KubeletApi

_LOG = logging.getLogger(__name__)
CONTROL_PATH = "/demo/faults"
_HEALTH = ("/healthz", "/livez", "/readyz")
_REVIEWS = {
    (r.group, r.version, r.plural): r for r in (ACCESS_REVIEWS, RULES_REVIEWS, SELF_REVIEWS)
}
_TOO_MANY_REQUESTS = 429
_FAULT_MESSAGES = {
    410: "The resourceVersion for the provided list is too old.",
    500: "Internal error occurred: etcdserver: request timed out",
    503: "the server is currently unable to handle the request",
}


class Router:
    """Answers every request of one server."""

    def __init__(
        self,
        store: Store,
        access: Access,
        faults: Faults,
        *,
        control: Callable[[bytes], web.Response],
        bookmark_seconds: float,
    ) -> None:
        self._access = access
        self._faults = faults
        self._control = control
        self._discovery = Discovery()
        self._pods = PodConnections(store)
        self._reader = Reader(store, faults, bookmark_seconds=bookmark_seconds)
        self._writer = Writer(store)

    def connect_kubelets(self, kubelets: KubeletApi) -> None:
        """From now on these answer for the nodes."""
        self._pods.kubelets = kubelets

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer, whatever happens."""
        try:
            return await self._route(request)
        except Failure as failure:
            return refusal(failure)
        except ConnectionError:
            return web.Response()  # nobody is there to read it; raised, aiohttp would log it
        except Exception:  # noqa: BLE001 - the top of a request, logged and shown to the client
            _LOG.exception("%s %s", request.method, request.path)
            return refusal(Failure(500, "Internal error occurred: see the log of the server"))

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        watch = is_true(request.query.get("watch", ""))
        target = parse_target(request.method, path, watch=watch)
        verb = target.verb if target else request.method.lower()
        if path != CONTROL_PATH and (fault := self._faults.strike_request(verb, path)):
            return await _suffer(request, fault)
        user = self._access.authenticate(request.headers)
        require(user, _attributes(verb, path, target))
        if target is not None:
            return await self._objects(request, target, user)
        if path == CONTROL_PATH and verb == "post":
            return self._control(await request.read())
        if path.rstrip("/") in _HEALTH:
            return web.Response(text="ok")
        if path == openapi.V2 and verb == "get":
            return web.Response(body=openapi.V2_DOCUMENT, content_type=openapi.V2_MEDIA_TYPE)
        document = self._discovery.document(path, host=request.host)
        return json_response(document) if document and verb == "get" else not_served()

    async def _objects(
        self, request: web.BaseRequest, target: Target, user: User
    ) -> web.StreamResponse:
        content_type = read_content_type(request.headers)
        review = _REVIEWS.get((target.group, target.version, target.plural))
        if review is not None:
            if target.verb != "create":
                raise method_not_allowed()
            sent = Body(await request.read(), content_type).json()
            return json_response(answer_review(review, user, sent), status=201)
        resource = target.resource
        if resource is None or not _is_served(request, target):
            return not_served()
        if self._pods.answers(target):
            return await self._pods.answer(request, target, user)
        query = request.query
        form = form_for(resource, request.headers.get("Accept", ""), query.get("includeObject", ""))
        body = Body(await request.read() if request.can_read_body else b"", content_type)
        call = Call(target, resource, query, form, body)
        match target.verb:
            case "get":
                return self._reader.get(call)
            case "list":
                return await self._reader.list(request, call)
            case "watch":
                return await self._reader.watch(request, call)
            case "create":
                return self._writer.create(call)
            case "update":
                return self._writer.update(call)
            case "patch":
                return self._writer.patch(call)
            case "delete":
                return self._writer.delete(call)
            case "deletecollection":
                return self._writer.delete_collection(call)
        raise method_not_allowed()


def _is_served(request: web.BaseRequest, target: Target) -> bool:
    resource = target.resource
    if resource is None:
        return False
    if target.below and target.subresource != "proxy":
        return False
    if target.subresource and target.subresource not in resource.subresources:
        return False
    if resource.namespaced and not target.namespace:
        return not target.name and request.method != "POST"
    return resource.namespaced or not target.namespace


async def _suffer(request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    """What a request meets before it is looked at."""
    if fault.action == "silence":
        await asyncio.Event().wait()
    if fault.action == "drop":
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("dropped by a fault")
    if fault.status == _TOO_MANY_REQUESTS:
        # Priority and fairness answers before any Status is made: a plain text.
        text = "Too many requests, please try again later.\n"
        response = web.Response(status=fault.status, text=text)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response
    message = _FAULT_MESSAGES.get(fault.status, "the server was told to answer so")
    return refusal(Failure(fault.status, message, retry_after=fault.retry_after))


def _attributes(verb: str, path: str, target: Target | None) -> Attributes:
    if target is None:
        return Attributes(verb, path=path)
    return Attributes(
        verb, target.group, target.plural, target.subresource, target.namespace, target.name
    )
