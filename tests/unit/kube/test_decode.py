"""Bodies become typed objects; what is not named is not kept; nulls are no hurdle."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from kuredtui.kube.decode import decode, decode_events, decode_list, resource_version
from kuredtui.kube.errors import NotKubernetes
from kuredtui.kube.types import Node, Pod, PodDisruptionBudget

NODE = {
    "kind": "Node",
    "metadata": {
        "name": "n1",
        "uid": "u",
        "resourceVersion": "7",
        "creationTimestamp": "2026-11-23T04:33:52Z",
        "labels": {"a": "b"},
    },
    "spec": {"providerID": "azure:///x", "unschedulable": True},
    "status": {
        "images": [{"names": ["a"], "sizeBytes": 1}],
        "conditions": [{"type": "Ready", "status": "True"}],
        "nodeInfo": {"bootID": "b1", "kernelVersion": "6.1", "systemUUID": "s"},
    },
}


def test_a_node_has_the_fields_that_are_named() -> None:
    node = decode(msgspec.json.encode(NODE), Node)
    assert node.metadata.name == "n1"
    assert node.metadata.creation_timestamp == datetime(2026, 11, 23, 4, 33, 52, tzinfo=UTC)
    assert node.spec.unschedulable
    assert node.spec.provider_id == "azure:///x"
    assert node.status.node_info.boot_id == "b1"
    assert node.status.node_info.system_uuid == "s"
    assert node.status.conditions[0].type == "Ready"
    assert not hasattr(node.status, "images")


def test_an_empty_dir_counts_by_its_presence() -> None:
    body = b'{"spec":{"volumes":[{"name":"a","emptyDir":{}},{"name":"b","hostPath":{"path":"/"}}]}}'
    volumes = decode(body, Pod).spec.volumes
    assert [volume.empty_dir is not None for volume in volumes] == [True, False]


@pytest.mark.parametrize("value", ["1", '"50%"'])
def test_a_budget_may_be_a_number_or_a_percentage(value: str) -> None:
    body = f'{{"spec":{{"minAvailable":{value}}}}}'.encode()
    assert decode(body, PodDisruptionBudget).spec.min_available in (1, "50%")


def test_a_null_is_an_absent_field() -> None:
    body = b'{"metadata":{"name":"n1","labels":null},"spec":null,"status":{"conditions":null}}'
    node = decode(body, Node)
    assert (node.metadata.name, node.metadata.labels, node.status.conditions) == ("n1", {}, [])


def test_a_list_without_items_is_empty() -> None:
    answer = decode_list(b'{"metadata":{"resourceVersion":"5","continue":"c"},"items":null}', Node)
    assert (answer.items, answer.metadata.resource_version, answer.metadata.continue_) == (
        [],
        "5",
        "c",
    )


def test_html_is_no_kubernetes() -> None:
    with pytest.raises(NotKubernetes, match="not JSON"):
        decode(b"<html>Log in</html>", Node)


def test_json_of_another_shape_is_no_kubernetes() -> None:
    with pytest.raises(NotKubernetes, match="shape"):
        decode(b'{"metadata": [1]}', Node)


def test_events_before_an_error_are_kept_and_the_error_is_read() -> None:
    lines = (
        b'{"type":"ADDED","object":{"metadata":{"name":"n1","resourceVersion":"1"}}}\n'
        b'{"type":"ERROR","object":{"kind":"Status","status":"Failure","code":410,"reason":"Expired"}}\n'
    )
    for type_ in (Node, dict):
        events, status = decode_events(lines, type_)
        assert [event.type for event in events] == ["ADDED"]
        assert status is not None
        assert (status.code, status.reason) == (410, "Expired")


def test_an_event_with_nulls_does_not_spoil_its_neighbours() -> None:
    lines = (
        b'{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'
        b'{"type":"MODIFIED","object":{"metadata":{"name":"b","annotations":null}}}\n'
    )
    events, status = decode_events(lines, Node)
    assert [event.object.metadata.name for event in events] == ["a", "b"]
    assert status is None


def test_the_version_is_found_in_structs_and_in_plain_json() -> None:
    assert resource_version(decode(msgspec.json.encode(NODE), Node)) == "7"
    assert resource_version(NODE) == "7"
    assert resource_version({}) == ""
