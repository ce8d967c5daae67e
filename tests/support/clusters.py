"""The cluster a test runs against: an embedded one of its own, or its own corner of a given one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import controls
from kuredtui.demo.scenario import KuredSetup
from kuredtui.demo.scenario.kured import MANIFEST
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    NAMESPACES,
    POD_DISRUPTION_BUDGETS,
    PODS,
)
from kuredtui.kube.types import Deployment, Pod
from tests.support.eventually import eventually

READY_TIMEOUT = 30.0


@dataclass(kw_only=True)
class TestCluster:
    """What tests know of their cluster.

    Attributes:
        kubeconfig: the file to reach it with, as an administrator.
        client: an administrator's client.
        viewer: the client of somebody who may only read; None where the file has no such context.
        node_names: this test's nodes, all Ready.
        namespace: this test's own, empty at first.
        kured_name, kured_namespace: kured's DaemonSet, which covers this test's nodes.
        instance: the value of the label that this test's nodes carry.
        faults: what can be made to go wrong; of API faults only on an embedded cluster.
        embedded: whether the API server is the embedded one.
        speed: simulated seconds in a real one.
    """

    __test__ = False  # not a test class, whatever its name

    kubeconfig: Path
    client: Client
    viewer: Client | None
    node_names: list[str]
    namespace: str
    kured_name: str
    kured_namespace: str
    instance: str
    faults: Faults
    embedded: bool
    speed: float
    demo: DemoCluster | None = None

    async def create_workload(
        self,
        name: str,
        *,
        replicas: int = 1,
        budget: Mapping[str, int | str] | None = None,
        annotations: Mapping[str, str] | None = None,
        spec: Mapping[str, object] | None = None,
        wait: bool = True,
    ) -> list[Pod]:
        """A Deployment whose pods (label `app: NAME`) run on this test's nodes alone.

        Args:
            name: of the Deployment, and of the budget if there is one.
            replicas: how many pods.
            budget: `{"minAvailable": 1}` or `{"maxUnavailable": "50%"}` for a budget over them.
            annotations: of the pods, such as `demo.kuredtui.io/stop-seconds`.
            spec: more of the pods' spec.
            wait: until all pods are ready.

        Returns:
            The pods; none of them when nobody waited.
        """
        labels = {"app": name}
        body = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "labels": labels},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels, "annotations": dict(annotations or {})},
                    "spec": self.pod_spec(**(spec or {})),
                },
            },
        }
        if budget is not None:
            await self.create_budget(name, selector=labels, **budget)
        await self.client.create(DEPLOYMENTS, body, namespace=self.namespace)
        if not wait:
            return []
        await eventually(lambda: self._available(name, replicas), timeout=READY_TIMEOUT)
        if budget is not None:
            await eventually(lambda: self._counted(name, replicas), timeout=READY_TIMEOUT)
        return await self.pods(f"app={name}")

    async def create_budget(
        self, name: str, *, selector: Mapping[str, str], **limits: int | str
    ) -> None:
        """A PodDisruptionBudget in this test's namespace, such as `minAvailable=1`."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": dict(selector)}, **limits},
        }
        await self.client.create(POD_DISRUPTION_BUDGETS, body, namespace=self.namespace)

    async def create_pod(
        self,
        name: str,
        *,
        node: str = "",
        annotations: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        **spec: object,
    ) -> Pod:
        """A bare pod in this test's namespace, on a node or wherever the scheduler puts it."""
        body: JsonObject = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name,
                "labels": dict(labels or {}),
                "annotations": dict(annotations or {}),
            },
            "spec": self.pod_spec(**spec),
        }
        if node:
            body["spec"]["nodeName"] = node
        return await self.client.create(PODS, body, namespace=self.namespace)

    def pod_spec(self, **more: object) -> JsonObject:
        """A pod's spec that runs on this test's nodes."""
        return {
            "nodeSelector": {controls.INSTANCE: self.instance},
            "containers": [{"name": "main", "image": "registry.k8s.io/pause:3.10"}],
            **more,
        }

    async def pods(self, selector: str = "") -> list[Pod]:
        """The pods of this test's namespace."""
        page = await self.client.list(PODS, namespace=self.namespace, label_selector=selector)
        return page.items

    async def _available(self, name: str, replicas: int) -> bool:
        found: Deployment = await self.client.get(DEPLOYMENTS, name, namespace=self.namespace)
        return found.status.available_replicas == replicas

    async def _counted(self, name: str, replicas: int) -> bool:
        budget = await self.client.get(POD_DISRUPTION_BUDGETS, name, namespace=self.namespace)
        return budget.status.current_healthy == replicas


async def embedded_cluster(
    stack: AsyncExitStack,
    *,
    nodes: int,
    speed: float,
    kured: KuredSetup = MANIFEST,
    namespace: str,
) -> TestCluster:
    """An embedded cluster that lives as long as the stack."""
    demo = await stack.enter_async_context(
        DemoCluster(nodes=nodes, speed=speed, scenario="plain", kured=kured)
    )
    await create_namespace(demo.client, namespace)
    if kured.node_selector is None:  # else it runs on none of the nodes, until a test wants it to
        await eventually(lambda: kureds_have_begun(demo.client, kured), timeout=60)
    return TestCluster(
        kubeconfig=demo.kubeconfig,
        client=demo.client,
        viewer=await viewer_of(stack, demo.kubeconfig),
        node_names=demo.node_names,
        namespace=namespace,
        kured_name=kured.name,
        kured_namespace=kured.namespace,
        instance="demo",
        faults=demo.faults,
        embedded=True,
        speed=speed,
        demo=demo,
    )


def unique_name() -> str:
    """A name that no other test has, also not on another worker."""
    return f"test-{uuid.uuid4().hex[:10]}"


async def viewer_of(stack: AsyncExitStack, kubeconfig: Path) -> Client | None:
    """The client of the kubeconfig's context `viewer`, if it has one."""
    try:
        target = resolve(kubeconfig=str(kubeconfig), context="viewer")
    except ConfigError:
        return None
    return await stack.enter_async_context(await connect(target))


async def create_namespace(client: Client, name: str) -> None:
    """A namespace."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    await client.create(NAMESPACES, body)


async def kureds_have_begun(client: Client, kured: KuredSetup) -> bool:
    """Whether each has looked at the lock, as it does when it begins: it must not find a test's there."""
    found = await client.get(DAEMONSETS, kured.name, namespace=kured.namespace)
    return 0 < found.status.desired_number_scheduled == found.status.number_ready
