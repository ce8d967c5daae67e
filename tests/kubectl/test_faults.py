"""Faults of an embedded server that runs on its own, asked for over HTTP as a person would."""

from __future__ import annotations

import json

import pytest

from kuredtui.kube.errors import ServerError
from kuredtui.kube.resources import LEASES
from tests.support.clusters import TestCluster
from tests.support.kubectl import Kubectl

pytestmark = pytest.mark.embedded


async def ask(kubectl: Kubectl, *, context: str = "admin", **body: object) -> int:
    """`kubectl create --raw /demo/faults`; the status with which it ends."""
    arguments = ("--context", context, "create", "--raw", "/demo/faults", "-f", "-")
    return (await kubectl.run(*arguments, stdin=json.dumps(body))).code


async def test_an_administrator_makes_requests_fail_and_heals_them(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    rule = {
        "action": "status",
        "status": 503,
        "verb": "list",
        "path": LEASES.path(namespace=cluster.namespace),
        "times": None,
    }
    assert await ask(kubectl, rule=rule) == 0
    with pytest.raises(ServerError):
        await cluster.client.list(LEASES, namespace=cluster.namespace)
    assert await ask(kubectl, clear=True) == 0
    await cluster.client.list(LEASES, namespace=cluster.namespace)


async def test_nobody_else_may(cluster: TestCluster, kubectl: Kubectl) -> None:
    rule = {"action": "drop", "path": "/api/v1/secrets", "times": None}
    assert await ask(kubectl, context="viewer", rule=rule) == 1
    assert cluster.demo is not None
    assert not cluster.demo.server.faults.any


async def test_what_is_no_rule_is_refused(kubectl: Kubectl) -> None:
    assert await ask(kubectl, rule={"action": "explode"}) == 1
    assert await ask(kubectl, nonsense=True) == 1


async def test_a_restart_ends_a_watch(cluster: TestCluster, kubectl: Kubectl) -> None:
    name = cluster.node_names[0]
    async with kubectl.following("get", "nodes", "-w") as watch:
        await watch.until(lambda line: line.startswith(name), what="the node as it is")
        assert await ask(kubectl, restart="fresh") == 0
        await watch.ended()
