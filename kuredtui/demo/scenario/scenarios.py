"""The scenarios by name."""

from __future__ import annotations

from kuredtui.demo.scenario.aks import aks_scenario
from kuredtui.demo.scenario.model import Scenario, ScenarioName
from kuredtui.demo.scenario.plain import plain_scenario


def make_scenario(name: ScenarioName, *, nodes: int, seed: int, now: float) -> Scenario:
    """A scenario.

    Args:
        name: `aks` is for people to look at, `plain` for tests: like nodes and kured's DaemonSet;
            `empty` has neither.
        nodes: how many.
        seed: the same seed, the same cluster.
        now: Unix time.
    """
    match name:
        case "aks":
            return aks_scenario(nodes, seed=seed, now=now)
        case "plain":
            return plain_scenario(nodes, now=now)
        case _:
            return Scenario()
