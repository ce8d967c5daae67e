"""What is in the embedded cluster at the start, and what happens there by itself."""

from kuredtui.demo.scenario.kured import KuredFlavour, KuredSetup
from kuredtui.demo.scenario.model import Scenario, ScenarioName
from kuredtui.demo.scenario.scenarios import make_scenario

__all__ = ["KuredFlavour", "KuredSetup", "Scenario", "ScenarioName", "make_scenario"]
