"""Pods a real server refuses. After ValidatePodSpec in kubernetes/pkg/apis/core/validation."""

from __future__ import annotations

import pytest

from tests.contract.api import PODS, Api, pod
from tests.contract.transcripts import Json

CONTAINER = {"name": "c", "image": "registry.k8s.io/pause:3.10"}
MOUNT = {"name": "run", "mountPath": "/run"}
VOLUME = {"name": "run", "hostPath": {"path": "/run"}}


def container(**more: Json) -> Json:
    return {"containers": [{**CONTAINER, **more}]}


def variable(**more: Json) -> Json:
    return container(env=[more])


def security(**more: Json) -> Json:
    return container(securityContext=more)


REFUSED = [
    ({"containers": []}, "spec.containers", "FieldValueRequired"),
    (container(name=""), "spec.containers[0].name", "FieldValueRequired"),
    (container(name="A"), "spec.containers[0].name", "FieldValueInvalid"),
    ({"containers": [CONTAINER, CONTAINER]}, "spec.containers[1].name", "FieldValueDuplicate"),
    (container(image=""), "spec.containers[0].image", "FieldValueRequired"),
    (
        container(imagePullPolicy="Sometimes"),
        "spec.containers[0].imagePullPolicy",
        "FieldValueNotSupported",
    ),
    (
        container(volumeMounts=[MOUNT]),
        "spec.containers[0].volumeMounts[0].name",
        "FieldValueNotFound",
    ),
    (
        {**container(volumeMounts=[{"name": "run"}]), "volumes": [VOLUME]},
        "spec.containers[0].volumeMounts[0].mountPath",
        "FieldValueRequired",
    ),
    (
        {**container(volumeMounts=[MOUNT, MOUNT]), "volumes": [VOLUME]},
        "spec.containers[0].volumeMounts[1].mountPath",
        "FieldValueInvalid",
    ),
    ({"volumes": [VOLUME, VOLUME]}, "spec.volumes[1].name", "FieldValueDuplicate"),
    (
        {"volumes": [{**VOLUME, "emptyDir": {}}]},
        "spec.volumes[0].hostPath",
        "FieldValueForbidden",
    ),
    (
        {"volumes": [{"name": "run", "hostPath": {"path": ""}}]},
        "spec.volumes[0].hostPath.path",
        "FieldValueRequired",
    ),
    (
        {"volumes": [{"name": "run", "hostPath": {"path": "/run", "type": "Folder"}}]},
        "spec.volumes[0].hostPath.type",
        "FieldValueNotSupported",
    ),
    (variable(), "spec.containers[0].env[0].name", "FieldValueRequired"),
    (
        variable(name="A", value="b", valueFrom={"configMapKeyRef": {"name": "c", "key": "k"}}),
        "spec.containers[0].env[0].valueFrom",
        "FieldValueInvalid",
    ),
    (
        variable(name="A", valueFrom={"configMapKeyRef": {"name": "no/where", "key": "k"}}),
        "spec.containers[0].env[0].valueFrom.configMapKeyRef.name",
        "FieldValueInvalid",
    ),
    (
        variable(name="A", valueFrom={"secretKeyRef": {"name": "s"}}),
        "spec.containers[0].env[0].valueFrom.secretKeyRef.key",
        "FieldValueRequired",
    ),
    ({"restartPolicy": "Perhaps"}, "spec.restartPolicy", "FieldValueNotSupported"),
    ({"dnsPolicy": "Perhaps"}, "spec.dnsPolicy", "FieldValueNotSupported"),
    ({"activeDeadlineSeconds": 0}, "spec.activeDeadlineSeconds", "FieldValueInvalid"),
    ({"nodeName": "A node"}, "spec.nodeName", "FieldValueInvalid"),
    (
        security(privileged=True, allowPrivilegeEscalation=False),
        "spec.containers[0].securityContext",
        "FieldValueInvalid",
    ),
    (
        security(capabilities={"add": ["CAP_SYS_ADMIN"]}, allowPrivilegeEscalation=False),
        "spec.containers[0].securityContext",
        "FieldValueInvalid",
    ),
    (
        security(runAsUser=-1),
        "spec.containers[0].securityContext.runAsUser",
        "FieldValueInvalid",
    ),
    (
        security(appArmorProfile={"type": "unconfined"}),
        "spec.containers[0].securityContext.appArmorProfile.type",
        "FieldValueNotSupported",
    ),
    (
        {"tolerations": [{"operator": "Exists", "value": "x", "key": "k"}]},
        "spec.tolerations[0].operator",
        "FieldValueInvalid",
    ),
    (
        {"tolerations": [{"effect": "NoSchedule"}]},
        "spec.tolerations[0].operator",
        "FieldValueInvalid",
    ),
    (
        {"tolerations": [{"operator": "Exists", "effect": "Nope"}]},
        "spec.tolerations[0].effect",
        "FieldValueNotSupported",
    ),
    (
        {"tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 5}]},
        "spec.tolerations[0].effect",
        "FieldValueInvalid",
    ),
]


@pytest.mark.parametrize(
    ("spec", "field", "reason"), [pytest.param(*case, id=case[1]) for case in REFUSED]
)
async def test_a_pod_is_refused(api: Api, spec: Json, field: str, reason: str) -> None:
    answer = await api.post(PODS, pod("web-1", **spec), dryRun="All")
    assert (answer.status, answer.body.get("reason")) == (422, "Invalid"), answer.body
    causes = {(cause["field"], cause["reason"]) for cause in answer.body["details"]["causes"]}
    assert causes == {(field, reason)}


async def test_a_pod_that_uses_all_of_it_is_taken(api: Api) -> None:
    mounted = container(
        volumeMounts=[MOUNT, {"name": "tmp", "mountPath": "/tmp", "readOnly": True}],
        securityContext={
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["KILL"]},
            "runAsUser": 0,
            "appArmorProfile": {"type": "Unconfined"},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    )
    spec = {
        **mounted,
        "volumes": [
            {"name": "run", "hostPath": {"path": "/run", "type": "Directory"}},
            {"name": "tmp", "emptyDir": {}},
        ],
        "initContainers": [{"name": "first", "image": "registry.k8s.io/pause:3.10"}],
        "hostPID": True,
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "activeDeadlineSeconds": 600,
        "tolerations": [
            {"operator": "Exists"},
            {
                "key": "k",
                "operator": "Equal",
                "value": "v",
                "effect": "NoExecute",
                "tolerationSeconds": 1,
            },
        ],
    }
    answer = await api.post(PODS, pod("web-1", **spec), dryRun="All")
    assert answer.status == 201, answer.body


async def test_a_volume_of_no_kind_is_an_empty_directory(api: Api) -> None:
    made = await api.post(PODS, pod("web-1", volumes=[{"name": "scratch"}]), dryRun="All")
    assert made.status == 201, made.body
    assert made.body["spec"]["volumes"][0] == {"name": "scratch", "emptyDir": {}}


async def test_a_daemonset_takes_no_pod_that_would_be_refused(api: Api) -> None:
    labels = {"app": "web"}
    body = {
        "metadata": {"name": "kured"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {**container(volumeMounts=[MOUNT]), "restartPolicy": "Never"},
            },
        },
    }
    answer = await api.post("/apis/apps/v1/namespaces/default/daemonsets", body, dryRun="All")
    assert (answer.status, answer.body.get("reason")) == (422, "Invalid"), answer.body
    assert {cause["field"] for cause in answer.body["details"]["causes"]} == {
        "spec.template.spec.containers[0].volumeMounts[0].name",
        "spec.template.spec.restartPolicy",
    }
