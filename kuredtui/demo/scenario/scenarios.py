"""The scenarios by name."""

from __future__ import annotations

from kuredtui.demo.scenario.aks import aks_scenario
from kuredtui.demo.scenario.kubeadm import kubeadm_scenario
from kuredtui.demo.scenario.kured import HELM, MANIFEST, KuredFlavour, KuredSetup, kured_setup
from kuredtui.demo.scenario.model import Scenario, ScenarioName
from kuredtui.demo.scenario.plain import plain_scenario


def make_scenario(
    name: ScenarioName,
    *,
    nodes: int,
    kured: KuredFlavour | KuredSetup | None = None,
    seed: int,
    now: float,
) -> Scenario:
    """A scenario.

    Args:
        name: `aks` and `kubeadm` are for people to look at, `plain` for tests: like nodes and kured's
            DaemonSet; `empty` has neither.
        nodes: how many.
        kured: which one; None: the scenario's own.
        seed: the same seed, the same cluster.
        now: Unix time.
    """
    usual = HELM if name == "aks" else MANIFEST
    setup = kured_setup(kured, usual=usual) if isinstance(kured, str) else kured or usual
    match name:
        case "aks":
            return aks_scenario(nodes, kured=setup, seed=seed, now=now)
        case "kubeadm":
            return kubeadm_scenario(nodes, kured=setup, seed=seed, now=now)
        case "plain":
            return plain_scenario(nodes, kured=setup, now=now)
        case _:
            return Scenario()
