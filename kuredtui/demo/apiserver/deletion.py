"""Deleting: preconditions, grace, finalizers, and namespaces that first end.

The order of the questions is that of BeforeDelete and Store.Delete in k8s.io/apiserver; how long a
pod has is CheckGracefulDelete in kubernetes/pkg/registry/core/pod.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kuredtui.demo.apiserver.failures import Failure, details, forbidden, precondition_failed
from kuredtui.demo.apiserver.history import Entry, encode_tail
from kuredtui.demo.apiserver.objects import now
from kuredtui.demo.apiserver.resources import NAMESPACES, Resource
from kuredtui.demo.apiserver.store import Collection, Store
from kuredtui.demo.apiserver.write_options import DeleteOptions
from kuredtui.kube.json import JsonObject

_FINISHED = ("Succeeded", "Failed")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_IMMORTAL = ("default", "kube-public", "kube-system")
"""Namespaces that stay (the admission plugin NamespaceLifecycle)."""


def delete_entry(
    store: Store, collection: Collection, entry: Entry, options: DeleteOptions, *, dry_run: bool
) -> Entry:
    """Delete, or begin to. Returns the object as it was left, or as it was last.

    A precondition that does not hold is a 409 `Failure`.
    """
    resource = collection.resource
    body = entry.decode()
    metadata: JsonObject = body["metadata"]
    check_preconditions(resource, metadata, options)
    if resource is NAMESPACES:
        return _end_namespace(store, collection, entry, body, dry_run=dry_run)
    finalizers = metadata.get("finalizers")
    grace = _grace(body, options) if resource.graceful else 0
    if metadata.get("deletionTimestamp"):
        if not resource.graceful:
            if finalizers:
                return entry
        elif not _shorten(metadata, options):
            return entry
    elif resource.graceful or finalizers:
        _mark(metadata, grace)
    else:
        return entry if dry_run else store.remove(collection, entry)
    if dry_run:
        return _preview(entry, body)
    marked = store.commit(collection, entry.key, body, entry)
    gone = not metadata["deletionGracePeriodSeconds"] and not finalizers
    return store.remove(collection, marked) if gone else marked


def release_if_final(store: Store, collection: Collection, entry: Entry) -> Entry:
    """After an update: an object that was only held by finalizers goes when the last one does."""
    metadata = entry.decode()["metadata"]
    if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
        return entry
    if collection.resource is NAMESPACES or metadata.get("deletionGracePeriodSeconds"):
        return entry
    return store.remove(collection, entry)


def finalize_namespace(
    store: Store, collection: Collection, entry: Entry, sent: JsonObject
) -> Entry:
    """The finalize subresource: set spec.finalizers; without any, an ending namespace is gone."""
    body = entry.decode()
    body["spec"]["finalizers"] = (sent.get("spec") or {}).get("finalizers") or []
    entry = store.commit(collection, entry.key, body, entry)
    if body["metadata"].get("deletionTimestamp") and not body["spec"]["finalizers"]:
        return store.remove(collection, entry)
    return entry


def check_preconditions(resource: Resource, metadata: JsonObject, options: DeleteOptions) -> None:
    """Raise the 409 `Failure` of a precondition that does not hold."""
    wanted = options.preconditions
    if wanted is None:
        return
    name, uid, version = metadata["name"], metadata["uid"], metadata["resourceVersion"]
    if wanted.uid is not None and wanted.uid != uid:
        raise precondition_failed(
            resource,
            name,
            f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated",
        )
    if wanted.resource_version is not None and wanted.resource_version != version:
        raise precondition_failed(
            resource,
            name,
            f"the ResourceVersion in the precondition ({wanted.resource_version}) does not match "
            f"the ResourceVersion in record ({version}). The object might have been modified",
        )


def _grace(pod: JsonObject, options: DeleteOptions) -> int:
    spec = pod.get("spec") or {}
    phase = (pod.get("status") or {}).get("phase")
    if not spec.get("nodeName") or phase in _FINISHED:
        return 0
    grace = options.grace_period_seconds
    if grace is None:
        grace = spec.get("terminationGracePeriodSeconds", 0)
    return int(grace) if grace >= 0 else 1


def _mark(metadata: JsonObject, grace: int) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=grace)
    metadata["deletionTimestamp"] = deadline.strftime(_TIME)
    metadata["deletionGracePeriodSeconds"] = grace
    if "generation" in metadata:
        metadata["generation"] += 1


def _shorten(metadata: JsonObject, options: DeleteOptions) -> bool:
    """A deletion under way may only become shorter; False when it does not."""
    former, wanted = metadata.get("deletionGracePeriodSeconds", 0), options.grace_period_seconds
    if wanted is None or wanted >= former:
        return False
    deadline = datetime.strptime(metadata["deletionTimestamp"], _TIME)
    metadata["deletionTimestamp"] = (deadline - timedelta(seconds=former - wanted)).strftime(_TIME)
    metadata["deletionGracePeriodSeconds"] = wanted
    return True


def _end_namespace(
    store: Store, collection: Collection, entry: Entry, body: JsonObject, *, dry_run: bool
) -> Entry:
    metadata: JsonObject = body["metadata"]
    if metadata["name"] in _IMMORTAL:
        raise forbidden(NAMESPACES, metadata["name"], "this namespace may not be deleted")
    if not body["spec"].get("finalizers"):
        return entry if dry_run else store.remove(collection, entry)
    if metadata.get("deletionTimestamp"):
        raise Failure(
            409,
            f'Operation cannot be fulfilled on namespaces "{metadata["name"]}": The system is '
            "ensuring all content is removed from this namespace.  Upon completion, this namespace "
            "will automatically be purged by the system.",
            details=details(NAMESPACES, metadata["name"]),
        )
    metadata["deletionTimestamp"] = now()
    body["status"]["phase"] = "Terminating"
    return _preview(entry, body) if dry_run else store.commit(collection, entry.key, body, entry)


def _preview(entry: Entry, body: JsonObject) -> Entry:
    """What a dry run shows: the change, under the version that is stored."""
    return Entry(entry.key, entry.version, entry.uid, encode_tail(body), entry.labels, entry.fields)
