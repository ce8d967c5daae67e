"""The verbs, against a real or the embedded API server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    AlreadyExists,
    BadRequest,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
)
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import LEASES, NAMESPACES, NODES, PODS
from kuredtui.kube.types import Lease

LABEL = "test.kuredtui.io/name"


@pytest.fixture
async def lease(client: Client, name: str) -> AsyncIterator[Lease]:
    """A small object to work on: nobody else minds a lease in `default`."""
    created = await client.create(LEASES, lease_body(name), namespace="default")
    yield created
    with suppress(NotFound):
        await client.delete(LEASES, name, namespace="default")


def lease_body(name: str, **annotations: str) -> JsonObject:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "labels": {LABEL: name}, "annotations": annotations},
        "spec": {"holderIdentity": "me"},
    }


def pod_body(name: str) -> JsonObject:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "nodeSelector": {"nowhere": "never"},
            "containers": [{"name": "main", "image": "registry.k8s.io/pause:3.10"}],
        },
    }


async def test_the_server_tells_its_version(client: Client) -> None:
    assert (await client.version()).startswith("v1.")


async def test_the_server_tells_that_it_serves_evictions(client: Client) -> None:
    assert await client.evicts()


async def test_the_server_tells_the_time(client: Client) -> None:
    await client.version()
    assert abs(client.now() - datetime.now(UTC)) < timedelta(minutes=5)


async def test_an_object_is_read_as_it_was_created(client: Client, lease: Lease) -> None:
    read = await client.get(LEASES, lease.metadata.name, namespace="default")
    assert read == lease
    assert read.spec.holder_identity == "me"
    assert read.metadata.creation_timestamp is not None


async def test_an_object_can_be_read_as_plain_json(client: Client, lease: Lease) -> None:
    raw = await client.get(replace(LEASES, type=dict), lease.metadata.name, namespace="default")
    assert raw["metadata"]["uid"] == lease.metadata.uid
    assert raw["spec"] == {"holderIdentity": "me"}


async def test_a_taken_name_is_told(client: Client, lease: Lease) -> None:
    with pytest.raises(AlreadyExists):
        await client.create(LEASES, lease_body(lease.metadata.name), namespace="default")


async def test_a_missing_object_is_told(client: Client, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        await client.get(NODES, name)
    assert caught.value.details.name == name
    assert caught.value.details.kind == "nodes"


async def test_an_invalid_object_is_told_with_its_field(client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        await client.create(LEASES, lease_body("Not_A_Name"), namespace="default")
    assert caught.value.details.causes[0].field == "metadata.name"


async def test_a_body_of_another_kind_is_told(client: Client, name: str) -> None:
    with pytest.raises(BadRequest):
        await client.create(NODES, lease_body(name))


async def test_a_merge_patch_sets_and_removes(client: Client, lease: Lease) -> None:
    name = lease.metadata.name
    patch = {"metadata": {"annotations": {"a": "1"}}, "spec": {"holderIdentity": None}}
    patched = await client.patch(LEASES, name, patch, namespace="default")
    assert patched.metadata.annotations == {"a": "1"}
    assert patched.spec.holder_identity is None


async def test_a_strategic_patch_is_understood(client: Client, lease: Lease) -> None:
    patched = await client.patch(
        LEASES,
        lease.metadata.name,
        {"spec": {"holderIdentity": "you"}},
        namespace="default",
        kind="strategic",
    )
    assert patched.spec.holder_identity == "you"


async def test_a_json_patch_is_understood(client: Client, lease: Lease) -> None:
    patched = await client.patch(
        LEASES,
        lease.metadata.name,
        [{"op": "replace", "path": "/spec/holderIdentity", "value": "they"}],
        namespace="default",
        kind="json",
    )
    assert patched.spec.holder_identity == "they"


async def test_a_patch_with_a_stale_version_is_a_conflict(client: Client, lease: Lease) -> None:
    name = lease.metadata.name
    await client.patch(LEASES, name, {"spec": {"holderIdentity": "you"}}, namespace="default")
    stale = {
        "metadata": {"resourceVersion": lease.metadata.resource_version},
        "spec": {"holderIdentity": "me again"},
    }
    with pytest.raises(Conflict):
        await client.patch(LEASES, name, stale, namespace="default")


async def test_a_whole_object_can_be_put_in_place(client: Client, lease: Lease) -> None:
    raw = replace(LEASES, type=dict)
    body = await client.get(raw, lease.metadata.name, namespace="default")
    body["spec"]["holderIdentity"] = "you"
    put = await client.replace(LEASES, lease.metadata.name, body, namespace="default")
    assert put.spec.holder_identity == "you"
    with pytest.raises(Conflict):
        await client.replace(LEASES, lease.metadata.name, body, namespace="default")


async def test_a_dry_run_changes_nothing(client: Client, lease: Lease, name: str) -> None:
    there = lease.metadata.name
    await client.create(LEASES, lease_body(f"{name}-dry"), namespace="default", dry_run=True)
    patch = {"spec": {"holderIdentity": "you"}}
    await client.patch(LEASES, there, patch, namespace="default", dry_run=True)
    await client.delete(LEASES, there, namespace="default", dry_run=True)
    assert await client.get(LEASES, there, namespace="default") == lease
    with pytest.raises(NotFound):
        await client.get(LEASES, f"{name}-dry", namespace="default")


async def test_only_the_object_that_is_meant_is_deleted(client: Client, lease: Lease) -> None:
    name, uid = lease.metadata.name, lease.metadata.uid
    with pytest.raises(Conflict):
        await client.delete(LEASES, name, namespace="default", uid="another")
    with pytest.raises(Conflict):
        await client.delete(LEASES, name, namespace="default", resource_version="1")
    await client.delete(LEASES, name, namespace="default", uid=uid)
    with pytest.raises(NotFound):
        await client.get(LEASES, name, namespace="default")


async def test_a_list_comes_in_pages_of_one_version(client: Client, name: str) -> None:
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        body = lease_body(each)
        body["metadata"]["labels"] = {LABEL: name}
        await client.create(LEASES, body, namespace="default")
    try:
        first = await client.list(LEASES, label_selector=f"{LABEL}={name}", limit=2)
        second = await client.list(
            LEASES,
            label_selector=f"{LABEL}={name}",
            limit=2,
            continue_token=first.continue_token,
        )
    finally:
        for each in names:
            await client.delete(LEASES, each, namespace="default")
    assert [item.metadata.name for item in first.items + second.items] == names
    assert first.version == second.version
    assert first.continue_token
    assert not second.continue_token


async def test_a_list_keeps_to_a_field_selector(client: Client) -> None:
    page = await client.list(NAMESPACES, field_selector="metadata.name=default")
    assert [item.metadata.name for item in page.items] == ["default"]


async def test_a_watch_begins_with_a_word_of_acceptance(client: Client, lease: Lease) -> None:
    name = lease.metadata.name
    watch = client.watch(
        LEASES,
        version=lease.metadata.resource_version,
        namespace="default",
        field_selector=f"metadata.name={name}",
        timeout_seconds=30,
        inactivity_seconds=10.0,
    )
    async with aclosing(watch):
        assert await anext(watch) == []
        patch = {"spec": {"holderIdentity": "you"}}
        patched = await client.patch(LEASES, name, patch, namespace="default")
        batch = await anext(watch)
    assert [(event.type, event.object) for event in batch] == [("MODIFIED", patched)]


async def test_a_watch_ends_when_its_time_is_over(client: Client, lease: Lease) -> None:
    watch = client.watch(
        LEASES,
        version=lease.metadata.resource_version,
        namespace="default",
        field_selector=f"metadata.name={lease.metadata.name}",
        timeout_seconds=1,
        inactivity_seconds=10.0,
    )
    events = [event for batch in [batch async for batch in watch] for event in batch]
    assert {event.type for event in events} <= {"BOOKMARK"}


async def test_an_eviction_of_a_missing_pod_is_told(client: Client, name: str) -> None:
    with pytest.raises(NotFound):
        await client.evict(namespace="default", name=name, uid=None)


async def test_only_the_pod_that_is_meant_is_evicted(client: Client, name: str) -> None:
    pod = await client.create(PODS, pod_body(name), namespace="default")
    with pytest.raises(Conflict):
        await client.evict(namespace="default", name=name, uid="another")
    await client.evict(namespace="default", name=name, uid=pod.metadata.uid, dry_run=True)
    await client.get(PODS, name, namespace="default")
    await client.evict(namespace="default", name=name, uid=pod.metadata.uid, grace_seconds=0)
    with pytest.raises(NotFound):
        await client.get(PODS, name, namespace="default")


async def test_a_viewer_is_told_what_is_forbidden(viewer: Client, name: str) -> None:
    with pytest.raises(Forbidden, match="cannot patch resource"):
        await viewer.patch(NODES, name, {"spec": {"unschedulable": True}})


async def test_the_server_knows_who_asks(client: Client, viewer: Client) -> None:
    assert await client.who_am_i()
    assert await viewer.who_am_i() != await client.who_am_i()


async def test_the_server_tells_who_may_do_what(client: Client, viewer: Client) -> None:
    for right in (("patch", NODES, ""), ("create", PODS, "eviction"), ("list", NODES, "")):
        verb, resource, subresource = right
        assert await client.may(verb, resource, subresource=subresource)
        assert await viewer.may(verb, resource, subresource=subresource) == (verb == "list")


async def test_a_version_that_is_long_gone_is_told(client: Client) -> None:
    watch = client.watch(NODES, version="1", timeout_seconds=2, inactivity_seconds=5.0)
    with pytest.raises(Expired):
        async for _ in watch:
            pass
