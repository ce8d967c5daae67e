"""A corner of somebody's cluster for one test: nodes, a namespace and kured of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import Kubelets, NodeBlueprint, controls
from kuredtui.demo.kubelet.node_agent import LEASE_NAMESPACE
from kuredtui.demo.kured import make_main
from kuredtui.demo.pace import Pace
from kuredtui.demo.scenario.kured import KuredSetup, kured_daemonset
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import DAEMONSETS, LEASES, NAMESPACES, NODES, PODS, Resource
from tests.support.clusters import TestCluster, create_namespace, viewer_of
from tests.support.eventually import eventually

_TIMEOUT = 60.0
_SERVICE_ACCOUNTS: Resource[dict[str, object]] = Resource(
    group="",
    version="v1",
    plural="serviceaccounts",
    kind="ServiceAccount",
    namespaced=True,
    type=dict,
)


async def given_cluster(
    stack: AsyncExitStack,
    kubeconfig: Path,
    *,
    nodes: int,
    speed: float,
    kured: KuredSetup,
    namespace: str,
) -> TestCluster:
    """A corner of the cluster that the file names, cleaned up with the stack."""
    client = await stack.enter_async_context(await connect(resolve(kubeconfig=str(kubeconfig))))
    names = [f"{namespace}-{index}" for index in range(nodes)]
    await stack.enter_async_context(_nodes(client, names, instance=namespace, speed=speed))
    await stack.enter_async_context(_namespace(client, namespace))
    setup = replace(kured, namespace=namespace, node_selector={controls.INSTANCE: namespace})
    await client.create(DAEMONSETS, kured_daemonset(setup), namespace=namespace)
    return TestCluster(
        kubeconfig=kubeconfig,
        client=client,
        viewer=await viewer_of(stack, kubeconfig),
        node_names=names,
        namespace=namespace,
        kured_name=setup.name,
        kured_namespace=namespace,
        instance=namespace,
        faults=Faults(client),
        embedded=False,
        speed=speed,
    )


@asynccontextmanager
async def _nodes(
    client: Client, names: list[str], *, instance: str, speed: float
) -> AsyncIterator[None]:
    """Simulated nodes that pods may run on."""
    blueprints = [
        NodeBlueprint(name=name, index=index, instance=instance) for index, name in enumerate(names)
    ]
    pace = Pace(speed)
    kubelets = Kubelets(
        client,
        instance=instance,
        blueprints=blueprints,
        pace=pace,
        programs={"kured": make_main(client, pace=pace)},
    )
    life = asyncio.create_task(kubelets.run())
    try:
        await eventually(lambda: _schedulable(client, instance, len(names)), timeout=_TIMEOUT)
        yield
    finally:
        life.cancel()
        await asyncio.wait([life])
        for node in (await client.list(NODES, label_selector=_label(instance))).items:
            await client.delete(NODES, node.metadata.name)
        for name in names:
            try:
                await client.delete(LEASES, name, namespace=LEASE_NAMESPACE)
            except NotFound:
                continue
    if not life.cancelled():
        life.result()


@asynccontextmanager
async def _namespace(client: Client, name: str) -> AsyncIterator[None]:
    """A namespace that accepts pods; going, with no pod left in it, in the end."""
    await create_namespace(client, name)
    await eventually(lambda: _has_service_account(client, name), timeout=_TIMEOUT)
    try:
        yield
    finally:
        await client.delete(NAMESPACES, name)
        await eventually(lambda: _emptied(client, name), timeout=_TIMEOUT)


async def _schedulable(client: Client, instance: str, count: int) -> bool:
    found = (await client.list(NODES, label_selector=_label(instance))).items
    return len(found) == count and not any(node.spec.taints for node in found)


async def _has_service_account(client: Client, namespace: str) -> bool:
    """Without the default one, a real server refuses pods."""
    try:
        return bool(await client.get(_SERVICE_ACCOUNTS, "default", namespace=namespace))
    except NotFound:
        return False


async def _emptied(client: Client, namespace: str) -> bool:
    """Whether its pods are gone, which they are told to be at once: nothing makes new ones there."""
    pods = (await client.list(PODS, namespace=namespace)).items
    for pod in pods:
        try:
            await client.delete(PODS, pod.metadata.name, namespace=namespace, grace_seconds=0)
        except NotFound:
            continue
    return not pods


def _label(instance: str) -> str:
    return f"{controls.INSTANCE}={instance}"
