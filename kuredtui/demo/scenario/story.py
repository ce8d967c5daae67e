"""What happens in the AKS-like cluster by itself: patches arrive, and the cloud takes a node."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
from collections.abc import Sequence

from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import NodeBlueprint, node_object
from kuredtui.demo.pace import Pace
from kuredtui.demo.scenario.pools import SPOTS, node_name
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Unreachable
from kuredtui.kube.resources import NODES

PATCHED_KERNEL = "5.15.0-1098-azure"
_LATER_KERNEL = "5.15.0-1101-azure"
_LOG = logging.getLogger(__name__)
_PATCH_SECONDS = (600.0, 1200.0)
_REPLACE_SECONDS = 2400.0
_GONE_SECONDS = 240.0


class Story:
    """The plot.

    Args:
        blueprints: the nodes it begins with.
        seed: the same seed, the same plot.
        kernels: what patches bring: to most nodes, and to those that have it already.
    """

    def __init__(
        self,
        blueprints: Sequence[NodeBlueprint],
        *,
        seed: int,
        kernels: Sequence[str] = (PATCHED_KERNEL, _LATER_KERNEL),
    ) -> None:
        self._kernels = kernels
        self._blueprints = list(blueprints)
        self._random = random.Random(seed)

    async def tell(self, client: Client, faults: Faults, pace: Pace) -> None:
        """Let it happen, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._patch(client, faults, pace))
            group.create_task(self._replace(client, faults, pace))

    async def _patch(self, client: Client, faults: Faults, pace: Pace) -> None:
        """Now and then another node's packages are updated."""
        while True:
            await asyncio.sleep(pace.real(self._random.uniform(*_PATCH_SECONDS)))
            blueprint = self._random.choice(self._blueprints)
            try:
                node = await client.get(NODES, blueprint.name)
                current = node.status.node_info.kernel_version in self._kernels
                kernel = self._kernels[-1] if current else self._kernels[0]
                await faults.patch_node(blueprint.name, kernel)
            except (ApiError, Unreachable) as error:
                _LOG.info("no patch for %s: %s", blueprint.name, error)

    async def _replace(self, client: Client, faults: Faults, pace: Pace) -> None:
        """The cloud wants a spot machine back, and gives another one a little later."""
        spots = [blueprint for blueprint in self._blueprints if blueprint.pool == SPOTS.name]
        if not spots:
            return
        await asyncio.sleep(pace.real(_REPLACE_SECONDS))
        old = spots[0]
        new = dataclasses.replace(
            old,
            name=_next_name(spots[-1].name),
            index=len(self._blueprints),
            kernel=PATCHED_KERNEL,
            annotations=(),
        )
        try:
            await faults.remove_node(old.name)
            await asyncio.sleep(pace.real(_GONE_SECONDS))
            now = pace.now()
            await client.create(NODES, node_object(new, created_at=now, now=now))
        except (ApiError, Unreachable) as error:
            _LOG.info("%s is not replaced: %s", old.name, error)


def _next_name(name: str) -> str:
    """The next machine of a scale set: `...vmss000001` becomes `...vmss000002`."""
    scale_set, _, number = name.rpartition("-vmss")
    pool, _, scale_set_number = scale_set.removeprefix("aks-").rpartition("-")
    return node_name(pool, int(scale_set_number), int(number, 36) + 1)
