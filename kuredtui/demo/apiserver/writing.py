"""create, update, patch and delete. Nothing here waits: a write happens in one turn of the loop."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from kuredtui.demo.apiserver.calls import Call
from kuredtui.demo.apiserver.deletion import (
    delete_entry,
    finalize_namespace,
    release_if_final,
)
from kuredtui.demo.apiserver.eviction import evict
from kuredtui.demo.apiserver.failures import (
    Failure,
    already_exists,
    details,
    method_not_allowed,
    namespace_terminating,
    not_found,
    unsupported_media_type,
)
from kuredtui.demo.apiserver.field_validation import typed_body, typed_patch
from kuredtui.demo.apiserver.forms import ObjectForm
from kuredtui.demo.apiserver.history import Entry, encode_tail
from kuredtui.demo.apiserver.lists import list_page
from kuredtui.demo.apiserver.merge_patch import apply_json_patch, apply_merge_patch
from kuredtui.demo.apiserver.objects import (
    new_object,
    require_name_of_url,
    require_namespace_of_url,
    require_priority_class,
    require_version,
    updated_object,
    without_nulls,
)
from kuredtui.demo.apiserver.pod_security import require_pod_security, security_warnings
from kuredtui.demo.apiserver.resources import NAMESPACES, PODS, Resource
from kuredtui.demo.apiserver.responses import json_response, success
from kuredtui.demo.apiserver.store import Store, field_values
from kuredtui.demo.apiserver.strategic_merge import apply_strategic_merge
from kuredtui.demo.apiserver.write_options import delete_options, is_dry_delete, is_dry_run
from kuredtui.kube.json import JsonObject


class Writer:
    """Answers requests that change something."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, call: Call) -> web.Response:
        """A new object, or one of the subresources that are created."""
        match call.target.subresource:
            case "eviction":
                return self._evict(call)
            case "binding":
                return self._bind(call)
        if call.target.name:
            raise method_not_allowed()
        resource, namespace = call.resource, call.target.namespace
        dry_run = _is_dry(call)
        sent, warnings = typed_body(call, call.body.object_of(resource))
        self._require_namespace(call, (sent.get("metadata") or {}).get("name", ""))
        stored = new_object(resource, sent, namespace=namespace)
        if resource is PODS:
            require_priority_class(stored)
            require_pod_security(self._namespace_labels(call), stored)
        warnings += self._security_warnings(call, stored)
        name = stored["metadata"]["name"]
        key = f"{namespace}/{name}" if namespace else name
        collection = self._store.collection(resource)
        if key in collection.entries:
            raise already_exists(resource, name)
        if dry_run:
            entry = _preview(resource, key, 0, stored)
        else:
            entry = self._store.commit(collection, key, stored, None)
        return json_response(call.form.one(entry), status=201, warnings=warnings)

    def _namespace_labels(self, call: Call) -> Mapping[str, str]:
        entry = self._store.collection(NAMESPACES).entries.get(call.target.namespace)
        return entry.labels if entry is not None else {}

    def _security_warnings(self, call: Call, stored: JsonObject) -> list[str]:
        """Of a pod, or of the pods that a workload will make."""
        spec: JsonObject = stored.get("spec") or {}
        if call.resource is not PODS:
            spec = (spec.get("template") or {}).get("spec") or {}
        return security_warnings(self._namespace_labels(call), spec) if spec else []

    def update(self, call: Call) -> web.Response:
        """The whole object anew."""
        _require_patchable(call)
        dry_run = _is_dry(call)
        sent, warnings = typed_body(call, call.body.object_of(call.resource))
        entry = self._entry(call)
        require_name_of_url(sent, call.target.name)
        require_version(call.resource, sent)
        if call.target.subresource == "finalize":
            collection = self._store.collection(call.resource)
            stored = finalize_namespace(self._store, collection, entry, sent)
        else:
            stored = self._change(call, entry, entry.decode(), without_nulls(sent), dry_run=dry_run)
        return json_response(call.form.one(stored), warnings=warnings)

    def patch(self, call: Call) -> web.Response:
        """Some of the object anew. Server-side apply is not served: an unsupported media type."""
        _require_patchable(call)
        dry_run = _is_dry(call)
        entry = self._entry(call)
        old = entry.decode()
        match call.body.media_type:
            case "application/json-patch+json":
                patched = apply_json_patch(old, call.body.any_json())
                wanted, warnings = typed_patch(call, without_nulls(patched))
            case "application/merge-patch+json":
                patch, warnings = typed_patch(call, call.body.json())
                wanted = apply_merge_patch(old, patch)
            case "application/strategic-merge-patch+json":
                patch, warnings = typed_patch(call, call.body.json())
                wanted = apply_strategic_merge(old, patch)
            case _:
                raise unsupported_media_type()
        stored = self._change(call, entry, old, wanted, dry_run=dry_run)
        return json_response(call.form.one(stored), warnings=warnings)

    def delete(self, call: Call) -> web.Response:
        """The object goes, now or when its grace and its finalizers are over."""
        if call.target.subresource:
            raise method_not_allowed()
        resource = call.resource
        options = delete_options(call.query, call.body.json())
        entry = self._entry(call)
        collection = self._store.collection(resource)
        dry_run = is_dry_delete(options)
        left = delete_entry(self._store, collection, entry, options, dry_run=dry_run)
        if resource.delete_returns_object or (entry.key in collection.entries and not dry_run):
            return json_response(call.form.one(left))
        return success(details(resource, call.target.name, uid=entry.uid))

    def delete_collection(self, call: Call) -> web.Response:
        """Every object a list with these parameters would show."""
        if call.resource is NAMESPACES:
            raise method_not_allowed()
        options = delete_options(call.query, call.body.json())
        dry_run = is_dry_delete(options)
        collection = self._store.collection(call.resource)
        page = list_page(collection, call.target, call.query, current=self._store.version)
        left = [
            delete_entry(self._store, collection, entry, options, dry_run=dry_run)
            for entry in page.entries
        ]
        metadata = {"resourceVersion": str(self._store.version)}
        return json_response(b"".join(ObjectForm(call.resource).pages(left, metadata)))

    def _change(
        self, call: Call, entry: Entry, old: JsonObject, wanted: JsonObject, *, dry_run: bool
    ) -> Entry:
        resource = call.resource
        body = updated_object(resource, entry, old, wanted, subresource=call.target.subresource)
        if body is None:
            return entry
        if dry_run:
            return _preview(resource, entry.key, entry.version, body)
        collection = self._store.collection(resource)
        stored = self._store.commit(collection, entry.key, body, entry)
        if "finalizers" in old["metadata"]:
            stored = release_if_final(self._store, collection, stored)
        return stored

    def _evict(self, call: Call) -> web.Response:
        self._require_namespace(call, call.target.name)
        sent = call.body.json()
        metadata = sent.get("metadata") or {}
        require_namespace_of_url(metadata.get("namespace", ""), call.target.namespace)
        if metadata.get("name", "") != call.target.name:
            raise Failure(400, "name in URL does not match name in Eviction object")
        options = delete_options({}, sent.get("deleteOptions") or {})
        dry_run = _is_dry(call) or is_dry_delete(options)
        evict(self._store, self._entry(call), options, dry_run=dry_run)
        return success(code=201)

    def _bind(self, call: Call) -> web.Response:
        """A scheduler's decision: the pod's node, once."""
        name = call.target.name
        self._require_namespace(call, name)
        entry = self._entry(call)
        pod = entry.decode()
        node = (call.body.json().get("target") or {}).get("name", "")
        if pod["spec"].get("nodeName"):
            raise Failure(
                409,
                f'Operation cannot be fulfilled on pods/binding "{name}": pod {name} is already '
                f'assigned to node "{pod["spec"]["nodeName"]}"',
                details=details(PODS, name),
            )
        pod["spec"]["nodeName"] = node
        if not _is_dry(call):
            self._store.commit(self._store.collection(PODS), entry.key, pod, entry)
        return success(code=201)

    def _entry(self, call: Call) -> Entry:
        entry = self._store.collection(call.resource).entries.get(call.target.key)
        if entry is None:
            raise not_found(call.resource, call.target.name)
        return entry

    def _require_namespace(self, call: Call, name: str) -> None:
        """Nothing is created where there is no namespace, or one that is ending."""
        namespace = call.target.namespace
        if not namespace:
            return
        entry = self._store.collection(NAMESPACES).entries.get(namespace)
        if entry is None:
            raise not_found(NAMESPACES, namespace)
        if entry.fields["status.phase"] == "Terminating":
            raise namespace_terminating(call.resource, name, namespace)


def _is_dry(call: Call) -> bool:
    return is_dry_run(call.target.verb, call.query)


def _require_patchable(call: Call) -> None:
    if not call.target.name or call.target.subresource in ("eviction", "binding"):
        raise method_not_allowed()


def _preview(resource: Resource, key: str, version: int, body: JsonObject) -> Entry:
    """An entry that is shown but not stored: what a dry run answers with."""
    metadata: JsonObject = body["metadata"]
    if version:
        metadata["resourceVersion"] = str(version)
    labels = metadata.get("labels") or {}
    fields = field_values(resource, body)
    return Entry(key, version, metadata["uid"], encode_tail(body), labels, fields)
