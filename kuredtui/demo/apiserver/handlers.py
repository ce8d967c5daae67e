"""The verbs on objects: what happens between an authorized request and the store."""

from __future__ import annotations

import random
from collections.abc import Mapping

import msgspec
from aiohttp import web

from kuredtui.demo.apiserver import deletion
from kuredtui.demo.apiserver.deletion import DeleteOptions, delete_entry, release_if_final
from kuredtui.demo.apiserver.eviction import evict
from kuredtui.demo.apiserver.failures import (
    Failure,
    already_exists,
    details,
    method_not_allowed,
    namespace_terminating,
    not_found,
    watch_expired,
)
from kuredtui.demo.apiserver.faults import Faults
from kuredtui.demo.apiserver.forms import Form, MetadataForm, ObjectForm, error_line, wanted_kind
from kuredtui.demo.apiserver.history import Entry, encode_tail
from kuredtui.demo.apiserver.lists import list_page, matcher, parse_version
from kuredtui.demo.apiserver.merge_patch import apply_json_patch, apply_merge_patch
from kuredtui.demo.apiserver.objects import (
    new_object,
    require_version,
    updated_object,
    without_nulls,
)
from kuredtui.demo.apiserver.requests import Target, is_dry_run, is_true
from kuredtui.demo.apiserver.resources import NAMESPACES, PODS, Resource
from kuredtui.demo.apiserver.store import Collection, Store, field_values
from kuredtui.demo.apiserver.strategic_merge import apply_strategic_merge
from kuredtui.demo.apiserver.watching import Watcher, WatchStream
from kuredtui.kube.json import JsonObject

_LONGEST_WATCH = (1800, 3600)
"""Seconds, at random, of a watch that names no timeout (kube-apiserver --min-request-timeout)."""
_JSON = "application/json"


