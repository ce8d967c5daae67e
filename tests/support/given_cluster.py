"""A corner of somebody's cluster for one test: nodes, a namespace and kured of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import Kubelets, NodeBlueprint, controls
from kuredtui.demo.kubelet.node_agent import LEASE_NAMESPACE
from kuredtui.demo.kubelet.processes import Main, Surroundings
from kuredtui.demo.kured import make_main
from kuredtui.demo.pace import Pace
from kuredtui.demo.scenario.kured import KuredSetup, kured_daemonset
from kuredtui.kube.client import Client
from kuredtui.kube.connection import connect, resolve
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import DAEMONSETS, LEASES, NAMESPACES, NODES, PODS, Resource
from tests.support.clusters import TestCluster, create_namespace, kureds_have_begun, viewer_of
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
    setup = replace(
        kured,
        namespace=f"{namespace}-kured",
        node_selector={**(kured.node_selector or {}), controls.INSTANCE: namespace},
    )
    await stack.enter_async_context(_namespace(client, setup.namespace))
    await client.create(DAEMONSETS, kured_daemonset(setup), namespace=setup.namespace)
    if kured.node_selector is None:  # else it runs on none of the nodes, until a test wants it to
        await eventually(lambda: kureds_have_begun(client, setup), timeout=_TIMEOUT)
    return TestCluster(
        kubeconfig=kubeconfig,
        client=client,
        viewer=await viewer_of(stack, kubeconfig),
        node_names=names,
        namespace=namespace,
        kured_name=setup.name,
        kured_namespace=setup.namespace,
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
        programs={"kured": _ours_alone(make_main(client, pace=pace), instance)},
    )
    life = asyncio.create_task(kubelets.run())
    try:
        await eventually(lambda: _schedulable(client, instance, len(names)), timeout=_TIMEOUT)
        yield
    finally:
        life.cancel()
        await asyncio.wait([life])
        await _remove_nodes(client, instance)
    if not life.cancelled():
        life.result()


def _ours_alone(kured: Main, instance: str) -> Main:
    """A kured of somebody else's that comes to our nodes only looks as if it ran."""
    own = f"--ds-namespace={instance}"

    async def main(surroundings: Surroundings) -> int:
        container = surroundings.container
        if not any(word.startswith(own) for word in (*container.command, *container.args)):
            await asyncio.Event().wait()
        return await kured(surroundings)

    return main


async def _remove_nodes(client: Client, instance: str) -> None:
    """All that bear its name, also what a test has made or relabelled, and their leases."""
    nodes = (await client.list(NODES)).items
    for node in nodes:
        if node.metadata.name.startswith(f"{instance}-"):
            with suppress(NotFound):
                await client.delete(NODES, node.metadata.name)
            with suppress(NotFound):
                await client.delete(LEASES, node.metadata.name, namespace=LEASE_NAMESPACE)


@asynccontextmanager
async def _namespace(client: Client, name: str) -> AsyncIterator[None]:
    """A namespace that accepts pods; going, with no pod and no kured left in it, in the end."""
    await create_namespace(client, name)
    await eventually(lambda: _has_service_account(client, name), timeout=_TIMEOUT)
    try:
        yield
    finally:
        # Namespaces take their time, and for so long the next test would find this one's kureds and locks.
        for daemonset in (await client.list(DAEMONSETS, namespace=name)).items:
            await client.delete(DAEMONSETS, daemonset.metadata.name, namespace=name)
        await client.delete(NAMESPACES, name)
        await eventually(lambda: _emptied(client, name), timeout=_TIMEOUT)


async def _schedulable(client: Client, instance: str, count: int) -> bool:
    found = (await client.list(NODES, label_selector=_label(instance))).items
    return len(found) == count and not any(node.spec.taints for node in found)


async def _has_service_account(client: Client, namespace: str) -> bool:
    """Without the default one, a real server refuses pods; the embedded one knows of none."""
    try:
        return bool(await client.get(_SERVICE_ACCOUNTS, "default", namespace=namespace))
    except NotFound as error:
        return error.details.kind != _SERVICE_ACCOUNTS.plural


async def _emptied(client: Client, namespace: str) -> bool:
    """Whether its pods are gone, which they are told to be at once: nothing makes new ones there."""
    pods = (await client.list(PODS, namespace=namespace)).items
    for pod in pods:
        with suppress(NotFound):
            await client.delete(PODS, pod.metadata.name, namespace=namespace, grace_seconds=0)
    return not pods


def _label(instance: str) -> str:
    return f"{controls.INSTANCE}={instance}"
