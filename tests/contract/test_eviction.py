"""Evictions, beyond the recorded ones. After kubernetes/pkg/registry/core/pod/storage/eviction.go."""

from __future__ import annotations

import pytest

from tests.contract.api import BUDGETS, NODES, PODS, Api, budget, node, pod
from tests.contract.transcripts import Json
from tests.support.eventually import eventually

OTHER_UID = "00000000-0000-0000-0000-000000000000"
UNKNOWN_OWNER = {
    "apiVersion": "example.io/v1",
    "kind": "Thing",
    "name": "thing",
    "uid": OTHER_UID,
    "controller": True,
}
"""Nobody can count its pods."""


@pytest.fixture(autouse=True)
async def _node(api: Api) -> None:
    """Pods on nodes that are not there are swept away."""
    await api.made(NODES, node("rec-1"))


def conditions(pod: Json) -> set[str]:
    return {condition["type"] for condition in pod["status"].get("conditions", [])}


async def test_an_eviction_names_its_pod(api: Api) -> None:
    await api.ready_pod("web-1")
    answer = await api.post(
        f"{PODS}/web-1/eviction", {"apiVersion": "policy/v1", "kind": "Eviction"}
    )
    assert answer.status == 400
    assert answer.body["message"] == "name in URL does not match name in Eviction object"


async def test_an_eviction_names_its_namespace_or_none(api: Api) -> None:
    await api.ready_pod("web-1")
    body = {"metadata": {"name": "web-1", "namespace": "kube-system"}}
    answer = await api.post(f"{PODS}/web-1/eviction", body)
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")


async def test_a_pod_with_another_uid_is_left_as_it_was(api: Api) -> None:
    before = await api.ready_pod("web-1")
    answer = await api.evict("web-1", preconditions={"uid": OTHER_UID})
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    assert "UID in the precondition" in answer.body["message"]
    assert (await api.get(f"{PODS}/web-1")).body == before


async def test_a_uid_and_a_version_that_hold_are_no_obstacle(api: Api) -> None:
    before = (await api.ready_pod("web-1"))["metadata"]
    wanted = {"uid": before["uid"], "resourceVersion": before["resourceVersion"]}
    assert (await api.evict("web-1", preconditions=wanted)).status == 201
    after = (await api.get(f"{PODS}/web-1")).body
    assert after["metadata"]["deletionGracePeriodSeconds"] == 30
    assert "DisruptionTarget" in conditions(after)


async def test_an_older_version_is_an_obstacle(api: Api) -> None:
    created = await api.made(PODS, pod("web-1"))
    await api.patch(f"{PODS}/web-1", {"metadata": {"labels": {"more": "said"}}})
    before = (await api.get(f"{PODS}/web-1")).body
    wanted = {"resourceVersion": created["metadata"]["resourceVersion"]}
    answer = await api.evict("web-1", preconditions=wanted)
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    assert (await api.get(f"{PODS}/web-1")).body == before


async def test_a_pod_that_is_going_already_is_marked_as_disrupted(api: Api) -> None:
    await api.ready_pod("web-1")
    await api.delete(f"{PODS}/web-1", {"gracePeriodSeconds": 20})
    assert (await api.evict("web-1")).status == 201
    after = (await api.get(f"{PODS}/web-1")).body
    assert after["metadata"]["deletionGracePeriodSeconds"] == 20
    assert "DisruptionTarget" in conditions(after)


async def test_an_eviction_shortens_the_grace_of_a_pod_that_is_going(api: Api) -> None:
    await api.ready_pod("web-1")
    await api.evict("web-1")
    assert (await api.evict("web-1", gracePeriodSeconds=5)).status == 201
    after = (await api.get(f"{PODS}/web-1")).body
    assert after["metadata"]["deletionGracePeriodSeconds"] == 5


async def test_grace_of_nothing_ends_the_pod_at_once(api: Api) -> None:
    await api.ready_pod("web-1")
    assert (await api.evict("web-1", gracePeriodSeconds=0)).status == 201
    assert (await api.get(f"{PODS}/web-1")).status == 404


async def sync_failed(api: Api) -> bool:
    status = (await api.get(f"{BUDGETS}/web")).body.get("status") or {}
    return any(found["reason"] == "SyncFailed" for found in status.get("conditions", []))


@pytest.mark.usefixtures("disruptions")
async def test_a_budget_that_cannot_be_counted_any_more_says_so(api: Api) -> None:
    await api.made(BUDGETS, budget("web", maxUnavailable=1))
    await api.counted_budget("web", healthy=0)
    await api.ready_pod("web-1", ownerReferences=[UNKNOWN_OWNER])
    await eventually(lambda: sync_failed(api))
    answer = await api.evict("web-1")
    assert answer.status == 429
    assert "retry-after" not in answer.headers
    (cause,) = answer.body["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    assert cause["message"].startswith(
        "The disruption budget web does not allow evicting pods currently because it failed sync: "
    )


@pytest.mark.usefixtures("disruptions")
async def test_a_budget_that_never_could_be_counted_is_still_being_processed(api: Api) -> None:
    await api.ready_pod("web-1", ownerReferences=[UNKNOWN_OWNER])
    await api.made(BUDGETS, budget("web", maxUnavailable=1))
    await eventually(lambda: sync_failed(api))
    assert "observedGeneration" not in (await api.get(f"{BUDGETS}/web")).body["status"]
    answer = await api.evict("web-1")
    assert (answer.status, answer.headers["retry-after"]) == (429, "10")


@pytest.mark.usefixtures("disruptions")
async def test_a_budget_is_asked_by_a_dry_run_and_not_spent(api: Api) -> None:
    await api.ready_pod("web-1")
    await api.ready_pod("web-2")
    await api.made(BUDGETS, budget("web", minAvailable=1))
    before = await api.counted_budget("web", healthy=2)
    assert before["status"]["disruptionsAllowed"] == 1
    assert (await api.evict("web-1", dryRun=["All"])).status == 201
    assert (await api.get(f"{BUDGETS}/web")).body == before
    assert (await api.evict("web-1")).status == 201
    refused = await api.evict("web-2", dryRun=["All"])
    assert refused.status == 429


@pytest.mark.embedded  # elsewhere a controller counts faster than anybody could ask
async def test_a_budget_nobody_has_counted_yet_asks_for_ten_seconds(api: Api) -> None:
    await api.ready_pod("web-1")
    await api.made(BUDGETS, budget("web", minAvailable=1))
    answer = await api.evict("web-1")
    assert (answer.status, answer.headers["retry-after"]) == (429, "10")
    assert answer.body["details"] == {
        "causes": [
            {
                "reason": "DisruptionBudget",
                "message": "The disruption budget web is still being processed by the server.",
            }
        ],
        "retryAfterSeconds": 10,
    }


@pytest.mark.usefixtures("disruptions")
async def test_a_pod_that_is_not_ready_may_go_where_the_policy_says_so(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    await api.patch(f"{PODS}/web-1/status", {"status": {"phase": "Running"}})
    await api.made(BUDGETS, budget("web", minAvailable=1))
    await api.counted_budget("web", healthy=0)
    assert (await api.evict("web-1")).status == 429
    policy = {"spec": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}}
    await api.patch(f"{BUDGETS}/web", policy)
    assert (await api.evict("web-1")).status == 201
