"""Paths of resources are the API server's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.kube.resources import DAEMONSETS, NODES, PODS


def test_paths_of_the_core_group() -> None:
    assert NODES.path() == "/api/v1/nodes"
    assert NODES.path(name="n1") == "/api/v1/nodes/n1"
    assert PODS.path() == "/api/v1/pods"
    assert PODS.path(namespace="a") == "/api/v1/namespaces/a/pods"
    assert (
        PODS.path(namespace="a", name="b", subresource="eviction")
        == "/api/v1/namespaces/a/pods/b/eviction"
    )


def test_paths_of_another_group() -> None:
    assert DAEMONSETS.path(namespace="a", name="b") == "/apis/apps/v1/namespaces/a/daemonsets/b"
    assert DAEMONSETS.api_version == "apps/v1"


@pytest.mark.parametrize("name", [".", "..", "a/b", "a%2Fb", "../nodes"])
def test_a_name_that_would_change_the_path_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a path"):
        NODES.path(name=name)


@given(name=st.text(min_size=1))
def test_a_name_stays_one_segment_or_is_refused(name: str) -> None:
    try:
        path = NODES.path(name=name)
    except ValueError:
        return
    assert path.startswith("/api/v1/nodes/")
    assert path.count("/") == 4
    assert not {"?", "#", " ", "\n"} & set(path)


def test_an_object_of_a_namespaced_resource_needs_its_namespace() -> None:
    with pytest.raises(ValueError, match="none was given"):
        PODS.path(name="a")
    with pytest.raises(ValueError, match="have no namespace"):
        NODES.path(namespace="a")
    with pytest.raises(ValueError, match="needs the name"):
        PODS.path(namespace="a", subresource="status")


def test_a_resource_can_be_read_as_plain_json() -> None:
    assert replace(PODS, type=dict).path() == PODS.path()
