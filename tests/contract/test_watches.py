"""Watches, beyond the recorded ones."""

from __future__ import annotations

import pytest

from kuredtui.demo.apiserver import ApiServer
from tests.contract.accounts import accounts_of
from tests.contract.api import LEASES, NODES, Api, node
from tests.contract.corner import Corner
from tests.contract.embedded import kubeconfig_of
from tests.contract.transcripts import Json, Request

MERGE = "application/merge-patch+json"


def seen(events: Json) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


def patch(path: str, body: Json) -> Request:
    return Request("PATCH", path, body=body, content_type=MERGE)


def unschedulable(wanted: bool) -> Request:
    return patch(f"{NODES}/rec-1", {"spec": {"unschedulable": wanted}})


async def version(api: Api) -> str:
    return str((await api.get(LEASES)).body["metadata"]["resourceVersion"])


async def test_a_change_leads_into_a_field_selector_and_out_again(api: Api) -> None:
    await api.made(NODES, node("rec-1"))
    events = await api.watch(
        NODES,
        fieldSelector="spec.unschedulable=true,metadata.name=rec-1",
        resourceVersion=await version(api),
        during=[unschedulable(True), unschedulable(False)],
    )
    # The taint that a controller adds to a cordoned node may come between.
    assert [seen(events)[0], seen(events)[-1]] == [("ADDED", "rec-1"), ("DELETED", "rec-1")]
    first, last = events[0]["object"], events[-1]["object"]
    assert last["spec"]["unschedulable"] is True
    assert int(last["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])


async def test_one_object_is_watched_by_its_name(api: Api) -> None:
    for name in ("a", "b"):
        await api.made(LEASES, {"metadata": {"name": name}})
    events = await api.watch(
        LEASES,
        fieldSelector="metadata.name=b",
        resourceVersion=await version(api),
        during=[patch(f"{LEASES}/{name}", {"metadata": {"labels": {"x": "y"}}}) for name in "ab"],
    )
    assert seen(events) == [("MODIFIED", "b")]


async def test_version_zero_begins_with_what_is_there(api: Api) -> None:
    await api.made(LEASES, {"metadata": {"name": "a"}})
    during = [Request("DELETE", f"{LEASES}/a")]
    events = await api.watch(LEASES, resourceVersion="0", during=during)
    assert seen(events) == [("ADDED", "a"), ("DELETED", "a")]


async def test_without_initial_events_a_watch_begins_now(api: Api) -> None:
    await api.made(LEASES, {"metadata": {"name": "a"}})
    events = await api.watch(
        LEASES,
        sendInitialEvents="false",
        resourceVersionMatch="NotOlderThan",
        during=[Request("POST", LEASES, body={"metadata": {"name": "b"}})],
    )
    assert seen(events) == [("ADDED", "b")]


async def test_what_is_made_anew_is_gone_and_then_added(api: Api) -> None:
    body = {"metadata": {"name": "a"}}
    first = await api.made(LEASES, body)
    events = await api.watch(
        LEASES,
        resourceVersion=first["metadata"]["resourceVersion"],
        during=[Request("DELETE", f"{LEASES}/a"), Request("POST", LEASES, body=body)],
    )
    assert seen(events) == [("DELETED", "a"), ("ADDED", "a")]
    uids = [event["object"]["metadata"]["uid"] for event in events]
    assert uids[0] == first["metadata"]["uid"] != uids[1]


async def test_a_change_that_changes_nothing_is_no_event(api: Api) -> None:
    first = await api.made(LEASES, {"metadata": {"name": "a", "labels": {"x": "y"}}})
    again = patch(f"{LEASES}/a", {"metadata": {"labels": {"x": "y"}}})
    dry = Request("DELETE", f"{LEASES}/a", body={"dryRun": ["All"]})
    events = await api.watch(
        LEASES, resourceVersion=first["metadata"]["resourceVersion"], during=[again, dry]
    )
    assert events == []


async def test_no_bookmark_comes_that_nobody_asked_for(api: Api) -> None:
    assert await api.watch(LEASES, resourceVersion=await version(api)) == []


@pytest.mark.embedded  # a real server sends one a minute
async def test_bookmarks_come_while_others_change() -> None:
    async with (
        ApiServer(bookmark_seconds=0.2) as server,
        kubeconfig_of(server) as kubeconfig,
        accounts_of(kubeconfig) as accounts,
        Corner.opened(accounts["admin"]) as corner,
    ):
        api = Api(accounts["admin"], corner)
        before = await version(api)
        made = Request("POST", NODES, body=node("rec-1"))
        watch = {"resourceVersion": before, "allowWatchBookmarks": "true"}
        events = await api.watch(LEASES, during=[made], **watch)
        marks = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
        assert {event["type"] for event in events} == {"BOOKMARK"}
        assert marks == sorted(set(marks))
        assert marks[-1] > int(before)
        assert await api.watch(LEASES, resourceVersion=str(marks[-1])) == []
