"""What a server makes of fields nobody knows and of values of another type.

After "Field validation" in the documentation of the API: where a misspelled field is kept, a client
that misspells it seems to work.
"""

from __future__ import annotations

import pytest

from tests.contract.api import LEASES, NODES, PODS, Api, node, pod
from tests.contract.transcripts import Json
from tests.support import api_types

MISSPELLED = {**pod("web-1", hostPid=True), "stutus": {}}
FAULTS = ('unknown field "spec.hostPid"', 'unknown field "stutus"')


def test_the_servers_types_are_those_of_the_library() -> None:
    assert api_types.path().read_text() == api_types.text()


async def test_an_unknown_field_is_left_out_and_warned_of(api: Api) -> None:
    answer = await api.post(PODS, MISSPELLED)
    assert answer.status == 201
    assert "hostPid" not in answer.body["spec"]
    assert "stutus" not in answer.body
    escaped = {fault.replace('"', '\\"') for fault in FAULTS}
    assert set(answer.warnings) == {f'299 - "{fault}"' for fault in escaped}


async def test_an_unknown_field_is_left_out_in_silence_where_that_is_wanted(api: Api) -> None:
    answer = await api.post(PODS, MISSPELLED, fieldValidation="Ignore")
    assert answer.status == 201
    assert "hostPid" not in answer.body["spec"]
    assert set(answer.warnings) == set()


async def test_an_unknown_field_is_refused_where_that_is_wanted(api: Api) -> None:
    answer = await api.post(PODS, MISSPELLED, fieldValidation="Strict")
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    message = answer.body["message"]
    start = 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: '
    assert message.startswith(start)
    assert set(message.removeprefix(start).split(", ")) == set(FAULTS)
    assert (await api.get(PODS)).body["items"] == []


@pytest.mark.parametrize("kind", ["merge", "strategic-merge"])
async def test_an_unknown_field_in_a_patch(api: Api, kind: str) -> None:
    await api.made(NODES, node("rec-1"))
    patch = {"spec": {"unschedulable": True, "unschedulabel": True}}
    answer = await api.patch(f"{NODES}/rec-1", patch, kind)
    assert answer.body["spec"]["unschedulable"] is True
    assert "unschedulabel" not in answer.body["spec"]
    assert set(answer.warnings) == {'299 - "unknown field \\"spec.unschedulabel\\""'}
    refused = await api.patch(f"{NODES}/rec-1", patch, kind, fieldValidation="Strict")
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    (cause,) = refused.body["details"]["causes"]
    assert (cause["reason"], cause["field"]) == ("FieldValueInvalid", "patch")
    assert 'strict decoding error: unknown field "spec.unschedulabel"' in cause["message"]


async def test_an_unknown_field_from_a_json_patch(api: Api) -> None:
    await api.made(NODES, node("rec-1"))
    patch = [{"op": "add", "path": "/spec/unschedulabel", "value": True}]
    answer = await api.patch(f"{NODES}/rec-1", patch, "json")
    assert answer.status == 200
    assert "unschedulabel" not in answer.body["spec"]
    refused = await api.patch(f"{NODES}/rec-1", patch, "json", fieldValidation="Strict")
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")


async def test_a_directive_nobody_knows(api: Api) -> None:
    answer = await api.post(LEASES, {"metadata": {"name": "web"}}, fieldValidation="Perhaps")
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    assert answer.body["details"]["causes"][0]["field"] == "fieldValidation"


@pytest.mark.parametrize(
    "spec",
    [{"hostPID": "yes"}, {"activeDeadlineSeconds": "9"}, {"containers": {}}, {"nodeName": 1}],
)
async def test_a_value_of_another_type_is_refused(api: Api, spec: Json) -> None:
    answer = await api.post(PODS, pod("web-1", **spec))
    assert (answer.status, answer.body["reason"]) == (400, "BadRequest")
    assert answer.body["message"].startswith(
        'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal '
    )


async def test_a_label_is_a_text(api: Api) -> None:
    answer = await api.post(LEASES, {"metadata": {"name": "web", "labels": {"n": 1}}})
    assert answer.status == 400
    await api.made(LEASES, {"metadata": {"name": "web"}})
    refused = await api.patch(f"{LEASES}/web", {"metadata": {"annotations": {"n": 1}}})
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")


async def test_an_amount_may_be_a_number(api: Api) -> None:
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": 2}}}
    made = await api.made(PODS, pod("web-1", containers=[container]))
    assert made["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "2"}


async def test_times_of_leases_have_microseconds(api: Api) -> None:
    spec = {"renewTime": "2026-11-24T10:00:00.123456+01:00"}
    made = await api.made(LEASES, {"metadata": {"name": "web"}, "spec": spec})
    assert made["spec"]["renewTime"] == "2026-11-24T09:00:00.123456Z"
    for text in ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123Z", "now"):
        answer = await api.patch(f"{LEASES}/web", {"spec": {"renewTime": text}})
        assert (answer.status, answer.body["reason"]) == (422, "Invalid"), text


async def test_all_other_times_have_seconds(api: Api) -> None:
    await api.made(NODES, node("rec-1"))
    condition = {
        "type": "Ready",
        "status": "True",
        "lastHeartbeatTime": "2026-11-24T10:00:00.5+01:00",
    }
    path = f"{NODES}/rec-1/status"
    answer = await api.patch(path, {"status": {"conditions": [condition]}}, "strategic-merge")
    found = {c["type"]: c for c in answer.body["status"]["conditions"]}
    assert found["Ready"]["lastHeartbeatTime"] == "2026-11-24T09:00:00Z"
    for text in ("2026-11-24 10:00:00Z", "2026-11-24T10:00:00", "2026-13-24T10:00:00Z"):
        wrong = {"status": {"conditions": [{**condition, "lastHeartbeatTime": text}]}}
        assert (await api.patch(path, wrong, "strategic-merge")).status == 422, text
