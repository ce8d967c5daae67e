"""Creates and updates, beyond the recorded ones: names, versions, and what a real server refuses."""

from __future__ import annotations

import pytest

from tests.contract.api import LEASES, NODES, PODS, Api, node, pod
from tests.contract.transcripts import Json, Request

DAEMONSETS = "/apis/apps/v1/namespaces/default/daemonsets"
EVENTS = "/api/v1/namespaces/default/events"


def lease(name: str, **metadata: Json) -> Json:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, **metadata},
    }


def daemonset(name: str, *, app: str) -> Json:
    labels = {"app": app}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": "registry.k8s.io/pause:3.10"}]},
            },
        },
    }


async def refusals(api: Api, request: Request) -> dict[str, str]:
    """Field -> reason of a 422."""
    await api.ready_for(request)
    answer = await api.send(request)
    assert (answer.status, answer.body.get("reason")) == (422, "Invalid"), answer.body
    return {cause["field"]: cause["reason"] for cause in answer.body["details"]["causes"]}


async def test_a_generated_name_is_cut_to_what_a_label_can_hold(api: Api) -> None:
    long = "a" * 70
    made = await api.made(LEASES, {"metadata": {"generateName": long}})
    name = made["metadata"]["name"]
    assert len(name) == 63
    assert name.startswith(long[:58])
    assert made["metadata"]["generateName"] == long


async def test_a_new_object_has_no_version_yet(api: Api) -> None:
    answer = await api.post(LEASES, lease("web", resourceVersion="1"))
    assert answer.status == 500
    assert answer.body["message"] == "resourceVersion should not be set on objects to be created"
    assert "reason" not in answer.body


async def test_what_the_server_says_of_an_object_is_not_for_the_client_to_say(api: Api) -> None:
    sent = lease("web", uid="mine", creationTimestamp="2001-01-01T00:00:00Z", generation=7)
    made = (await api.made(LEASES, sent))["metadata"]
    assert made["uid"] != "mine"
    assert made["creationTimestamp"] > "2002"
    assert (await api.made(PODS, pod("web-1", metadata={"generation": 7})))["metadata"][
        "generation"
    ] == 1


async def test_an_object_of_another_namespace_is_refused(api: Api) -> None:
    answer = await api.post(LEASES, lease("web", namespace="kube-system"))
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    assert answer.body["message"] == (
        "the namespace of the provided object does not match the namespace sent on the request"
    )


async def test_an_object_of_another_name_is_refused(api: Api) -> None:
    await api.made(LEASES, lease("web"))
    answer = await api.put(f"{LEASES}/web", lease("other"))
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    assert answer.body["message"] == (
        "the name of the object (other) does not match the name on the URL (web)"
    )


@pytest.mark.parametrize("media", ["text/plain", "application/octet-stream"])
async def test_a_body_in_another_format_is_refused(api: Api, media: str) -> None:
    answer = await api.send(Request("POST", LEASES, body=lease("web"), content_type=media))
    assert (answer.status, answer.body["reason"]) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", LEASES, "CreateOptions"),
        ("PUT", f"{LEASES}/web", "UpdateOptions"),
        ("PATCH", f"{LEASES}/web", "PatchOptions"),
    ],
)
async def test_a_dry_run_is_all_or_nothing(api: Api, method: str, path: str, kind: str) -> None:
    await api.made(LEASES, lease("web"))
    media = "application/merge-patch+json" if method == "PATCH" else "application/json"
    request = Request(method, path, query={"dryRun": "Some"}, body=lease("web"), content_type=media)
    answer = await api.send(request)
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    assert answer.body["details"]["kind"] == kind


async def test_a_dry_run_of_a_create_shows_the_object_and_keeps_nothing(api: Api) -> None:
    await api.made(NODES, node("rec-1"))
    shown = await api.post(
        PODS, {**pod("web-1"), "metadata": {"generateName": "web-"}}, dryRun="All"
    )
    assert shown.status == 201
    metadata = shown.body["metadata"]
    assert metadata["name"].startswith("web-")
    assert "uid" in metadata
    assert "resourceVersion" not in metadata
    assert (await api.get(PODS)).body["items"] == []


async def test_a_dry_run_of_a_create_finds_what_is_there(api: Api) -> None:
    await api.made(LEASES, lease("web"))
    answer = await api.post(LEASES, lease("web"), dryRun="All")
    assert (answer.status, answer.body["reason"]) == (409, "AlreadyExists")


async def test_a_pods_spec_stays_as_it_is(api: Api) -> None:
    await api.made(PODS, pod("web-1", activeDeadlineSeconds=100))
    for change, field in (
        ({"nodeName": "rec-2"}, "spec"),
        ({"hostPID": True}, "spec"),
        ({"activeDeadlineSeconds": 200}, "spec.activeDeadlineSeconds"),
    ):
        path, media = f"{PODS}/web-1", "application/merge-patch+json"
        request = Request("PATCH", path, body={"spec": change}, content_type=media)
        assert field in await refusals(api, request), change
    allowed = {"activeDeadlineSeconds": 50}
    assert (await api.patch(f"{PODS}/web-1", {"spec": allowed})).status == 200
    image = {"containers": [{"name": "c", "image": "registry.k8s.io/pause:3.9"}]}
    assert (await api.patch(f"{PODS}/web-1", {"spec": image}, "strategic-merge")).status == 200


