"""Pods that pod security keeps out of a namespace, and in which words."""

from __future__ import annotations

import json

import pytest

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.pod_security import require_pod_security, security_warnings
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.options import EngineOptions, RebootMethod
from kuredtui.engine.reboot_pod_body import reboot_pod_body
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import LEASES, NAMESPACES, PODS
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl, require_kubectl

ENFORCE = "pod-security.kubernetes.io/enforce"
GOOD: JsonObject = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod(*, volumes: list[JsonObject] | None = None, **security: object) -> JsonObject:
    container = {"name": "c", "image": "busybox", "securityContext": {**GOOD, **security}}
    return {
        "metadata": {"name": "box"},
        "spec": {"containers": [container], "volumes": volumes or []},
    }


def refusal(level: str, body: JsonObject) -> str:
    with pytest.raises(Failure) as failure:
        require_pod_security({ENFORCE: level}, body)
    assert failure.value.code == 403
    head = (
        f'pods "{body["metadata"]["name"]}" is forbidden: violates PodSecurity "{level}:latest": '
    )
    assert failure.value.message.startswith(head)
    return failure.value.message.removeprefix(head)


@pytest.mark.parametrize("level", ["privileged", "baseline", "restricted"])
def test_a_good_pod_is_let_in(level: str) -> None:
    require_pod_security({ENFORCE: level}, pod())


HOST = [{"name": "host", "hostPath": {"path": "/run"}}]


@pytest.mark.parametrize(
    ("level", "body", "why"),
    [
        ("baseline", pod(volumes=HOST), 'hostPath volumes (volume "host")'),
        (
            "restricted",
            pod(volumes=HOST),
            'restricted volume types (volume "host" uses restricted volume type "hostPath")',
        ),
        (
            "baseline",
            pod(capabilities={"add": ["SYS_ADMIN"]}),
            'non-default capabilities (container "c" must not include "SYS_ADMIN" in '
            "securityContext.capabilities.add)",
        ),
        (
            "restricted",
            pod(capabilities={"drop": ["ALL"], "add": ["KILL"]}),
            'unrestricted capabilities (container "c" must not include "KILL" in '
            "securityContext.capabilities.add)",
        ),
        (
            "baseline",
            pod(appArmorProfile={"type": "Unconfined"}),
            'forbidden AppArmor profile (container "c" must not set AppArmor profile type to '
            '"Unconfined")',
        ),
        ("restricted", pod(runAsUser=0), 'runAsUser=0 (container "c" must not set runAsUser=0)'),
    ],
)
def test_a_bad_pod_is_kept_out_in_the_words_of_a_real_server(
    level: str, body: JsonObject, why: str
) -> None:
    assert refusal(level, body) == why
    assert security_warnings({"pod-security.kubernetes.io/warn": level}, body["spec"]) == [
        f'would violate PodSecurity "{level}:latest": {why}'
    ]


@pytest.mark.parametrize(
    ("method", "why"),
    [("command", "host namespaces (hostPID=true), privileged"), ("signal", "forbidden AppArmor")],
)
def test_the_reboot_pod_needs_a_privileged_namespace(method: RebootMethod, why: str) -> None:
    place = LockPlace(resource=LEASES, namespace="n", name="l", annotation="a")
    body = reboot_pod_body(
        name="reboot",
        node="n",
        boot_id="b",
        operation="o",
        place=place,
        options=EngineOptions(reboot_method=method),
    )
    require_pod_security({ENFORCE: "privileged"}, body)
    assert refusal("baseline", body).startswith(why)


async def test_a_label_keeps_pods_out(cluster: TestCluster) -> None:
    patch = {"metadata": {"labels": {ENFORCE: "baseline"}}}
    await cluster.client.patch(NAMESPACES, cluster.namespace, patch)
    said = await eventually(lambda: why_it_is_kept_out(cluster, hostPID=True))
    assert "host namespaces (hostPID=true)" in said
    await cluster.create_pod("other")


async def why_it_is_kept_out(cluster: TestCluster, **spec: object) -> str:
    """Of a pod that is only tried; "" where it would be let in, as long as a label has not come around."""
    body = {"metadata": {"name": "box"}, "spec": cluster.pod_spec(**spec)}
    try:
        await cluster.client.create(PODS, body, namespace=cluster.namespace, dry_run=True)
    except Forbidden as error:
        return str(error)
    return ""


async def test_kubectl_shows_the_warning_about_a_workload(
    cluster: TestCluster, kubectl: Kubectl
) -> None:
    name = cluster.namespace
    await kubectl("label", "namespace", name, "pod-security.kubernetes.io/warn=restricted")
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": cluster.pod_spec()}
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    done = await kubectl.run("apply", "-f", "-", stdin=json.dumps(body))
    assert done.code == 0
    assert 'Warning: would violate PodSecurity "restricted:latest": allowPriv' in done.err


@pytest.fixture
def kubectl(cluster: TestCluster, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    require_kubectl()
    return Kubectl(kubeconfig=cluster.kubeconfig, home=tmp_path_factory.mktemp("home"))
