"""Which rights we have, and how that is said."""

from __future__ import annotations

import pytest

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.kube.access import Right, missing_rights, read_only_reason
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Unreachable
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS

CORDON = Right(verb="patch", resource=NODES, purpose="cordon")
DRAIN = Right(verb="create", resource=PODS, subresource="eviction", purpose="drain")
LOCK = Right(verb="patch", resource=DAEMONSETS, namespace="kube-system", purpose="lock")
LOOK = Right(verb="list", resource=NODES, purpose="look")


async def test_an_administrator_misses_nothing(client: Client) -> None:
    assert await missing_rights(client, [CORDON, DRAIN, LOCK, LOOK]) == []
    assert read_only_reason([]) == ""


async def test_a_viewer_misses_what_changes_something(viewer: Client) -> None:
    assert await missing_rights(viewer, [CORDON, LOOK, DRAIN, LOCK]) == [CORDON, DRAIN, LOCK]


def test_the_reason_names_rights_and_purposes() -> None:
    assert read_only_reason([CORDON, DRAIN, LOCK], user="jane") == (
        "Read-only, because user jane may not patch nodes (to cordon), nor create pods/eviction in "
        "all namespaces (to drain), nor patch daemonsets in kube-system (to lock). "
        "Ask a cluster administrator for the rights."
    )


@pytest.mark.embedded
async def test_a_server_that_does_not_answer_such_questions_denies_nothing(
    server: ApiServer, client: Client
) -> None:
    server.inject(Fault(action="status", status=403, path="*selfsubjectaccessreviews"))
    assert await missing_rights(client, [CORDON]) == []


@pytest.mark.embedded
async def test_one_failure_is_told_as_it_is(server: ApiServer, client: Client) -> None:
    server.inject(Fault(action="drop", times=None, path="*selfsubjectaccessreviews"))
    with pytest.raises(Unreachable):
        await missing_rights(client, [CORDON, DRAIN])
