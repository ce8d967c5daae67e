"""The node pools of an AKS-like cluster."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from kuredtui.demo.kubelet import NodeBlueprint

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ZONES = 3
CRITICAL_ADDONS = ("CriticalAddonsOnly", "true", "NoSchedule")
SPOT = ("kubernetes.azure.com/scalesetpriority", "spot", "NoSchedule")


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What the nodes of a pool have in common.

    Attributes:
        name: of the pool.
        mode: `system` or `user`.
        share: which part of all nodes it has.
        least: how many nodes it has where there are enough at all.
        most: how many at most; 0: no limit.
        kernel: what its nodes run.
        node_image: their image's version.
        vm_size: their machine's type.
        cpus: of such a machine.
        taints: (key, value, effect).
    """

    name: str
    mode: str
    share: float
    least: int
    most: int = 0
    kernel: str
    node_image: str
    vm_size: str
    cpus: int
    taints: tuple[tuple[str, str, str], ...] = ()


SYSTEM = Pool(
    name="system",
    mode="system",
    share=0.25,
    least=2,
    most=9,
    kernel="5.15.0-1096-azure",
    node_image="202510.19.1",
    vm_size="Standard_D4s_v5",
    cpus=4,
    taints=(CRITICAL_ADDONS,),
)
USER = Pool(
    name="user",
    mode="user",
    share=0.55,
    least=1,
    kernel="5.15.0-1096-azure",
    node_image="202510.19.1",
    vm_size="Standard_D8s_v5",
    cpus=8,
)
SPOTS = Pool(
    name="spot",
    mode="user",
    share=0.2,
    least=1,
    kernel="5.15.0-1095-azure",
    node_image="202510.03.0",
    vm_size="Standard_D8as_v5",
    cpus=8,
    taints=(SPOT,),
)


def make_pools(nodes: int, *, instance: str, seed: int) -> list[NodeBlueprint]:
    """So many nodes in the three pools, in the order of their names' numbers.

    Args:
        nodes: how many; one alone is a user node.
        instance: which kubelets look after them.
        seed: the same seed, the same names.
    """
    number = 10_000_000 + random.Random(seed).randrange(90_000_000)
    counts = _counts(nodes)
    blueprints: list[NodeBlueprint] = []
    for pool, count in counts:
        blueprints += _nodes_of(pool, count, number, instance, first=len(blueprints))
    return blueprints


def node_name(pool: str, number: int, instance: int) -> str:
    """As AKS names the machines of a scale set: the instance number in base 36, six digits."""
    digits = ""
    for _ in range(6):
        instance, digit = divmod(instance, 36)
        digits = _DIGITS[digit] + digits
    return f"aks-{pool}-{number}-vmss{digits}"


def _counts(nodes: int) -> list[tuple[Pool, int]]:
    system = _share(SYSTEM, nodes) if nodes >= 4 else 0
    spot = _share(SPOTS, nodes) if nodes >= 6 else 0
    return [(SYSTEM, system), (USER, nodes - system - spot), (SPOTS, spot)]


def _share(pool: Pool, nodes: int) -> int:
    count = max(pool.least, round(pool.share * nodes))
    return min(count, pool.most) if pool.most else count


def _nodes_of(
    pool: Pool, count: int, number: int, instance: str, *, first: int
) -> Iterator[NodeBlueprint]:
    labels = (("kubernetes.azure.com/scalesetpriority", "spot"),) if pool is SPOTS else ()
    for index in range(count):
        yield NodeBlueprint(
            name=node_name(pool.name, number, index),
            index=first + index,
            instance=instance,
            pool=pool.name,
            mode=pool.mode,
            kernel=pool.kernel,
            node_image=pool.node_image,
            vm_size=pool.vm_size,
            cpus=pool.cpus,
            zone=index % _ZONES + 1,
            taints=pool.taints,
            labels=labels,
        )
