"""`kubectl auth` and `version`: who asks, and what they may."""

from __future__ import annotations

import json

import pytest

from kuredtui.demo.apiserver.access import Rule
from kuredtui.kube.resources import DAEMONSETS
from tests.support.clusters import TestCluster
from tests.support.kubectl import Kubectl
from tests.support.users import TOKEN, somebody_with

QUESTIONS = [
    ("patch", "nodes"),
    ("create", "pods/eviction"),
    ("delete", "pods"),
    ("patch", "daemonsets.apps"),
]


@pytest.fixture
def viewer(cluster: TestCluster) -> tuple[str, str]:
    """Arguments that make kubectl somebody who may only look."""
    if cluster.viewer is None:
        pytest.skip("the given kubeconfig has no context named viewer")
    return "--context", "viewer"


@pytest.mark.parametrize(("verb", "resource"), QUESTIONS)
async def test_an_administrator_may_and_a_viewer_may_not(
    verb: str, resource: str, kubectl: Kubectl, viewer: tuple[str, str]
) -> None:
    question = ("auth", "can-i", verb, resource, "-A")
    assert await kubectl(*question) == "yes\n"
    refused = await kubectl.run(*viewer, *question)
    assert (refused.code, refused.out) == (1, "no\n")


async def test_a_viewer_may_look_and_is_refused_by_name(
    cluster: TestCluster, kubectl: Kubectl, viewer: tuple[str, str]
) -> None:
    name = cluster.node_names[0]
    assert await kubectl(*viewer, "auth", "can-i", "watch", "nodes") == "yes\n"
    assert name in await kubectl(*viewer, "get", "nodes", "-o", "name")
    refused = await kubectl.run(*viewer, "cordon", name)  # which ends with 0 all the same
    assert f'nodes "{name}" is forbidden: User "' in refused.err
    assert '" cannot patch resource "nodes" in API group "" at the cluster scope' in refused.err


@pytest.mark.embedded
async def test_rules_of_a_role_are_told_where_they_hold(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    there = Rule(
        verbs=frozenset({"patch"}),
        groups=frozenset({"apps"}),
        resources=frozenset({"daemonsets"}),
        names=frozenset({"kured"}),
        namespace="kube-system",
    )
    async with somebody_with(cluster, [there]) as somebody:
        assert await somebody.may("patch", DAEMONSETS, namespace="kube-system", name="kured")
        assert not await somebody.may("patch", DAEMONSETS, namespace="kube-system")
        assert not await somebody.may("patch", DAEMONSETS, namespace="default", name="kured")
        assert there_in(await rules_in("kube-system", kubectl)) == ["kured"]
        assert there_in(await rules_in("default", kubectl)) is None


async def rules_in(namespace: str, kubectl: Kubectl) -> list[dict[str, list[str]]]:
    """What `somebody` may do there."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    said = await kubectl(
        "--token", TOKEN, "create", "--raw", path, "-f", "-", stdin=json.dumps(review)
    )
    rules: list[dict[str, list[str]]] = json.loads(said)["status"]["resourceRules"]
    return rules


def there_in(rules: list[dict[str, list[str]]]) -> list[str] | None:
    """The names of the DaemonSets that a rule is for; None without one."""
    found = [rule["resourceNames"] for rule in rules if rule["resources"] == ["daemonsets"]]
    return found[0] if found else None


@pytest.mark.embedded  # a given kubeconfig may prove who one is by a certificate
async def test_an_unknown_token_is_told_to_log_in(kubectl: Kubectl) -> None:
    done = await kubectl.run("--token", "not-a-token", "get", "nodes")
    assert done.code == 1
    assert "You must be logged in to the server" in done.err


async def test_the_server_says_its_version(cluster: TestCluster, kubectl: Kubectl) -> None:
    assert f"Server Version: {await cluster.client.version()}\n" in await kubectl("version")
