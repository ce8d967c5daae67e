"""The corner of a given cluster in which tests run there, tried on an embedded one that is given."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from kuredtui.demo.cluster import DemoCluster
from kuredtui.demo.scenario.kured import MANIFEST, KuredSetup
from kuredtui.kube.resources import DAEMONSETS, LEASES, NODES, PODS
from tests.support.clusters import TestCluster, unique_name
from tests.support.given_cluster import given_cluster

pytestmark = pytest.mark.embedded

SPEED = 50.0


async def corner_of(
    demo: DemoCluster, stack: AsyncExitStack, *, kured: KuredSetup = MANIFEST
) -> TestCluster:
    return await given_cluster(
        stack, demo.kubeconfig, nodes=2, speed=SPEED, kured=kured, namespace=unique_name()
    )


async def test_it_has_an_empty_namespace_and_a_kured_on_its_own_nodes_alone() -> None:
    async with (
        DemoCluster(nodes=1, speed=SPEED, scenario="plain", kured="none") as demo,
        AsyncExitStack() as stack,
    ):
        corner = await corner_of(demo, stack)
        assert await corner.pods() == []
        kureds = (await demo.client.list(PODS, namespace=corner.kured_namespace)).items
        assert sorted(pod.spec.node_name for pod in kureds) == corner.node_names


async def test_kured_is_on_those_of_its_nodes_that_a_test_wants() -> None:
    kured = replace(MANIFEST, node_selector={"wanted": "yes"})
    async with (
        DemoCluster(nodes=1, speed=SPEED, scenario="plain", kured="none") as demo,
        AsyncExitStack() as stack,
    ):
        corner = await corner_of(demo, stack, kured=kured)
        found = await demo.client.get(
            DAEMONSETS, corner.kured_name, namespace=corner.kured_namespace
        )
        assert found.spec.template.spec.node_selector.items() >= {("wanted", "yes")}


async def test_nothing_is_left_of_it_but_what_is_going() -> None:
    async with DemoCluster(nodes=1, speed=SPEED, scenario="plain", kured="none") as demo:
        async with AsyncExitStack() as stack:
            corner = await corner_of(demo, stack)
            added = {"name": f"{corner.namespace}-of-the-test"}
            await demo.client.create(NODES, {"metadata": added})
        nodes = (await demo.client.list(NODES)).items
        assert [node.metadata.name for node in nodes] == demo.node_names
        leases = (await demo.client.list(LEASES)).items
        assert not [lease for lease in leases if lease.metadata.name in corner.node_names]
        pods = (await demo.client.list(PODS)).items
        assert not [pod for pod in pods if pod.metadata.namespace.startswith(corner.namespace)]
        assert (await demo.client.list(DAEMONSETS)).items == []
