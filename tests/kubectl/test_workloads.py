"""`kubectl apply`, `get` and `delete` of what runs on the nodes."""

from __future__ import annotations

import json
from typing import Any

from kuredtui.kube.resources import PODS
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl

Manifest = dict[str, Any]  # Any: JSON
FIRST, SECOND = "registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.10"


def manifest(cluster: TestCluster, *, image: str = FIRST, replicas: int = 2) -> Manifest:
    """A Deployment `web` whose pods run on the test's nodes."""
    container = {
        "name": "main",
        "image": image,
        "env": [{"name": "COLOUR", "value": "blue"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "namespace": cluster.namespace,
            "labels": {"app": "web", "tier": "front"},
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": cluster.pod_spec(containers=[container]),
            },
        },
    }


async def apply(kubectl: Kubectl, body: Manifest) -> str:
    """`kubectl apply -f -` of this."""
    return await kubectl("apply", "-f", "-", stdin=json.dumps(body))


async def rolled_out(cluster: TestCluster, kubectl: Kubectl) -> None:
    """Wait until `web` is as it was asked for."""
    await kubectl("rollout", "status", "deployment/web", "-n", cluster.namespace)


async def test_apply_creates_a_deployment_whose_pods_run(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    assert await apply(kubectl, manifest(cluster)) == "deployment.apps/web created\n"
    await rolled_out(cluster, kubectl)
    head, row = (await kubectl("get", "deployment", "-n", cluster.namespace)).splitlines()
    assert head.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split()[:4] == ["web", "2/2", "2", "2"]
    for line in (await kubectl("get", "pods", "-n", cluster.namespace)).splitlines()[1:]:
        assert line.split()[1:4] == ["1/1", "Running", "0"]


async def test_apply_of_the_same_changes_nothing(cluster: TestCluster, kubectl: Kubectl) -> None:
    await apply(kubectl, manifest(cluster))
    assert await apply(kubectl, manifest(cluster)) == "deployment.apps/web unchanged\n"


async def test_a_second_apply_rolls_the_pods_to_the_new_template(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    await apply(kubectl, manifest(cluster))
    await rolled_out(cluster, kubectl)
    before = {pod.metadata.uid for pod in await cluster.pods("app=web")}
    said = await apply(kubectl, manifest(cluster, image=SECOND, replicas=3))
    assert said == "deployment.apps/web configured\n"
    await rolled_out(cluster, kubectl)

    async def only_new_ones() -> bool:
        pods = await cluster.pods("app=web")
        return len(pods) == 3 and not before & {pod.metadata.uid for pod in pods}

    await eventually(only_new_ones, timeout=20)
    assert {pod.spec.containers[0].image for pod in await cluster.pods("app=web")} == {SECOND}


async def test_a_second_apply_takes_away_what_the_first_one_had_and_leaves_others_fields(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    await apply(kubectl, manifest(cluster))
    await kubectl("label", "deployment/web", "-n", cluster.namespace, "theirs=yes")
    changed = manifest(cluster)
    del changed["metadata"]["labels"]["tier"]
    del changed["spec"]["template"]["spec"]["containers"][0]["env"]
    assert await apply(kubectl, changed) == "deployment.apps/web configured\n"
    found = json.loads(
        await kubectl("get", "deployment/web", "-n", cluster.namespace, "-o", "json")
    )
    assert found["metadata"]["labels"] == {"app": "web", "theirs": "yes"}
    assert "env" not in found["spec"]["template"]["spec"]["containers"][0]
    assert found["metadata"]["generation"] == 2


async def test_apply_takes_a_list(cluster: TestCluster, kubectl: Kubectl) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": cluster.namespace},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    items = [manifest(cluster), budget]
    said = await apply(kubectl, {"apiVersion": "v1", "kind": "List", "items": items})
    assert said == "deployment.apps/web created\npoddisruptionbudget.policy/web created\n"


async def test_apply_of_what_is_no_deployment_is_refused_with_the_field(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    wrong = manifest(cluster)
    wrong["spec"]["selector"]["matchLabels"] = {"app": "other"}
    done = await kubectl.run("apply", "-f", "-", stdin=json.dumps(wrong))
    assert done.code == 1
    assert 'The Deployment "web" is invalid: spec.template.metadata.labels' in done.err


async def test_pods_of_one_node_are_found_by_its_name(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    await cluster.create_workload("web", replicas=3)
    node = cluster.node_names[0]
    text = await kubectl(
        *("get", "pods", "-A", "--field-selector", f"spec.nodeName={node}", "-o", "wide")
    )
    head, *rows = (line.split() for line in text.splitlines())
    assert head[:6] == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    page = await cluster.client.list(PODS, field_selector=f"spec.nodeName={node}")
    wanted = {(pod.metadata.namespace, pod.metadata.name) for pod in page.items}
    assert {(row[0], row[1]) for row in rows} == wanted
    assert any(namespace == cluster.namespace for namespace, _ in wanted)
    assert all(node in row for row in rows)


async def test_a_deleted_pod_is_gone_when_kubectl_says_so(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    pod = await cluster.create_pod("bare", node=cluster.node_names[0])
    said = await kubectl("delete", "pod", "bare", "-n", cluster.namespace)
    assert said.startswith('pod "bare" deleted')
    assert pod.metadata.uid not in {found.metadata.uid for found in await cluster.pods()}


async def test_a_deleted_deployment_takes_its_pods_along(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    await cluster.create_workload("web", replicas=2)
    said = await kubectl("delete", "deployment", "web", "-n", cluster.namespace)
    assert said.startswith('deployment.apps "web" deleted')

    async def nothing_left() -> bool:
        return not await cluster.pods()

    await eventually(nothing_left, timeout=20)
    sets = await kubectl("get", "replicasets", "-n", cluster.namespace, "-o", "name")
    assert sets == ""


async def test_a_deleted_namespace_ends_with_everything_in_it(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = f"{cluster.namespace}-more"
    await kubectl("create", "namespace", name)
    deployment = manifest(cluster)
    deployment["metadata"]["namespace"] = name
    await apply(kubectl, deployment)
    assert f'namespace "{name}" deleted' in await kubectl("delete", "namespace", name)
    done = await kubectl.run("get", "namespace", name)
    assert f'namespaces "{name}" not found' in done.err
    assert (await cluster.client.list(PODS, namespace=name)).items == []


async def test_what_is_not_there_is_not_found(cluster: TestCluster, kubectl: Kubectl) -> None:
    done = await kubectl.run("delete", "pod", "nobody", "-n", cluster.namespace)
    assert done.code == 1
    assert done.err == 'Error from server (NotFound): pods "nobody" not found\n'