async def test_a_selector_stays_as_it_is(api: Api) -> None:
    await api.made(DAEMONSETS, daemonset("kured", app="kured"))
    changed = daemonset("kured", app="other")
    request = Request("PUT", f"{DAEMONSETS}/kured", body=changed)
    assert await refusals(api, request) == {"spec.selector": "FieldValueInvalid"}


async def test_a_status_changes_through_its_own_path_alone(api: Api) -> None:
    await api.made(PODS, pod("web-1"))
    whole = {"metadata": {"labels": {"x": "y"}}, "status": {"phase": "Failed"}}
    changed = (await api.patch(f"{PODS}/web-1", whole)).body
    assert (changed["status"]["phase"], changed["metadata"]["labels"]["x"]) == ("Pending", "y")
    status = {"spec": {"activeDeadlineSeconds": 9}, "status": {"phase": "Failed"}}
    changed = (await api.patch(f"{PODS}/web-1/status", status)).body
    assert changed["status"]["phase"] == "Failed"
    assert "activeDeadlineSeconds" not in changed["spec"]


async def test_an_event_about_a_node_belongs_into_the_default_namespace(api: Api) -> None:
    event = {
        "metadata": {"generateName": "rec-1.", "namespace": "kube-system"},
        "involvedObject": {"kind": "Node", "name": "rec-1", "uid": "rec-1"},
    }
    request = Request("POST", "/api/v1/namespaces/kube-system/events", body=event)
    assert await refusals(api, request) == {"involvedObject.namespace": "FieldValueInvalid"}


async def test_an_event_is_where_its_object_is(api: Api) -> None:
    event = {
        "metadata": {"generateName": "web-1."},
        "involvedObject": {"kind": "Pod", "name": "web-1", "namespace": "kube-system"},
    }
    assert await refusals(api, Request("POST", EVENTS, body=event)) == {
        "involvedObject.namespace": "FieldValueInvalid"
    }


async def test_a_priority_class_becomes_a_priority(api: Api) -> None:
    made = await api.made(PODS, pod("web-1", priorityClassName="system-node-critical"))
    assert made["spec"]["priority"] == 2_000_001_000
    answer = await api.post(PODS, pod("web-2", priorityClassName="nobody-has-heard-of"))
    assert (answer.status, answer.body["reason"]) == (403, "Forbidden")
    assert answer.body["message"] == (
        'pods "web-2" is forbidden: no PriorityClass with name nobody-has-heard-of was found'
    )


async def test_a_write_that_was_overtaken_says_so(api: Api) -> None:
    first = await api.made(LEASES, lease("web"))
    await api.patch(f"{LEASES}/web", {"metadata": {"annotations": {"a": "1"}}})
    stale = {"metadata": {"resourceVersion": first["metadata"]["resourceVersion"]}}
    for kind in ("merge", "strategic-merge"):
        answer = await api.patch(f"{LEASES}/web", stale, kind)
        assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    test = [{"op": "replace", "path": "/metadata/resourceVersion", "value": "1"}]
    answer = await api.patch(f"{LEASES}/web", test, "json")
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    answer = await api.put(f"{LEASES}/web", first)
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")


async def test_an_update_of_another_object_of_the_name_is_refused(api: Api) -> None:
    await api.made(LEASES, lease("web"))
    wanted = {"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}}
    answer = await api.patch(f"{LEASES}/web", wanted)
    assert (answer.status, answer.body["reason"]) == (409, "Conflict")
    assert "UID in precondition" in answer.body["message"]


async def test_annotations_have_a_limit(api: Api) -> None:
    await api.made(LEASES, lease("web"))
    patch = {"metadata": {"annotations": {"big": "x" * 262_144}}}
    media = "application/merge-patch+json"
    request = Request("PATCH", f"{LEASES}/web", body=patch, content_type=media)
    assert await refusals(api, request) == {"metadata.annotations": "FieldValueTooLong"}


async def test_annotation_keys_are_qualified_names(api: Api) -> None:
    await api.made(LEASES, lease("web"))
    for key in ("a b", "x/y/z", "-x", "Example.io/x"):
        patch = {"metadata": {"annotations": {key: "1"}}}
        media = "application/merge-patch+json"
        request = Request("PATCH", f"{LEASES}/web", body=patch, content_type=media)
        if key == "Example.io/x":  # keys of annotations are compared in lower case
            assert (await api.send(request)).status == 200
        else:
            assert await refusals(api, request) == {"metadata.annotations": "FieldValueInvalid"}
