"""kured's labels, annotations and taint on a node, as an operation leaves them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from kuredtui.cluster.pending import KURED_IN_PROGRESS, KURED_MOST_RECENT
from kuredtui.engine.marks.annotations import KuredAnnotations
from kuredtui.engine.marks.labels import NodeLabels
from kuredtui.engine.marks.taint import PreferNoScheduleTaint
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node
from tests.support.clusters import TestCluster

BEGAN = datetime(2026, 11, 24, 21, tzinfo=UTC)
TAINT = "weave.works/kured-node-reboot"
LABELS = NodeLabels(
    before={"example.com/maintenance": "true"}, after={"example.com/maintenance": "false"}
)


async def node_of(cluster: TestCluster) -> Node:
    return await cluster.client.get(NODES, cluster.node_names[0])


async def label_of(cluster: TestCluster) -> str | None:
    return (await node_of(cluster)).metadata.labels.get("example.com/maintenance")


async def taints_of(cluster: TestCluster) -> list[tuple[str, str]]:
    return [(taint.key, taint.effect) for taint in (await node_of(cluster)).spec.taints]


async def test_labels_are_set_before_the_cordon_and_after_the_reboot(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await LABELS.before_cordon(cluster.client, name)
    assert await label_of(cluster) == "true"
    await LABELS.after_uncordon(cluster.client, name)
    assert await label_of(cluster) == "false"


async def test_a_node_that_was_not_rebooted_after_all_is_labelled_back(
    cluster: TestCluster,
) -> None:
    name = cluster.node_names[0]
    await LABELS.before_cordon(cluster.client, name)
    await LABELS.ended(cluster.client, name)
    assert await label_of(cluster) == "false"


async def test_a_node_that_was_never_labelled_is_left_alone(cluster: TestCluster) -> None:
    await LABELS.ended(cluster.client, cluster.node_names[0])
    assert await label_of(cluster) is None


async def annotations_of(cluster: TestCluster) -> dict[str, str]:
    found = (await node_of(cluster)).metadata.annotations
    return {key: found[key] for key in (KURED_IN_PROGRESS, KURED_MOST_RECENT) if key in found}


async def test_a_reboot_is_annotated_while_it_lasts(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], KuredAnnotations(annotate=True, since=BEGAN)
    await hook.before_cordon(cluster.client, name)
    during = await annotations_of(cluster)
    assert during[KURED_IN_PROGRESS] == during[KURED_MOST_RECENT]
    await hook.after_uncordon(cluster.client, name)
    await hook.ended(cluster.client, name)
    assert await annotations_of(cluster) == {KURED_MOST_RECENT: during[KURED_MOST_RECENT]}


async def test_what_did_not_happen_is_taken_back(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], KuredAnnotations(annotate=True, since=BEGAN)
    await hook.before_cordon(cluster.client, name)
    await hook.ended(cluster.client, name)
    assert KURED_IN_PROGRESS not in await annotations_of(cluster)


async def annotate(cluster: TestCluster) -> None:
    """As kured does, at some time."""
    body = {"metadata": {"annotations": {KURED_IN_PROGRESS: "2026-11-24T22:00:00Z"}}}
    await cluster.client.patch(NODES, cluster.node_names[0], body)


async def test_what_kured_said_stays_when_nothing_happened(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], KuredAnnotations(annotate=True, since=BEGAN)
    await annotate(cluster)
    await hook.before_cordon(cluster.client, name)
    await hook.ended(cluster.client, name)
    assert await annotations_of(cluster) == {KURED_IN_PROGRESS: "2026-11-24T22:00:00Z"}


@pytest.mark.parametrize("annotate_nodes", [True, False])
async def test_what_kured_said_is_over_after_the_reboot(
    cluster: TestCluster, annotate_nodes: bool
) -> None:
    name, hook = cluster.node_names[0], KuredAnnotations(annotate=annotate_nodes, since=BEGAN)
    await annotate(cluster)
    await hook.before_cordon(cluster.client, name)
    await hook.after_uncordon(cluster.client, name)
    assert KURED_IN_PROGRESS not in await annotations_of(cluster)


async def test_without_the_setting_nothing_is_annotated(cluster: TestCluster) -> None:
    await KuredAnnotations(annotate=False, since=BEGAN).before_cordon(
        cluster.client, cluster.node_names[0]
    )
    assert await annotations_of(cluster) == {}


async def test_a_node_that_waits_is_tainted_once(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], PreferNoScheduleTaint(TAINT)
    await hook.waiting(cluster.client, name)
    await hook.waiting(cluster.client, name)
    assert await taints_of(cluster) == [(TAINT, "PreferNoSchedule")]


async def test_other_taints_stay_as_they_are(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], PreferNoScheduleTaint(TAINT)
    others = [
        {"key": "a", "effect": "PreferNoSchedule", "value": "1"},
        {"key": "b", "effect": "NoSchedule"},
    ]
    await cluster.client.patch(NODES, name, {"spec": {"taints": others}})
    before = await node_of(cluster)
    await hook.waiting(cluster.client, name)
    assert len(await taints_of(cluster)) == 3
    await hook.ended(cluster.client, name)
    assert (await node_of(cluster)).spec.taints == before.spec.taints


async def test_a_taint_that_is_an_operators_own_stays(cluster: TestCluster) -> None:
    name, hook = cluster.node_names[0], PreferNoScheduleTaint(TAINT)
    body = {"spec": {"taints": [{"key": TAINT, "effect": "NoSchedule"}]}}
    await cluster.client.patch(NODES, name, body)
    await hook.waiting(cluster.client, name)
    await hook.ended(cluster.client, name)
    assert await taints_of(cluster) == [(TAINT, "NoSchedule")]


async def test_many_hands_on_the_taints_lose_none(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    hooks = [PreferNoScheduleTaint(f"example.com/t{number}") for number in range(4)]
    await asyncio.gather(*(hook.waiting(cluster.client, name) for hook in hooks))
    assert len(await taints_of(cluster)) == 4
    await asyncio.gather(*(hook.ended(cluster.client, name) for hook in hooks))
    assert await taints_of(cluster) == []
