"""The cluster that people look at: an AKS-like one in the morning after patch night.

Some nodes wait for a reboot, some have had theirs; one was cordoned by somebody who is still
looking into it; one waits for ever behind a budget. What happens next is in `story`.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence

from kuredtui.demo.apiserver.server import NAMESPACES
from kuredtui.demo.kubelet import NodeBlueprint, controls
from kuredtui.demo.kured.daemon import IN_PROGRESS, MOST_RECENT
from kuredtui.demo.pace import stamp
from kuredtui.demo.scenario.kured import KuredSetup, kured_daemonset
from kuredtui.demo.scenario.model import Scenario
from kuredtui.demo.scenario.plain import INSTANCE, seeded_node
from kuredtui.demo.scenario.pools import USER, make_pools
from kuredtui.demo.scenario.seeding import Seeder
from kuredtui.demo.scenario.story import PATCHED_KERNEL, Story
from kuredtui.demo.scenario.workloads import AGENTS, APPS, daemonset
from kuredtui.kube.json import JsonObject

_DAY = 86_400.0
_OLDEST_DAYS = 60
_HOUR = 3_600.0
_PENDING_EVERY = 3
# Pending ones whose sentinel names no packages.
_BY_HAND_EVERY, _BY_HAND = 12, 3
_LARGE = 200
"""From so many nodes on there are fewer agents on each, to keep the numbers of pods in bounds."""
_LARGE_AGENTS = 1
_BASE_NODES = 10
_MOST_SCALED = 100


def aks_scenario(nodes: int, *, kured: KuredSetup | None, seed: int, now: float) -> Scenario:
    """So many nodes in three pools, with all that runs on them."""
    choice = random.Random(seed)
    blueprints = _dressed(make_pools(nodes, instance=INSTANCE, seed=seed), choice, now)
    objects = _objects(blueprints, choice, kured=kured, seed=seed, now=now)
    story = Story(blueprints, seed=seed)
    return Scenario(blueprints=blueprints, objects=objects, story=story.tell)


def _dressed(
    blueprints: Sequence[NodeBlueprint], choice: random.Random, now: float
) -> list[NodeBlueprint]:
    """The nodes with what last night's patches left on them."""
    dressed = []
    for blueprint in blueprints:
        since = stamp(now - choice.uniform(2, 9) * _HOUR)
        annotations: tuple[tuple[str, str], ...] = ()
        kernel = blueprint.kernel
        if blueprint.index % _PENDING_EVERY == 0:
            annotations = (
                (controls.PATCH, PATCHED_KERNEL),
                (controls.PATCHED_AT, since),
                (IN_PROGRESS, since),
                (MOST_RECENT, since),
            )
            if blueprint.index % _BY_HAND_EVERY == _BY_HAND:
                annotations = (*annotations, (controls.PACKAGES, "none"))
        elif blueprint.index % _PENDING_EVERY == 1:
            kernel = PATCHED_KERNEL
            annotations = ((MOST_RECENT, since),)
        dressed.append(dataclasses.replace(blueprint, kernel=kernel, annotations=annotations))
    return dressed


def _objects(
    blueprints: Sequence[NodeBlueprint],
    choice: random.Random,
    *,
    kured: KuredSetup | None,
    seed: int,
    now: float,
) -> Iterator[JsonObject]:
    agents = AGENTS if len(blueprints) < _LARGE else AGENTS[:_LARGE_AGENTS]
    daemonsets = [*map(daemonset, agents), *([kured_daemonset(kured)] if kured else [])]
    namespaces = {app.namespace for app in APPS}
    namespaces |= {body["metadata"]["namespace"] for body in daemonsets}
    for name in sorted(namespaces.union(NAMESPACES)):
        created = {"name": name, "creationTimestamp": stamp(now - _OLDEST_DAYS * _DAY)}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": created}
    held = _held_back(blueprints)
    for blueprint in blueprints:
        age = choice.uniform(12, _OLDEST_DAYS) * _DAY
        node, lease = seeded_node(blueprint, created_at=now - age, now=now)
        if blueprint is held:
            node["spec"]["unschedulable"] = True
            node["spec"].setdefault("taints", []).append(
                {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
            )
        yield node
        yield lease
    seeder = Seeder(seed=seed, now=now)
    for body in daemonsets:
        yield from seeder.daemonset(body, blueprints, age=11 * _DAY)
    yield from _workloads(seeder, blueprints, held)


def _workloads(
    seeder: Seeder, blueprints: Sequence[NodeBlueprint], held: NodeBlueprint | None
) -> Iterator[JsonObject]:
    scale = min(max(1, len(blueprints) // _BASE_NODES), _MOST_SCALED)
    open_nodes = [blueprint for blueprint in blueprints if blueprint is not held]
    for app in APPS:
        nodes = [blueprint for blueprint in open_nodes if blueprint.pool == app.pool]
        if nodes:
            fixed = app.budget is not None and app.budget.get("minAvailable") == app.replicas
            replicas = app.replicas if fixed else app.replicas * scale
            yield from seeder.app(app, nodes, replicas=replicas, age=10 * _DAY)
    if held is not None:
        yield seeder.pod(_debug_pod(), held, age=5 * _HOUR)


def _held_back(blueprints: Sequence[NodeBlueprint]) -> NodeBlueprint | None:
    """The last user node, where there are enough of them: somebody cordoned it to look into it."""
    users = [blueprint for blueprint in blueprints if blueprint.pool == USER.name]
    return users[-1] if len(users) > 3 else None


def _debug_pod() -> JsonObject:
    """What `kubectl debug` left behind: a pod that nobody would bring back."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "node-debugger-user-x7k2p", "namespace": "default"},
        "spec": {
            "restartPolicy": "Never",
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {"name": "debugger", "image": "docker.io/library/ubuntu:24.04", "stdin": True}
            ],
        },
    }
