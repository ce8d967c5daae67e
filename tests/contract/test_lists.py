"""Lists, beyond the recorded ones: pages of one moment, versions and selectors.

After "Resource versions" and "API concepts" in the documentation of Kubernetes, and
k8s.io/apiserver/pkg/storage.
"""

from __future__ import annotations

import pytest

from tests.contract.api import LEASES, NODES, PODS, Api, node, pod, unbound_pod
from tests.contract.transcripts import Answer, Json
from tests.support.eventually import eventually

POOL = "kubernetes.azure.com/agentpool"
OURS = {"labelSelector": f"{POOL}=rec"}


@pytest.fixture
async def nodes(api: Api) -> list[Json]:
    return [await api.made(NODES, ours(f"rec-{index}")) for index in (1, 2, 3)]


def ours(name: str) -> Json:
    return node(name, labels={POOL: "rec"})


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [item["metadata"]["name"] for item in answer.body["items"]]


def version(found: Json) -> int:
    return int(found["metadata"]["resourceVersion"])


async def test_pages_are_of_the_moment_of_the_first_one(api: Api, nodes: list[Json]) -> None:
    first = await api.get(NODES, limit="1", **OURS)
    assert names(first) == ["rec-1"]
    await api.delete(f"{NODES}/rec-2")
    await api.patch(f"{NODES}/rec-3", {"spec": {"unschedulable": True}})
    await api.made(NODES, ours("rec-4"))
    rest = await api.get(
        NODES, limit="5", **OURS, **{"continue": first.body["metadata"]["continue"]}
    )
    assert names(rest) == ["rec-2", "rec-3"]
    assert rest.body["items"][1]["spec"].get("unschedulable") is None
    assert version(rest.body) == version(first.body)
    assert names(await api.get(NODES, **OURS)) == ["rec-1", "rec-3", "rec-4"]


async def test_the_end_is_known_on_the_last_full_page(api: Api, nodes: list[Json]) -> None:
    page = await api.get(NODES, limit="3", **OURS)
    assert len(names(page)) == 3
    assert "continue" not in page.body["metadata"]


async def test_how_many_are_left_is_said_without_a_selector(api: Api) -> None:
    for name in ("a", "b", "c"):
        await api.made(LEASES, {"metadata": {"name": name}})
    page = await api.get(LEASES, limit="1")
    assert page.body["metadata"]["remainingItemCount"] == 2
    selected = await api.get(LEASES, limit="1", labelSelector="!x")
    assert "remainingItemCount" not in selected.body["metadata"]
    assert "continue" in selected.body["metadata"]


async def test_a_page_of_a_version_is_of_exactly_that_version(api: Api, nodes: list[Json]) -> None:
    then = str(version((await api.get(NODES, **OURS)).body))
    await api.delete(f"{NODES}/rec-1")
    assert names(await api.get(NODES, limit="2", resourceVersion=then, **OURS)) == [
        "rec-1",
        "rec-2",
    ]
    exact = {"resourceVersion": then, "resourceVersionMatch": "Exact"}
    assert names(await api.get(NODES, **exact, **OURS)) == ["rec-1", "rec-2", "rec-3"]


async def test_version_zero_knows_no_limit(api: Api, nodes: list[Json]) -> None:
    async def all_on_a_page() -> bool:
        """Version 0 is any that is at hand, which may be one from before the last of them."""
        answer = await api.get(NODES, resourceVersion="0", limit="1", **OURS)
        return len(names(answer)) == 3

    await eventually(all_on_a_page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"resourceVersionMatch": "Exact"}, "resourceVersionMatch"),
        ({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, "resourceVersionMatch"),
        ({"resourceVersionMatch": "Newest", "resourceVersion": "1"}, "resourceVersionMatch"),
        ({"sendInitialEvents": "true"}, "sendInitialEvents"),
        ({"watch": "true", "sendInitialEvents": "true"}, "resourceVersionMatch"),
        (
            {"watch": "true", "resourceVersion": "1", "resourceVersionMatch": "NotOlderThan"},
            "resourceVersionMatch",
        ),
    ],
)
async def test_options_that_do_not_go_together(api: Api, query: dict[str, str], field: str) -> None:
    answer = await api.get(NODES, **query)
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    details = answer.body["details"]
    assert (details["group"], details["kind"]) == ("meta.k8s.io", "ListOptions")
    assert field in {cause["field"] for cause in details["causes"]}


async def test_a_token_goes_with_no_version(api: Api, nodes: list[Json]) -> None:
    first = await api.get(NODES, limit="1", **OURS)
    token = {"continue": first.body["metadata"]["continue"]}
    answer = await api.get(NODES, limit="1", resourceVersion="5", **token, **OURS)
    assert (answer.status, answer.body["message"]) == (
        400,
        "specifying resource version is not allowed when using continue",
    )


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [
        (NODES, "spec.nope", "field label not supported: spec.nope"),
        (PODS, "spec.nope", "field label not supported: spec.nope"),
        (
            LEASES,
            "spec.nope",
            '"spec.nope" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        (
            "/apis/apps/v1/replicasets",
            "status.replicas",
            '"status.replicas" is not a known field '
            'selector: only "metadata.name", "metadata.namespace"',
        ),
    ],
)
async def test_fields_one_cannot_select_by(api: Api, path: str, field: str, message: str) -> None:
    answer = await api.get(path, fieldSelector=f"{field}=1")
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    assert message in answer.body["message"]


async def test_pods_are_selected_by_what_drains_ask_for(api: Api) -> None:
    await api.made(NODES, node("rec-1"))
    await api.made(PODS, pod("there"))
    await api.made(PODS, unbound_pod("waiting"))
    await api.patch(f"{PODS}/there/status", {"status": {"phase": "Failed"}})
    for selector, expected in (
        ("spec.nodeName=rec-1", ["there"]),
        ("spec.nodeName==rec-1,status.phase=Failed", ["there"]),
        ("spec.nodeName=", ["waiting"]),
        ("spec.nodeName!=rec-1", ["waiting"]),
        ("status.phase!=Failed,metadata.namespace=default", ["waiting"]),
        ("metadata.name=there,metadata.name=waiting", []),
        ("spec.restartPolicy=Always,spec.schedulerName=default-scheduler", ["there", "waiting"]),
    ):
        assert names(await api.get(PODS, fieldSelector=selector)) == expected, selector


async def test_labels_are_selected_by_every_operator(api: Api) -> None:
    await api.made(LEASES, {"metadata": {"name": "a", "labels": {"n": "5", "app": "web"}}})
    await api.made(LEASES, {"metadata": {"name": "b", "labels": {"app": ""}}})
    for selector, expected in (
        ("n>4", ["a"]),
        ("n<5", []),
        ("app in (web, ,db)", ["a", "b"]),
        ("app=", ["b"]),
        ("app notin (web),app", ["b"]),
        ("!n", ["b"]),
        (" app , n = 5 ", ["a"]),
        ("n!=5", ["b"]),
    ):
        assert names(await api.get(LEASES, labelSelector=selector)) == expected, selector