class Handlers:
    """Answers requests for objects."""

    def __init__(self, store: Store, faults: Faults, *, bookmark_seconds: float) -> None:
        self._store = store
        self._faults = faults
        self._bookmark_seconds = bookmark_seconds

    async def answer(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        """Do what the verb says. `Failure` for everything that is refused."""
        resource = target.resource
        if resource is None or (
            target.subresource and target.subresource not in resource.subresources
        ):
            return not_served()
        if (
            resource.namespaced
            and not target.namespace
            and (target.name or request.method == "POST")
        ):
            return not_served()
        query = request.query
        form = form_for(resource, request.headers.get("Accept", ""))
        match target.verb:
            case "list":
                return await self._list(request, target, resource, form)
            case "get":
                if is_true(query.get("watch", "")):
                    return await self._watch(request, target, resource, form)
                return json_response(form.one(self._entry(resource, target)))
            case "watch":
                return await self._watch(request, target, resource, form)
        body = await request.read()
        match target.verb:
            case "create":
                return self._create(target, resource, form, query, body)
            case "update":
                return self._update(target, resource, form, query, body)
            case "patch":
                content = request.headers.get("Content-Type", "")
                return self._patch(target, resource, form, query, body, content)
            case "delete":
                return self._delete(target, resource, form, query, body)
            case "deletecollection" if resource is not NAMESPACES:
                return self._delete_collection(target, resource, query, body)
        raise method_not_allowed()

    async def _list(
        self, request: web.BaseRequest, target: Target, resource: Resource, form: Form
    ) -> web.StreamResponse:
        collection = self._store.collection(resource)
        page = list_page(collection, target, request.query, current=self._store.version)
        pieces = form.pages(page.entries, page.metadata)
        first = next(pieces)
        second = next(pieces, None)
        if second is None:
            return json_response(first)
        response = web.StreamResponse(headers={"Content-Type": _JSON})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(first)
        await response.write(second)
        for piece in pieces:
            await response.write(piece)
        await response.write_eof()
        return response

    async def _watch(
        self, request: web.BaseRequest, target: Target, resource: Resource, form: Form
    ) -> web.StreamResponse:
        query = request.query
        collection = self._store.collection(resource)
        match = matcher(resource, target, query)
        version = parse_version(query.get("resourceVersion", ""))
        initial = is_true(query.get("sendInitialEvents", ""))
        bookmarks = is_true(query.get("allowWatchBookmarks", ""))

        def too_slow() -> None:
            if request.transport is not None:
                request.transport.abort()

        watcher = Watcher(
            form, match, after=max(version, self._store.version), on_overflow=too_slow
        )
        stream = WatchStream(
            request,
            self._store,
            collection,
            watcher,
            self._faults,
            bookmarks=bookmarks,
            bookmark_seconds=self._bookmark_seconds,
        )
        seconds = float(query.get("timeoutSeconds") or random.randint(*_LONGEST_WATCH))
        if initial or not version:
            entries = [collection.entries[key] for key in collection.keys]
            matching = [entry for entry in entries if match is None or match(entry)]
            return await stream.run(
                stream.existing(matching, end_mark=initial and bookmarks), seconds=seconds
            )
        floor = collection.history.floor
        if version < floor:
            return await stream.run([error_line(watch_expired(version, floor).status())], seconds=0)
        return await stream.run(stream.past_events(version), seconds=seconds)

    def _create(
        self, target: Target, resource: Resource, form: Form, query: Mapping[str, str], body: bytes
    ) -> web.Response:
        if target.subresource == "eviction":
            return self._evict(target, query, body)
        if target.subresource == "binding":
            return self._bind(target, query, body)
        if target.name:
            raise method_not_allowed()
        sent = decode_object(body, resource)
        name = (sent.get("metadata") or {}).get("name", "")
        self._require_namespace(target, resource, name)
        stored = new_object(resource, sent, namespace=target.namespace)
        name = stored["metadata"]["name"]
        key = f"{target.namespace}/{name}" if resource.namespaced else name
        collection = self._store.collection(resource)
        if key in collection.entries:
            raise already_exists(resource, name)
        if is_dry_run(query):
            return json_response(form.one(preview(resource, key, 0, stored)), status=201)
        return json_response(
            form.one(self._store.commit(collection, key, stored, None)), status=201
        )

    def _update(
        self, target: Target, resource: Resource, form: Form, query: Mapping[str, str], body: bytes
    ) -> web.Response:
        if not target.name or target.subresource in ("eviction", "binding"):
            raise method_not_allowed()
        entry = self._entry(resource, target)
        sent = decode_object(body, resource)
        require_version(resource, sent)
        if target.subresource == "finalize":
            collection = self._store.collection(resource)
            return json_response(
                form.one(deletion.finalize_namespace(self._store, collection, entry, sent))
            )
        wanted = without_nulls(sent)
        return self._store_update(target, resource, form, query, entry, entry.decode(), wanted)

    def _patch(
        self,
        target: Target,
        resource: Resource,
        form: Form,
        query: Mapping[str, str],
        body: bytes,
        content_type: str,
    ) -> web.Response:
        if not target.name or target.subresource in ("eviction", "binding", "finalize"):
            raise method_not_allowed()
        media = content_type.partition(";")[0].strip()
        if media not in _PATCHES:
            raise Failure(415, "415: Unsupported Media Type", details={})
        entry = self._entry(resource, target)
        old = entry.decode()
        wanted = _PATCHES[media](old, decode_json(body))
        return self._store_update(target, resource, form, query, entry, old, wanted)

    def _store_update(
        self,
        target: Target,
        resource: Resource,
        form: Form,
        query: Mapping[str, str],
        entry: Entry,
        old: JsonObject,
        wanted: JsonObject,
    ) -> web.Response:
        body = updated_object(resource, entry, old, wanted, subresource=target.subresource)
        if body is None:
            return json_response(form.one(entry))
        if is_dry_run(query):
            return json_response(form.one(preview(resource, entry.key, entry.version, body)))
        collection = self._store.collection(resource)
        stored = self._store.commit(collection, entry.key, body, entry)
        if "finalizers" in old["metadata"]:
            stored = release_if_final(self._store, collection, stored)
        return json_response(form.one(stored))

    def _delete(
        self, target: Target, resource: Resource, form: Form, query: Mapping[str, str], body: bytes
    ) -> web.Response:
        if target.subresource:
            raise method_not_allowed()
        options = delete_options(query, body)
        dry_run = is_dry_run(query) or bool(options.dry_run)
        entry = self._entry(resource, target)
        collection = self._store.collection(resource)
        left = delete_entry(self._store, collection, entry, options, dry_run=dry_run)
        if resource.delete_returns_object or entry.key in collection.entries:
            return json_response(form.one(left))
        return json_response(
            msgspec.json.encode(
                {
                    "kind": "Status",
                    "apiVersion": "v1",
                    "metadata": {},
                    "status": "Success",
                    "details": details(resource, target.name, uid=entry.uid),
                }
            )
        )

    def _delete_collection(
        self, target: Target, resource: Resource, query: Mapping[str, str], body: bytes
    ) -> web.Response:
        options = delete_options(query, body)
        dry_run = is_dry_run(query) or bool(options.dry_run)
        collection = self._store.collection(resource)
        page = list_page(collection, target, query, current=self._store.version)
        left = [
            delete_entry(self._store, collection, entry, options, dry_run=dry_run)
            for entry in page.entries
        ]
        metadata = {"resourceVersion": str(self._store.version)}
        return json_response(b"".join(ObjectForm(resource).pages(left, metadata)))

    def _evict(self, target: Target, query: Mapping[str, str], body: bytes) -> web.Response:
        self._require_namespace(target, PODS, target.name)
        sent = decode_json(body)
        name = (sent.get("metadata") or {}).get("name", "")
        if name and name != target.name:
            raise Failure(400, "name in URL does not match name in Eviction object")
        options = delete_options({}, msgspec.json.encode(sent.get("deleteOptions") or {}))
        dry_run = is_dry_run(query) or bool(options.dry_run)
        evict(self._store, self._entry(PODS, target), options, dry_run=dry_run)
        return created_status()

    def _bind(self, target: Target, query: Mapping[str, str], body: bytes) -> web.Response:
        """A scheduler's decision: the pod's node, once."""
        self._require_namespace(target, PODS, target.name)
        entry = self._entry(PODS, target)
        pod = entry.decode()
        node = (decode_json(body).get("target") or {}).get("name", "")
        if pod["spec"].get("nodeName"):
            raise Failure(
                409,
                f'Operation cannot be fulfilled on pods/binding "{target.name}": pod {target.name} '
                f'is already assigned to node "{pod["spec"]["nodeName"]}"',
                details=details(PODS, target.name),
            )
        pod["spec"]["nodeName"] = node
        if not is_dry_run(query):
            self._store.commit(self._store.collection(PODS), entry.key, pod, entry)
        return created_status()

    def _entry(self, resource: Resource, target: Target) -> Entry:
        entry = self._store.collection(resource).entries.get(target.key)
        if entry is None:
            raise not_found(resource, target.name)
        return entry

    def _require_namespace(self, target: Target, resource: Resource, name: str) -> None:
        """Nothing is created where there is no namespace, or one that is ending."""
        if not resource.namespaced:
            return
        namespaces: Collection = self._store.collection(NAMESPACES)
        entry = namespaces.entries.get(target.namespace)
        if entry is None:
            raise not_found(NAMESPACES, target.namespace)
        if entry.fields["status.phase"] == "Terminating":
            raise namespace_terminating(resource, name, target.namespace)


def _strategic(old: JsonObject, patch: JsonObject) -> JsonObject:
    return apply_strategic_merge(old, patch)


def _merge(old: JsonObject, patch: JsonObject) -> JsonObject:
    merged = apply_merge_patch(old, patch)
    if not isinstance(merged, dict):
        raise Failure(
            400, "json: cannot unmarshal array into Go value of type map[string]interface {}"
        )
    return merged


def _json_patch(old: JsonObject, patch: JsonObject) -> JsonObject:
    return without_nulls(apply_json_patch(old, patch))


_PATCHES = {
    "application/strategic-merge-patch+json": _strategic,
    "application/merge-patch+json": _merge,
    "application/json-patch+json": _json_patch,
}


def form_for(resource: Resource, accept: str) -> Form:
    """The form an Accept header asks for."""
    if wanted_kind(accept) == "PartialObjectMetadata":
        return MetadataForm()
    return ObjectForm(resource)


def preview(resource: Resource, key: str, version: int, body: JsonObject) -> Entry:
    """An entry that is shown but not stored: what a dry run answers with."""
    metadata: JsonObject = body["metadata"]
    if version:
        metadata["resourceVersion"] = str(version)
    labels = metadata.get("labels") or {}
    return Entry(
        key, version, metadata["uid"], encode_tail(body), labels, field_values(resource, body)
    )


def decode_json(body: bytes) -> JsonObject:
    """A request's body; what is no JSON is a 400 `Failure`."""
    if not body:
        return {}
    try:
        sent: JsonObject = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise Failure(400, f"invalid character in body: {error}") from error
    return sent


def decode_object(body: bytes, resource: Resource) -> JsonObject:
    """An object of this resource; another kind is a 400 `Failure`."""
    sent = decode_json(body)
    if not isinstance(sent, dict):
        raise Failure(400, f"couldn't get version/kind; json parse error for {resource.kind}")
    kind = sent.get("kind", resource.kind)
    version = sent.get("apiVersion", resource.api_version)
    if (version, kind) != (resource.api_version, resource.kind):
        raise Failure(
            400,
            f"the API version in the data ({version}, Kind={kind}) does not match the expected "
            f"one ({resource.api_version}, Kind={resource.kind})",
        )
    return sent


def delete_options(query: Mapping[str, str], body: bytes) -> DeleteOptions:
    """DeleteOptions from a body, or from the query where there is none."""
    try:
        options = msgspec.json.decode(body or b"{}", type=DeleteOptions)
    except msgspec.MsgspecError as error:
        raise Failure(400, str(error)) from error
    if options.grace_period_seconds is None and "gracePeriodSeconds" in query:
        options.grace_period_seconds = int(query["gracePeriodSeconds"])
    return options


def json_response(body: bytes, *, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=body, status=status, headers={"Content-Type": _JSON})


def created_status() -> web.Response:
    """How an eviction and a binding succeed."""
    return json_response(
        b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}',
        status=201,
    )


def not_served() -> web.Response:
    """A path that leads nowhere: a plain text, not a Status."""
    return web.Response(text="404 page not found\n", status=404)
