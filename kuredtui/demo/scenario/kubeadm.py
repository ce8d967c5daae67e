"""A small cluster made with kubeadm: Debian machines without pools, three of them the control plane's.

kured is there by its plain manifest. Some nodes were patched last night and wait.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence

from kuredtui.demo.apiserver.server import NAMESPACES
from kuredtui.demo.kubelet import NodeBlueprint, controls
from kuredtui.demo.pace import stamp
from kuredtui.demo.scenario.kured import KuredSetup, kured_daemonset
from kuredtui.demo.scenario.model import Scenario
from kuredtui.demo.scenario.plain import INSTANCE, seeded_node
from kuredtui.demo.scenario.seeding import Seeder
from kuredtui.demo.scenario.story import Story
from kuredtui.demo.scenario.workloads import APPS, Agent, daemonset
from kuredtui.kube.json import JsonObject

_KERNELS = ("6.1.0-38-amd64", "6.1.0-40-amd64", "6.1.0-41-amd64")
"""What they run, what the patches bring, and what the next ones bring."""
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_MOST_CONTROL_PLANES = 3
_PENDING_EVERY = 3
_PATCHED_HOURS_AGO = 6
_DAY = 86_400.0
_AGE_DAYS = 200
_SPACES = ("ingress-nginx", "monitoring", "shop")
_AGENTS = (
    Agent(namespace="kube-system", name="kube-proxy", image="registry.k8s.io/kube-proxy:v1.33.5"),
    Agent(
        namespace="kube-flannel", name="kube-flannel-ds", image="ghcr.io/flannel-io/flannel:v0.27.4"
    ),
)


def kubeadm_scenario(nodes: int, *, kured: KuredSetup | None, seed: int, now: float) -> Scenario:
    """So many nodes: control planes first, then workers; one alone is a worker."""
    blueprints = list(_machines(nodes, patched_at=stamp(now - _PATCHED_HOURS_AGO * 3600.0)))
    objects = list(_objects(blueprints, kured=kured, seed=seed, now=now))
    story = Story(blueprints, seed=seed, kernels=_KERNELS[1:])
    return Scenario(blueprints=blueprints, objects=objects, story=story.tell)


def _machines(nodes: int, *, patched_at: str) -> Iterator[NodeBlueprint]:
    most = min(_MOST_CONTROL_PLANES, nodes // 2)
    planes = most if most == _MOST_CONTROL_PLANES else min(1, most)  # two would be no quorum
    for index in range(nodes):
        is_plane = index < planes
        name = f"cp-{index + 1}" if is_plane else f"worker-{index - planes + 1}"
        yield NodeBlueprint(
            name=name,
            index=index,
            instance=INSTANCE,
            platform="kubeadm",
            pool="",
            kernel=_KERNELS[0],
            labels=((_CONTROL_PLANE, ""),) if is_plane else (),
            taints=((_CONTROL_PLANE, "", "NoSchedule"),) if is_plane else (),
            annotations=_patched(index, patched_at),
        )


def _patched(index: int, at: str) -> tuple[tuple[str, str], ...]:
    """The patch of every third machine; of the first worker among them somebody made the file by hand."""
    if index % _PENDING_EVERY:
        return ()
    patch = ((controls.PATCH, _KERNELS[1]), (controls.PATCHED_AT, at))
    return (*patch, (controls.PACKAGES, "none")) if index == _PENDING_EVERY else patch


def _objects(
    blueprints: Sequence[NodeBlueprint], *, kured: KuredSetup | None, seed: int, now: float
) -> Iterator[JsonObject]:
    daemonsets = [*map(daemonset, _AGENTS), *([kured_daemonset(kured)] if kured else [])]
    apps = [dataclasses.replace(app, pool="", nodes=()) for app in APPS if app.namespace in _SPACES]
    names = {body["metadata"]["namespace"] for body in daemonsets} | set(_SPACES)
    for name in sorted(names.union(NAMESPACES)):
        created = {"name": name, "creationTimestamp": stamp(now - _AGE_DAYS * _DAY)}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": created}
    age = random.Random(seed)
    for blueprint in blueprints:
        created_at = now - age.uniform(100, _AGE_DAYS) * _DAY
        yield from seeded_node(blueprint, created_at=created_at, now=now)
    seeder = Seeder(seed=seed, now=now)
    for body in daemonsets:
        yield from seeder.daemonset(body, blueprints, age=30 * _DAY)
    workers = [blueprint for blueprint in blueprints if not blueprint.taints]
    for app in apps:
        yield from seeder.app(app, workers, replicas=app.replicas, age=20 * _DAY)
