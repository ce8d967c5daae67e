"""The shape of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kuredtui.demo.faults import Faults
from kuredtui.demo.kubelet import NodeBlueprint
from kuredtui.demo.pace import Pace
from kuredtui.kube.client import Client
from kuredtui.kube.json import JsonObject

ScenarioName = Literal["aks", "kubeadm", "plain", "empty"]
Story = Callable[[Client, Faults, Pace], Coroutine[None, None, None]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A cluster to start with.

    Attributes:
        blueprints: its nodes, all of which stand among the objects.
        objects: everything that exists at the start; made while it is seeded, so only once.
        story: what happens later, as one coroutine that may end; None: nothing.
    """

    blueprints: Sequence[NodeBlueprint] = ()
    objects: Iterable[JsonObject] = field(default=(), repr=False)
    story: Story | None = None
