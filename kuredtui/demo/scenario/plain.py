"""The plain cluster of tests: nodes that are all alike, kured's DaemonSet, and nothing else."""

from __future__ import annotations

from kuredtui.demo.apiserver.server import NAMESPACES
from kuredtui.demo.kubelet import NodeBlueprint, node_object
from kuredtui.demo.kubelet.node_agent import node_lease
from kuredtui.demo.kubelet.node_object import derived_id
from kuredtui.demo.scenario.kured import KuredSetup, kured_daemonset
from kuredtui.demo.scenario.model import Scenario
from kuredtui.kube.json import JsonObject

INSTANCE = "demo"
_AGE_SECONDS = 86_400.0


def plain_scenario(nodes: int, *, kured: KuredSetup | None, now: float) -> Scenario:
    """So many nodes named `node-0`, `node-1`, ..."""
    blueprints = [
        NodeBlueprint(name=f"node-{index}", index=index, instance=INSTANCE, zone=index % 3 + 1)
        for index in range(nodes)
    ]
    objects: list[JsonObject] = []
    if kured is not None:
        if kured.namespace not in NAMESPACES:
            name = {"name": kured.namespace}
            objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": name})
        objects.append(kured_daemonset(kured))
    for blueprint in blueprints:
        objects += seeded_node(blueprint, created_at=now - _AGE_SECONDS, now=now)
    return Scenario(blueprints=blueprints, objects=objects)


def seeded_node(blueprint: NodeBlueprint, *, created_at: float, now: float) -> list[JsonObject]:
    """A node that has been there for a while, and its Lease; whose IDs follow from its name alone."""
    node = node_object(blueprint, created_at=created_at, now=now)
    uid = node["metadata"]["uid"] = derived_id(blueprint.name, "node")
    node["status"]["nodeInfo"]["bootID"] = derived_id(blueprint.name, "seeded boot")
    lease = node_lease(blueprint.name, uid, now=now)
    lease["metadata"]["creationTimestamp"] = node["metadata"]["creationTimestamp"]
    return [node, lease]
