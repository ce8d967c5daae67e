"""The same drain by the real kubectl and by us: the same pods go, the same ones stay, both fail alike.

Two nodes carry the same pods; kubectl drains one and we the other, under flags that mean the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kuredtui.demo.kubelet import controls
from kuredtui.engine.errors import OperationError
from kuredtui.kube.errors import NotFound
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import DAEMONSETS, DEPLOYMENTS, POD_DISRUPTION_BUDGETS, PODS
from kuredtui.kube.types import Pod
from tests.engine.draining import cordon, drain_of
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.kubectl import Kubectl, require_kubectl

EMPTYDIR = {"volumes": [{"name": "cache", "emptyDir": {}}]}
FINALIZER = "test.kuredtui.io/never"
LABEL = "test.kuredtui.io/kind"


@pytest.fixture
def kubectl(cluster: TestCluster, tmp_path: Path) -> Kubectl:
    """As an administrator."""
    require_kubectl()
    return Kubectl(kubeconfig=cluster.kubeconfig, home=tmp_path)


@pytest.fixture
def cluster_nodes() -> int:
    return 2


@dataclass(frozen=True)
class Place:
    """One of the two nodes, and the suffix of what is on it."""

    cluster: TestCluster
    node: str
    side: str

    def labels(self, kind: str) -> dict[str, str]:
        return {LABEL: f"{kind}-{self.side}"}

    async def bare(
        self, kind: str, *, annotations: dict[str, str] | None = None, **spec: object
    ) -> None:
        """A pod without a controller."""
        await self.cluster.create_pod(
            f"{kind}-{self.side}",
            node=self.node,
            labels=self.labels(kind),
            annotations=annotations,
            **spec,
        )

    async def deployment(self, kind: str, **spec: object) -> None:
        """A pod of a ReplicaSet; its successor finds no node."""
        await self._workload(DEPLOYMENTS.api_version, "Deployment", kind, spec)

    async def daemonset(self, kind: str, **spec: object) -> None:
        """A pod of a DaemonSet."""
        await self._workload(DAEMONSETS.api_version, "DaemonSet", kind, spec)

    async def _workload(self, version: str, type_: str, kind: str, more: dict[str, object]) -> None:
        labels = self.labels(kind)
        pods = self.cluster.pod_spec(**more)
        pods["nodeSelector"]["kubernetes.io/hostname"] = self.node
        body: JsonObject = {
            "apiVersion": version,
            "kind": type_,
            "metadata": {"name": f"{kind}-{self.side}"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pods},
            },
        }
        resource = DAEMONSETS if type_ == "DaemonSet" else DEPLOYMENTS
        await self.cluster.client.create(resource, body, namespace=self.cluster.namespace)

    async def budget(self, kind: str, **limits: int | str) -> None:
        """A budget over the pods of one kind, known to the disruption controller."""
        await self.cluster.create_budget(
            f"{kind}-{self.side}", selector=self.labels(kind), **limits
        )


async def ordinary(place: Place) -> None:
    await place.deployment("web")


async def with_emptydir(place: Place) -> None:
    await place.deployment("web")
    await place.deployment("cache", **EMPTYDIR)


async def bare(place: Place) -> None:
    await place.deployment("web")
    await place.bare("lone")


async def bare_with_emptydir(place: Place) -> None:
    await place.bare("lone", **EMPTYDIR)


async def finished(place: Place) -> None:
    for kind, code in (("done", "0"), ("failed", "1")):
        ends = {controls.RUN_SECONDS: "0", controls.EXIT_CODE: code}
        await place.bare(kind, annotations=ends, restartPolicy="Never")
        await place.bare(f"{kind}-cache", annotations=ends, restartPolicy="Never", **EMPTYDIR)


async def daemons(place: Place) -> None:
    await place.deployment("web")
    await place.daemonset("agent")
    await place.daemonset("agent-cache", **EMPTYDIR)


async def mirrored(place: Place) -> None:
    await place.deployment("web")
    await place.bare("static", annotations={"kubernetes.io/config.mirror": "hash"})
    await place.bare(
        "static-cache", annotations={"kubernetes.io/config.mirror": "hash"}, **EMPTYDIR
    )


async def orphaned(place: Place, version: str = "apps/v1") -> None:
    """A pod whose DaemonSet is missing. Its other owner keeps it from being collected."""
    await place.daemonset("there")
    await place.bare("orphan")
    cluster = place.cluster
    there = await cluster.client.get(DAEMONSETS, f"there-{place.side}", namespace=cluster.namespace)
    owners = [
        {
            "apiVersion": version,
            "kind": "DaemonSet",
            "name": "gone",
            "uid": "gone",
            "controller": True,
        },
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "name": there.metadata.name,
            "uid": there.metadata.uid,
        },
    ]
    patch = {"metadata": {"ownerReferences": owners}}
    name = f"orphan-{place.side}"
    await cluster.client.patch(PODS, name, patch, namespace=cluster.namespace)


async def of_another_kind_of_daemonset(place: Place) -> None:
    """A pod whose controller calls itself a DaemonSet, and is of another API group."""
    await orphaned(place, version="apps.kruise.io/v1alpha1")


async def going(place: Place) -> None:
    """A pod that is deleted and cannot go."""
    await place.deployment("web")
    await place.bare("stuck", terminationGracePeriodSeconds=0)
    name, namespace = f"stuck-{place.side}", place.cluster.namespace
    held = {"metadata": {"finalizers": [FINALIZER]}}
    await place.cluster.client.patch(PODS, name, held, namespace=namespace)
    await place.cluster.client.delete(PODS, name, namespace=namespace, grace_seconds=0)


async def guarded(place: Place) -> None:
    await place.deployment("free")
    await place.deployment("web")
    await place.budget("web", maxUnavailable=0)


async def guarded_twice(place: Place) -> None:
    await place.deployment("free")
    await place.deployment("web")
    await place.budget("web", maxUnavailable=1)
    await place.cluster.create_budget(
        f"too-{place.side}", selector=place.labels("web"), maxUnavailable=1
    )


async def crashing_behind_a_budget(place: Place) -> None:
    image = [{"name": "main", "image": "registry.k8s.io/pause:3.10"}]
    await place.bare(
        "crash",
        annotations={controls.RUN_SECONDS: "0", controls.EXIT_CODE: "1"},
        restartPolicy="Always",
        containers=image,
    )
    await place.budget("crash", minAvailable=1)
    await place.bare(
        "allowed",
        annotations={controls.RUN_SECONDS: "0", controls.EXIT_CODE: "1"},
        restartPolicy="Always",
        containers=image,
    )
    policy: dict[str, int | str] = {"minAvailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    await place.budget("allowed", **policy)


@dataclass(frozen=True)
class Case:
    """Pods, and flags that mean the same to kubectl and to us.

    Attributes:
        pods: puts them on a node.
        kubectl: kubectl's flags.
        ours: our options.
        goes: what must go, so that no case proves the same nothing twice; "" for nothing.
        ends: whether the drain succeeds.
    """

    pods: Callable[[Place], Awaitable[None]]
    kubectl: str
    ours: dict[str, object]
    goes: str
    ends: bool = True


FORCE, DATA = "--force", "--delete-emptydir-data"
STRICT: dict[str, object] = {"evict_uncontrolled": False, "delete_emptydir_data": False}
WITH_DATA = {**STRICT, "delete_emptydir_data": True}
WITH_FORCE = {**STRICT, "evict_uncontrolled": True}
CASES = {
    "ordinary": Case(ordinary, "", STRICT, "web"),
    "emptydir": Case(with_emptydir, "", STRICT, "", ends=False),
    "emptydir allowed": Case(with_emptydir, DATA, WITH_DATA, "web cache"),
    "emptydir, but force": Case(with_emptydir, FORCE, WITH_FORCE, "", ends=False),
    "bare": Case(bare, "", STRICT, "", ends=False),
    "bare allowed": Case(bare, FORCE, WITH_FORCE, "web lone"),
    "bare, emptydir": Case(bare_with_emptydir, FORCE, WITH_FORCE, "", ends=False),
    "bare, emptydir, both": Case(
        bare_with_emptydir,
        f"{FORCE} {DATA}",
        {**WITH_FORCE, **WITH_DATA, "evict_uncontrolled": True},
        "lone",
    ),
    "finished": Case(finished, "", STRICT, "done failed done-cache failed-cache"),
    "daemons": Case(daemons, "", STRICT, "web"),
    "daemons, both": Case(
        daemons, f"{FORCE} {DATA}", {**WITH_DATA, "evict_uncontrolled": True}, "web"
    ),
    "mirrored": Case(mirrored, "", STRICT, "web"),
    "mirrored, both": Case(
        mirrored, f"{FORCE} {DATA}", {**WITH_DATA, "evict_uncontrolled": True}, "web"
    ),
    "selector": Case(
        bare,
        f"{FORCE} --pod-selector {LABEL} in (lone-kubectl,lone-ours)",
        {**WITH_FORCE, "drain_pod_selector": f"{LABEL} in (lone-kubectl,lone-ours)"},
        "lone",
    ),
    "selector that spares the refused": Case(
        bare,
        f"--pod-selector {LABEL} notin (lone-kubectl,lone-ours)",
        {**STRICT, "drain_pod_selector": f"{LABEL} notin (lone-kubectl,lone-ours)"},
        "web",
    ),
    "going, not waited for": Case(
        going,
        "--skip-wait-for-delete-timeout 1",
        {**STRICT, "skip_wait_for_delete_timeout": 1},
        "web",
    ),
    "going, waited for": Case(
        going, f"{FORCE} --timeout 3s", {**WITH_FORCE, "drain_timeout": 3.0}, "web", ends=False
    ),
    "guarded": Case(guarded, "--timeout 3s", {**STRICT, "drain_timeout": 3.0}, "free", ends=False),
    "guarded, deleted": Case(
        guarded, "--disable-eviction", {**STRICT, "disable_eviction": True}, "free web"
    ),
    "guarded twice": Case(
        guarded_twice, "--timeout 20s", {**STRICT, "drain_timeout": 20.0}, "free", ends=False
    ),
    "crashing": Case(
        crashing_behind_a_budget,
        f"{FORCE} --timeout 3s",
        {**WITH_FORCE, "drain_timeout": 3.0},
        "allowed",
        ends=False,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_the_same_pods_go(name: str, cluster: TestCluster, kubectl: Kubectl) -> None:
    await compare(CASES[name], cluster, kubectl)


@pytest.mark.embedded  # a real garbage collector takes the missing owner off the pod
@pytest.mark.parametrize(
    "case",
    [
        Case(orphaned, "", STRICT, "", ends=False),
        Case(orphaned, FORCE, WITH_FORCE, "orphan"),
        Case(of_another_kind_of_daemonset, "", STRICT, "", ends=False),
        Case(of_another_kind_of_daemonset, FORCE, WITH_FORCE, "orphan"),
    ],
    ids=["refused", "allowed", "of another kind refused", "of another kind allowed"],
)
async def test_the_same_orphans_go(case: Case, cluster: TestCluster, kubectl: Kubectl) -> None:
    await compare(case, cluster, kubectl)


async def compare(case: Case, cluster: TestCluster, kubectl: Kubectl) -> None:
    sides = ("kubectl", "ours")
    theirs, ours = (
        Place(cluster, node, side) for node, side in zip(cluster.node_names, sides, strict=True)
    )
    for place in (theirs, ours):
        await case.pods(place)
    before = await eventually(lambda: settled(cluster), timeout=30)
    await cordon(cluster, theirs.node, ours.node)

    flags = split(case.kubectl)
    done = await kubectl.run("drain", theirs.node, "--ignore-daemonsets", *flags)
    run = drain_of(cluster, ours.node, **case.ours)
    error: OperationError | None = None
    try:
        await asyncio.wait_for(run.drain.run(), 60)
    except OperationError as failure:
        error = failure

    after = await present(cluster)
    gone = {side: kinds(before - after, side) for side in sides}
    await free(cluster)
    assert gone["ours"] == gone["kubectl"] == set(case.goes.split()), done.err
    assert (error is None) == (done.code == 0) == case.ends, f"{error}\n{done.err}"


def split(flags: str) -> list[str]:
    """The flags of a case; a selector has blanks in it."""
    head, selector, value = flags.partition("--pod-selector ")
    return head.split() + ([f"--pod-selector={value}"] if selector else [])


async def settled(cluster: TestCluster) -> set[tuple[str, str]] | None:
    """Kind and UID of all pods, once each runs or has ended as it should."""
    pods = [pod for pod in await cluster.pods() if LABEL in pod.metadata.labels]
    for pod in pods:
        kind = pod.metadata.labels[LABEL]
        ends = "Failed" if kind.startswith("failed") else "Succeeded"
        wanted = ends if kind.startswith(("failed", "done")) else "Running"
        if kind.startswith("stuck"):
            if not gone_for_long(cluster, pod):
                return None
        elif pod.status.phase != wanted:
            return None
    expected: set[str] = set()
    for resource in (DEPLOYMENTS, DAEMONSETS):
        page = await cluster.client.list(resource, namespace=cluster.namespace)
        expected |= {item.metadata.name for item in page.items if item.metadata.name != "kured"}
    if not expected <= {pod.metadata.labels[LABEL] for pod in pods} or not await counted(cluster):
        return None
    return await present(cluster)


def gone_for_long(cluster: TestCluster, pod: Pod) -> bool:
    """Whether its deletion is older than any `--skip-wait-for-delete-timeout` here, in whole seconds."""
    deleted = pod.metadata.deletion_timestamp
    return deleted is not None and cluster.client.now() - deleted > timedelta(seconds=2.5)


async def counted(cluster: TestCluster) -> bool:
    """Whether the disruption controller knows each budget and its pods.

    Of several over a pod it looks at one when the pod changes, whichever that is; they need not be counted to
    refuse.
    """
    page = await cluster.client.list(POD_DISRUPTION_BUDGETS, namespace=cluster.namespace)
    selectors = [item.spec.selector for item in page.items]
    return all(
        item.status.observed_generation == item.metadata.generation
        and item.status.expected_pods == 1
        and (item.status.current_healthy == 1 or not item.metadata.name.startswith("web"))
        for item in page.items
        if selectors.count(item.spec.selector) == 1
    )


async def present(cluster: TestCluster) -> set[tuple[str, str]]:
    """Kind and UID of the pods that are there."""
    return {
        (pod.metadata.labels[LABEL], pod.metadata.uid)
        for pod in await cluster.pods()
        if LABEL in pod.metadata.labels
    }


def kinds(pods: set[tuple[str, str]], side: str) -> set[str]:
    """The kinds of pods among these on one side."""
    return {kind.removesuffix(f"-{side}") for kind, _ in pods if kind.endswith(f"-{side}")}


async def free(cluster: TestCluster) -> None:
    """Let pods that were held go, so that the namespace can."""
    for pod in await cluster.pods():
        if FINALIZER in pod.metadata.finalizers:
            try:
                await cluster.client.patch(
                    PODS,
                    pod.metadata.name,
                    {"metadata": {"finalizers": None}},
                    namespace=cluster.namespace,
                )
            except NotFound:
                continue
