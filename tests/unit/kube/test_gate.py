"""In read-only nothing that could change the cluster leaves, however it is written."""

from __future__ import annotations

import pytest

from kuredtui.kube import gate
from kuredtui.kube.errors import ReadOnlyError
from kuredtui.kube.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    EVENTS,
    LEASES,
    NAMESPACES,
    NODES,
    POD_DISRUPTION_BUDGETS,
    PODS,
    REPLICASETS,
    VOLUME_ATTACHMENTS,
    Resource,
)

RESOURCES: tuple[Resource[object], ...] = (
    NODES,
    PODS,
    NAMESPACES,
    EVENTS,
    DAEMONSETS,
    DEPLOYMENTS,
    REPLICASETS,
    LEASES,
    POD_DISRUPTION_BUDGETS,
    VOLUME_ATTACHMENTS,
)
POD = "/api/v1/namespaces/kube-system/pods/kured-x"
REVIEWS = (
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
)


def real_paths() -> list[str]:
    paths = []
    for resource in RESOURCES:
        where = "default" if resource.namespaced else ""
        paths += [
            resource.path(),
            resource.path(namespace=where),
            resource.path(namespace=where, name="some-name"),
            resource.path(namespace=where, name="some-name", subresource="status"),
        ]
    return paths


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", real_paths())
def test_every_mutating_verb_is_refused_on_every_resource(method: str, path: str) -> None:
    with pytest.raises(ReadOnlyError, match=f"read-only, so {method} "):
        gate.check(method, path)


@pytest.mark.parametrize("method", ["post", "Patch", "delete", "get", "HEAD", "OPTIONS", "CONNECT"])
def test_a_method_that_is_not_plainly_get_is_refused(method: str) -> None:
    with pytest.raises(ReadOnlyError):
        gate.check(method, "/api/v1/nodes")


@pytest.mark.parametrize("path", real_paths())
def test_reading_is_allowed(path: str) -> None:
    gate.check("GET", path, query="limit=500&labelSelector=a%3Db")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        f"{POD}/exec",
        f"{POD}/attach",
        f"{POD}/portforward",
        f"{POD}/eviction",
        f"{POD}/binding",
        f"{POD}/ephemeralcontainers",
        f"{POD}/resize",
        f"{POD}/proxy",
        f"{POD}/proxy/",
        f"{POD}/proxy/healthz",
        f"{POD}/proxy/metrics/",
        f"{POD}/proxy/metrics/cadvisor",
        f"{POD}/proxy/metrics/../exec",
        "/api/v1/namespaces/kube-system/services/kured/proxy/metrics",
        "/api/v1/nodes/n1/proxy",
        "/api/v1/nodes/n1/proxy/metrics",
        "/api/v1/nodes/n1/proxy/run/ns/pod/container",
        "/api/v1/proxy/nodes/n1",
        "/api/v1/proxy/namespaces/kube-system/pods/kured-x",
        "/api/v1/redirect/nodes/n1",
        "/api/v1/namespaces/kube-system/serviceaccounts/default/token",
        "/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/b/console",
        "/logs/kube-apiserver.log",
        "/debug/pprof/profile",
        "/api/v1/pods/kured-x/exec",
    ],
)
def test_what_acts_through_a_subresource_is_refused_with_every_method(
    method: str, path: str
) -> None:
    with pytest.raises(ReadOnlyError):
        gate.check(method, path)


@pytest.mark.parametrize(
    "path",
    [
        f"{POD}/%65xec",
        f"{POD}/ex%65c",
        f"{POD}%2Fexec",
        f"{POD}%2fexec",
        f"{POD}%252Fexec",
        f"{POD}//exec",
        f"/{POD}",
        f"/{POD}/exec",
        f"{POD}/./exec",
        f"{POD}/log/../exec",
        f"{POD}/log/%2e%2e/exec",
        f"{POD}/log/%2E%2E/exec",
        f"{POD}/exec/",
        f"{POD}/",
        f"{POD}/EXEC",
        f"{POD}/Exec",
        f"{POD}/exec?command=reboot",
        f"{POD}/log?x=/exec",
        f"{POD}/exec#",
        f"{POD}/exec;a=b",
        f"{POD}/exec%00",
        f"{POD}/exec%0a",
        f"{POD}\\exec",
        f"{POD}/exec ",
        f"{POD}/%zz",
        "/api/v1/../../api/v1/nodes/n1/proxy/run",
        "/api/v1/nodes/n1%2Fproxy%2Frun",
        "/api/v1/nodes/../nodes/n1",
        "/API/v1/nodes",
        "api/v1/nodes",
        "",
        "/",
        "*",
        "https://elsewhere/api/v1/nodes",
        "//elsewhere/api/v1/nodes",
        "/version/../api",
        "/healthz/",
    ],
)
def test_a_path_in_disguise_is_refused(path: str) -> None:
    with pytest.raises(ReadOnlyError):
        gate.check("GET", path)


@pytest.mark.parametrize(
    "name", ["kured-x", "kured-x:8080", "https:kured-x:8080", "kured-x%3A8080"]
)
def test_metrics_of_a_pod_may_be_read_through_its_proxy(name: str) -> None:
    gate.check("GET", f"/api/v1/namespaces/kube-system/pods/{name}/proxy/metrics")


def test_metrics_with_a_query_are_refused() -> None:
    with pytest.raises(ReadOnlyError):
        gate.check("GET", f"{POD}/proxy/metrics", query="exec=1")


@pytest.mark.parametrize("path", REVIEWS)
def test_questions_about_ourselves_are_allowed(path: str) -> None:
    gate.check("POST", path)


@pytest.mark.parametrize(
    "path",
    [
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews",
        "/apis/authentication.k8s.io/v1/tokenreviews",
        f"{REVIEWS[0]}/",
        f"{REVIEWS[0]}/x",
        f"{REVIEWS[0]}/../../../../api/v1/nodes",
        REVIEWS[0].upper(),
    ],
)
def test_other_posts_near_them_are_refused(path: str) -> None:
    with pytest.raises(ReadOnlyError):
        gate.check("POST", path)


@pytest.mark.parametrize(
    "path",
    ["/version", "/healthz", "/readyz", "/livez", "/api", "/apis", "/api/v1", "/apis/apps/v1"],
)
def test_pages_of_the_server_are_allowed(path: str) -> None:
    gate.check("GET", path)


def test_the_log_of_a_pod_may_be_read() -> None:
    gate.check("GET", f"{POD}/log", query="follow=true")
