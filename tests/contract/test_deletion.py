"""Deletes, beyond the recorded ones: when a pod is gone, and what a client sees until then."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.contract.api import NODES, PODS, Api, node, pod, unbound_pod
from tests.contract.transcripts import Json, Request


@pytest.fixture(autouse=True)
async def _node(api: Api) -> None:
    """Pods on nodes that are not there are swept away."""
    await api.made(NODES, node("rec-1"))


def deadline(found: Json) -> datetime:
    return datetime.fromisoformat(found["metadata"]["deletionTimestamp"])


async def test_a_deleted_pod_is_due_when_its_grace_is_over(api: Api) -> None:
    await api.made(PODS, pod("web-1", terminationGracePeriodSeconds=40))
    begun = await marked_time(api)
    answer = await api.delete(f"{PODS}/web-1")
    assert answer.status == 200
    assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 40
    assert (
        timedelta() <= deadline(answer.body) - begun - timedelta(seconds=40) < timedelta(seconds=9)
    )


async def test_grace_that_is_running_is_only_made_shorter(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    first = (await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 30})).body
    longer = (await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 60})).body
    assert longer == first
    again = (await api.delete(f"{PODS}/web-1")).body
    assert again == first
    shorter = (await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 10})).body
    assert deadline(first) - deadline(shorter) == timedelta(seconds=20)
    assert shorter["metadata"]["generation"] == first["metadata"]["generation"]


async def test_a_pod_without_a_node_is_gone_at_once(api: Api) -> None:
    await api.made(PODS, unbound_pod("web-1"))
    assert (await api.delete(f"{PODS}/web-1")).status == 200
    assert (await api.get(f"{PODS}/web-1")).status == 404


async def test_a_finished_pod_is_gone_at_once(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    await api.patch(f"{PODS}/web-1/status", {"status": {"phase": "Succeeded"}})
    assert (await api.delete(f"{PODS}/web-1")).status == 200
    assert (await api.get(f"{PODS}/web-1")).status == 404


async def test_a_watch_sees_a_pod_marked_and_then_gone(api: Api) -> None:
    created = await api.made(PODS, pod("web-1"))
    events = await api.watch(
        PODS,
        resourceVersion=created["metadata"]["resourceVersion"],
        fieldSelector="metadata.name=web-1",
        during=[Request("DELETE", f"{PODS}/web-1", body={"gracePeriodSeconds": 0})],
    )
    assert [event["type"] for event in events] == ["MODIFIED", "DELETED"]
    seen = [event["object"]["metadata"] for event in events]
    assert [found["deletionGracePeriodSeconds"] for found in seen] == [0, 0]
    assert int(seen[0]["resourceVersion"]) < int(seen[1]["resourceVersion"])


async def test_a_finalizer_holds_a_pod_after_its_grace(api: Api) -> None:
    await api.made(PODS, pod("web-1", metadata={"finalizers": ["example.io/hold"]}))
    await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 0})
    held = (await api.get(f"{PODS}/web-1")).body
    assert held["metadata"]["deletionGracePeriodSeconds"] == 0
    released = await api.patch(f"{PODS}/web-1", {"metadata": {"finalizers": None}})
    assert released.status == 200
    assert (await api.get(f"{PODS}/web-1")).status == 404


async def test_a_finalizer_holds_a_node(api: Api) -> None:
    await api.patch(f"{NODES}/rec-1", {"metadata": {"finalizers": ["example.io/hold"]}})
    answer = await api.delete(f"{NODES}/rec-1")
    assert (answer.status, answer.body["kind"]) == (200, "Node")
    assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 0
    await api.patch(f"{NODES}/rec-1", {"metadata": {"finalizers": None}})
    assert (await api.get(f"{NODES}/rec-1")).status == 404


async def test_a_finalizer_is_not_added_to_what_is_going(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    await api.delete(f"{PODS}/web-1")
    answer = await api.patch(f"{PODS}/web-1", {"metadata": {"finalizers": ["example.io/hold"]}})
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")


async def test_the_deletion_itself_is_nobodys_to_change(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    first = (await api.delete(f"{PODS}/web-1")).body
    await api.patch(f"{PODS}/web-1", {"metadata": {"deletionTimestamp": None}})
    assert (await api.get(f"{PODS}/web-1")).body == first


async def test_a_dry_run_leaves_the_pod(api: Api) -> None:
    before = await api.made(PODS, pod("web-1"))
    by_query = await api.delete(f"{PODS}/web-1", dryRun="All")
    by_options = await api.delete(f"{PODS}/web-1", {"dryRun": ["All"]})
    for answer in (by_query, by_options):
        assert answer.status == 200
        assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 30
    assert (await api.get(f"{PODS}/web-1")).body == before


async def test_a_body_is_all_the_options_there_are(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 0}, dryRun="All")
    assert (await api.get(f"{PODS}/web-1")).status == 404


async def test_options_that_mean_nothing_are_refused(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    for options, field in (
        ({"dryRun": ["Some"]}, "dryRun"),
        ({"propagationPolicy": "Sideways"}, "propagationPolicy"),
    ):
        answer = await api.delete(f"{PODS}/web-1", options)
        assert (answer.status, answer.body["reason"]) == (422, "Invalid")
        assert answer.body["details"]["kind"] == "DeleteOptions"
        assert [cause["field"] for cause in answer.body["details"]["causes"]] == [field]


@pytest.mark.embedded  # not to be tried on somebody's cluster
@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
async def test_some_namespaces_stay(api: Api, name: str) -> None:
    answer = await api.delete(f"/api/v1/namespaces/{name}", dryRun="All")
    assert (answer.status, answer.body["reason"]) == (403, "Forbidden")
    assert answer.body["message"] == (
        f'namespaces "{name}" is forbidden: this namespace may not be deleted'
    )


async def marked_time(api: Api) -> datetime:
    """The server's time, as it writes it into objects."""
    made = (await api.post(PODS, pod("clock"), dryRun="All")).body
    return datetime.fromisoformat(made["metadata"]["creationTimestamp"])
